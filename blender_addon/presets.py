# SPDX-License-Identifier: GPL-3.0-or-later
"""Presets of a performance: JSON files with an emotion, its intensity and a manner of acting.

    {"name": "Angry Whisper", "description": "...", "emotion": "angry", "intensity": 0.9,
     "style": "subtle_film", "direction": {"articulation": 1.4}}

`emotion` is a name or weights {name: 0..1}; `style` one of the styles that come with Mien, `direction`
what differs from it. Those that come with Mien lie in preset_files, the animator's own in the
extension's user folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import own_files, styles
from .emotions import BLEND, CHOICES, EMOTIONS, MOVED, weight_setting
from .problems import AnimatorError

NAMES = tuple(name for name, _, _ in EMOTIONS)
HIGHEST_INTENSITY = 1.5


@dataclass(frozen=True)
class Preset:
    """A preset's file, its short name (the file's), and what the panel says of it."""

    path: Path
    key: str
    name: str
    description: str


def shipped_folder() -> Path:
    """The folder of the presets that come with Mien."""
    return Path(__file__).parent / "preset_files"


def own_folder(*, create: bool = False) -> Path:
    """The folder of the animator's own presets.

    Raises:
        AnimatorError: it cannot be made.
    """
    return own_files.own_folder("preset", create=create)


def list_presets() -> list[Preset]:
    """The presets that come with Mien, then the animator's own, each by name."""
    found = []
    for folder in (shipped_folder(), own_folder()):
        for path in sorted(folder.glob("*.json")):
            try:
                data = _read(path)
                words = str(data.get("description", "")) or "A performance of your own"
                found.append(Preset(path, path.stem, str(data.get("name", path.stem)), words))
            except AnimatorError as problem:
                found.append(Preset(path, path.stem, path.name, str(problem)))
    return found


def find_preset(name: str) -> Preset:
    """A preset by its name or short name, in any case; the animator's own win.

    Raises:
        AnimatorError: there is none.
    """
    wanted = name.strip().casefold()
    every = list_presets()
    for preset in reversed(every):
        if wanted in {preset.key.casefold(), preset.name.casefold()}:
            return preset
    raise AnimatorError(
        f"There is no preset '{name}'.", f"There are: {', '.join(each.name for each in every)}."
    )


def values_of(settings: Any, path: Path) -> dict[str, Any]:
    """What a preset sets, by setting, all of it checked.

    Args:
        settings: of any character; it tells the ranges.
        path: the preset's file.

    Raises:
        AnimatorError: the file cannot be read, or holds what no preset can.
    """
    data = _read(path)
    intensity = data.get("intensity", 1.0)
    if not _is_number(intensity) or not 0.0 <= intensity <= HIGHEST_INTENSITY:
        raise AnimatorError(
            f"The preset {path} sets intensity to {intensity!r:.40}.",
            f"Give a number from 0 to {HIGHEST_INTENSITY:g}.",
        )
    manner = data.get("direction", {})
    if not isinstance(manner, dict):
        raise AnimatorError(f"The direction of preset {path} is not a table.", "Mend the file.")
    style = styles.shipped_folder() / f"{data.get('style', styles.NATURAL)}.json"
    return {
        **_emotion_values(data["emotion"], path),
        "intensity": float(intensity),
        **styles.values_of(settings, style, also=manner),
    }


def apply_preset(settings: Any, path: Path) -> str:
    """Give one character's settings what a preset says; returns the preset's name.

    Raises:
        AnimatorError: as `values_of`; nothing was changed.
    """
    for name, value in values_of(settings, path).items():
        setattr(settings, name, value)
    return str(_read(path).get("name", path.stem))


def save_preset(settings: Any, name: str, description: str) -> Path:
    """Write one character's emotion and manner as a preset of the animator's, whole or not at all.

    An own preset of the same name is replaced.

    Raises:
        AnimatorError: the name gives no file name, or the file cannot be written.
    """
    file_name = own_files.file_name("preset", name)
    emotion: Any = settings.emotion
    if emotion == BLEND:
        weights = {each: round(getattr(settings, weight_setting(each)), 6) for each in MOVED}
        emotion = {each: weight for each, weight in weights.items() if weight > 0.0}
    data = {
        "name": name.strip(),
        "description": description.strip(),
        "emotion": emotion,
        "intensity": round(settings.intensity, 6),
        "style": styles.NATURAL,
        "direction": {each: round(getattr(settings, each), 6) for each in styles.SETTINGS},
    }
    path = own_folder(create=True) / file_name
    own_files.write(path, "preset", data)
    return path


def emotion_named(name: str) -> str:
    """The emotion that somebody has written, by its name or label in any case.

    Raises:
        AnimatorError: there is no such emotion.
    """
    wanted = name.strip().casefold()
    for emotion, label, *_ in CHOICES:
        if wanted in {emotion.casefold(), label.casefold()}:
            return str(emotion)
    raise AnimatorError(f"There is no emotion '{name}'.", f"There are: {', '.join(NAMES)}.")


def _emotion_values(emotion: Any, path: Path) -> dict[str, Any]:
    if isinstance(emotion, str) and emotion in NAMES:
        return {"emotion": emotion}
    if isinstance(emotion, Mapping) and all(
        name in MOVED and _is_number(weight) and 0.0 <= weight <= 1.0
        for name, weight in emotion.items()
    ):
        weights = {weight_setting(name): float(emotion.get(name, 0.0)) for name in MOVED}
        return {"emotion": BLEND, **weights}
    raise AnimatorError(
        f"The preset {path} sets the emotion to {emotion!r:.60}.",
        f"Give one of {', '.join(NAMES)}, or weights from 0 to 1 of them.",
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _read(path: Path) -> dict[str, Any]:
    return own_files.read(
        path,
        "preset",
        lambda data: "emotion" in data,
        '{"name": "Gloomy", "emotion": "sad", "intensity": 0.6, "style": "tired"}',
    )
