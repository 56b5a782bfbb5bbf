# SPDX-License-Identifier: Apache-2.0
"""Styles of acting: named settings of a Direction, a JSON file each in this folder.

A style says how somebody acts, never what he feels: it sets every number of UPPER_LIMITS but
`intensity` and `voice_emotion`. A number that its file leaves out returns to its default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ..direction import UPPER_LIMITS, Direction
from ..errors import MienError

STYLE_SETTINGS = tuple(name for name in UPPER_LIMITS if name not in {"intensity", "voice_emotion"})
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Style:
    """One manner of acting.

    Attributes:
        key: short name, the file's without its ending.
        name: title for menus.
        description: one sentence.
        direction: value of each of STYLE_SETTINGS.
    """

    key: str
    name: str
    description: str
    direction: Mapping[str, float]


def list_styles() -> tuple[Style, ...]:
    """The styles that come with Mien, natural first, then by name."""
    paths = sorted(_FOLDER.glob("*.json"), key=lambda path: (path.stem != "natural", path.stem))
    return tuple(read_style(path) for path in paths)


def find_style(name: str) -> Style:
    """A style by its short name, or from the .json file of that name.

    Raises:
        MienError: ``style_unknown``, listing those there are, or ``bad_style``.
    """
    if name.endswith(".json"):
        return read_style(Path(name))
    path = _FOLDER / f"{name}.json"
    known = sorted(path.stem for path in _FOLDER.glob("*.json"))
    if name not in known:
        raise MienError(
            "style_unknown",
            f'There is no style called "{name}".',
            f"Known styles: {', '.join(known)}; or give a .json file.",
        )
    return read_style(path)


def read_style(path: Path | str) -> Style:
    """Read ``{"name": "Tired", "description": "...", "direction": {"head_strength": 0.5}}``.

    Raises:
        MienError: ``bad_style`` when the file cannot be read or is no style; ``bad_direction`` when
            one of its numbers is out of range.
    """
    file = Path(path)
    try:
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _bad(f"The style {file} cannot be read ({error}).", "Check the path.") from error
    if not isinstance(data, Mapping) or not isinstance(data.get("direction"), Mapping):
        raise _bad(
            f"{file} is not a style.",
            'Write {"name": "Tired", "direction": {"head_strength": 0.5}}.',
        )
    return Style(
        key=file.stem,
        name=str(data.get("name", file.stem)),
        description=str(data.get("description", "")),
        direction=_settings(data["direction"], file),
    )


def _settings(given: Mapping[str, Any], file: Path) -> dict[str, float]:
    unknown = sorted(str(name) for name in given if name not in STYLE_SETTINGS)
    if unknown:
        raise _bad(
            f"The style {file} sets {', '.join(map(repr, unknown))}, which no style can.",
            f"A style may set: {', '.join(STYLE_SETTINGS)}.",
        )
    checked = Direction.from_json(given)
    return {
        entry.name: getattr(checked, entry.name)
        for entry in fields(Direction)
        if entry.name in STYLE_SETTINGS
    }


def _bad(message: str, advice: str) -> MienError:
    return MienError("bad_style", message, advice)
