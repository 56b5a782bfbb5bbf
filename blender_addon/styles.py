# SPDX-License-Identifier: GPL-3.0-or-later
"""Styles of acting: JSON files that set how somebody acts, never what he feels.

The ones that come with Mien are core's (core/styles), the animator's own lie in the extension's user
folder. As for the worker, a setting that a file leaves out has its default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import own_files
from .directions import MANNER
from .places import core_folder
from .problems import AnimatorError

SETTINGS = tuple(name for name in MANNER if name != "voice_emotion")
NATURAL = "natural"


@dataclass(frozen=True)
class Style:
    """A style file: where it lies, and what the menu says of it."""

    path: Path
    name: str
    description: str


def shipped_folder() -> Path:
    """The folder of the styles that come with Mien."""
    return core_folder() / "core" / "styles"


def own_folder(*, create: bool = False) -> Path:
    """The folder of the animator's own styles.

    Raises:
        AnimatorError: it cannot be made.
    """
    return own_files.own_folder("style", create=create)


def list_styles(folder: Path) -> list[Style]:
    """Styles of one folder, natural first, then by name; a file that is none is listed as itself.

    What is wrong with it is told when it is chosen.
    """
    found = []
    for path in sorted(folder.glob("*.json"), key=lambda path: (path.stem != NATURAL, path.stem)):
        try:
            data = _read(path)
            found.append(Style(path, str(data.get("name", path.stem)), _described(data)))
        except AnimatorError as problem:
            found.append(Style(path, path.name, str(problem)))
    return found


def find_style(name: str) -> Style:
    """A style by its name or its file's, in any case; the animator's own win.

    Raises:
        AnimatorError: there is none.
    """
    wanted = name.strip().casefold()
    every = [*list_styles(shipped_folder()), *list_styles(own_folder())]
    for style in reversed(every):
        if wanted in {style.path.stem.casefold(), style.name.casefold()}:
            return style
    raise AnimatorError(
        f"There is no style '{name}'.", f"There are: {', '.join(each.name for each in every)}."
    )


def apply_style(settings: Any, path: Path) -> str:
    """Give the settings what a style file says; returns the style's name.

    Raises:
        AnimatorError: the file cannot be read or holds what no style can; nothing was changed.
    """
    for name, value in values_of(settings, path).items():
        setattr(settings, name, value)
    return str(_read(path).get("name", path.stem))


def values_of(
    settings: Any, path: Path, *, also: Mapping[str, Any] | None = None
) -> dict[str, float]:
    """The value of every setting of a style file; what `also` names has those values instead.

    Raises:
        AnimatorError: the file cannot be read, or it or `also` holds what no style can.
    """
    return _checked(settings, {**_read(path)["direction"], **(also or {})}, path)


def save_style(settings: Any, name: str, description: str) -> Path:
    """Write the present settings as a style of the animator's, whole or not at all.

    An own style of the same name is replaced.

    Raises:
        AnimatorError: the name gives no file name, or the file cannot be written.
    """
    file_name = own_files.file_name("style", name)
    direction = {setting: round(getattr(settings, setting), 6) for setting in SETTINGS}
    data = {"name": name.strip(), "description": description.strip(), "direction": direction}
    path = own_folder(create=True) / file_name
    own_files.write(path, "style", data)
    return path


def _described(data: Mapping[str, Any]) -> str:
    return str(data.get("description", "")) or "A style of acting"


def _read(path: Path) -> dict[str, Any]:
    return own_files.read(
        path,
        "style",
        lambda data: isinstance(data.get("direction"), dict),
        '{"name": "Tired", "direction": {"head_strength": 0.5}}',
    )


def _checked(settings: Any, given: Mapping[str, Any], path: Path) -> dict[str, float]:
    """The value of each setting, after all are checked."""
    unknown = sorted(name for name in given if name not in SETTINGS)
    if unknown:
        raise AnimatorError(
            f"The style {path} sets {', '.join(map(repr, unknown))}, which no style can.",
            f"A style may set: {', '.join(SETTINGS)}.",
        )
    values = {}
    for name in SETTINGS:
        limits = settings.bl_rna.properties[name]
        value = given.get(name, limits.default)
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        # NaN is in no range.
        if not plain or not limits.hard_min <= value <= limits.hard_max:
            raise AnimatorError(
                f"The style {path} sets {name} to {value!r:.40}.",
                f"Give a number from {limits.hard_min:g} to {limits.hard_max:g}.",
            )
        values[name] = float(value)
    return values
