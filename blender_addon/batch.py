# SPDX-License-Identifier: GPL-3.0-or-later
"""Which strip is spoken by which character, and how: a plan, to be read before anything happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import cast, character, compat, defaults, gaze_track, presets, styles
from .line_table import Row
from .problems import AnimatorError

CHANNEL, NAME, TABLE = "CHANNEL", "NAME", "TABLE"
HIGHEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Line:
    """One take to be made.

    Attributes:
        strip_name: of the sound strip.
        place: of the character (0 is the first one), or -1 where none was found.
        asked: settings that differ from the character's own for this take.
        text: what the strip says; None leaves the strip's own text.
        listens_to: place of the character who speaks the strip, where this one listens; else -1.
        looks_at: place of the character whose eyes this one looks into; -1 as the settings have it.
        problem: why it cannot be made; empty where it can.
        note: what else there is to know.
    """

    strip_name: str
    place: int = -1
    asked: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    listens_to: int = -1
    looks_at: int = -1
    problem: str = ""
    note: str = ""


def by_channel(context: Any, *, only_selected: bool = False) -> list[Line]:
    """Channel 1 to the first character, channel 2 to the second, and so on."""
    count = len(cast.everyone(context.scene))
    lines = []
    for strip in _strips(context, only_selected=only_selected):
        if strip.channel <= count:
            lines.append(Line(strip.name, strip.channel - 1))
        else:
            words = f"channel {strip.channel}, but there {_are(count)}"
            lines.append(Line(strip.name, problem=words))
    return checked(context, lines)


def by_name(context: Any, *, only_selected: bool = False) -> list[Line]:
    """Each strip to the character whose name its own name begins with, else holds."""
    names = [cast.label(settings) for settings in cast.everyone(context.scene)]
    lines = []
    for strip in _strips(context, only_selected=only_selected):
        place, problem = _place_in_name(strip.name, names)
        lines.append(Line(strip.name, place, problem=problem))
    return checked(context, lines)


def by_table(context: Any, rows: Sequence[Row]) -> list[Line]:
    """The lines of a table, in its order; a row that cannot be followed has its problem."""
    known = {strip.name for strip in _strips(context, only_selected=False)}
    return checked(context, [_line_of(context.scene, row, known) for row in rows])


def checked(context: Any, lines: Iterable[Line]) -> list[Line]:
    """`lines` with what stands against each, as far as can be seen without opening a file."""
    return [replace(line, problem=line.problem or _problem(context, line)) for line in lines]


def place_named(scene: Any, name: str) -> int:
    """The place of a character, by its name in any case; the shown one's if empty.

    Raises:
        AnimatorError: there is no such character, or more than one.
    """
    if not name.strip():
        return cast.shown_place(scene)
    names = [cast.label(settings) for settings in cast.everyone(scene)]
    wanted = name.strip().casefold()
    found = [place for place, each in enumerate(names) if each.casefold() == wanted]
    if len(found) == 1:
        return found[0]
    raise AnimatorError(
        f"There {'is no character' if not found else 'are several characters'} '{name}'.",
        f"Characters are: {', '.join(names)}.",
    )


def describe(scene: Any, line: Line) -> str:
    """One row of the list that is shown before a batch runs."""
    if line.problem:
        return f"{line.strip_name}: {line.problem}"
    everyone = cast.everyone(scene)
    who = cast.label(everyone[line.place])
    if line.listens_to >= 0:
        return f"{who} listens to {line.strip_name}"
    how = [str(line.asked[name]) for name in ("emotion", "intensity") if name in line.asked]
    if "seed" in line.asked:
        how.append(f"seed {line.asked['seed']}")
    return f"{line.strip_name}: {who}" + (f", {' '.join(how)}" if how else "")


def _strips(context: Any, *, only_selected: bool) -> list[Any]:
    found = defaults.sound_strips(compat.sequencer_scene(context))
    return [strip for strip in found if strip.select or not only_selected]


def _are(count: int) -> str:
    return "is 1 character" if count == 1 else f"are {count} characters"


def _place_in_name(strip_name: str, names: Sequence[str]) -> tuple[int, str]:
    """The longest name wins, so that 'Anna Maria 01' is not Anna's."""
    told = strip_name.casefold()
    folded = [name.casefold() for name in names]
    for fits in (str.startswith, str.__contains__):
        found = [place for place, name in enumerate(folded) if name and fits(told, name)]
        longest = max((len(folded[place]) for place in found), default=0)
        best = [place for place in found if len(folded[place]) == longest]
        if len(best) == 1:
            return best[0], ""
        if best:
            named = " and ".join(names[place] for place in best)
            return -1, f"its name fits {named} alike"
    return -1, "no character's name is in its name"


def _line_of(scene: Any, row: Row, known: set[str]) -> Line:
    name = row.cell("strip")
    told = f"row {row.number}: "
    if name not in known:
        return Line(name or "(none)", problem=f"{told}there is no such sound strip, or it is muted")
    try:
        place = place_named(scene, row.cell("character"))
        asked = _asked(cast.everyone(scene)[place], row)
    except AnimatorError as problem:
        return Line(name, problem=f"{told}{problem.message} {problem.advice}".strip())
    return Line(name, place, asked, text=row.cell("text") or None)


def _asked(settings: Any, row: Row) -> dict[str, Any]:
    """Settings that a row asks for; what stands in its own cell wins over the preset's."""
    asked: dict[str, Any] = {}
    if row.cell("preset"):
        asked |= presets.values_of(settings, presets.find_preset(row.cell("preset")).path)
    if row.cell("style"):
        asked |= styles.values_of(settings, styles.find_style(row.cell("style")).path)
    if row.cell("emotion"):
        asked["emotion"] = presets.emotion_named(row.cell("emotion"))
    if row.cell("intensity"):
        asked["intensity"] = _number(row, "intensity", float, presets.HIGHEST_INTENSITY)
    if row.cell("seed"):
        asked["seed"] = _number(row, "seed", int, HIGHEST_SEED)
    return asked


def _number(row: Row, column: str, kind: type, most: float) -> Any:
    try:
        value = kind(row.cell(column).replace(",", "."))
    except ValueError:
        value = None
    # NaN is in no range.
    if value is None or not 0 <= value <= most:
        raise AnimatorError(
            f"{column} is '{row.cell(column)}'.", f"Give a number from 0 to {most:g}."
        )
    return value


def _problem(context: Any, line: Line) -> str:
    settings = cast.everyone(context.scene)[line.place]
    try:
        choice = defaults.decide(context, settings, line.strip_name)
        character.check_character(choice.face, choice.head)
        gaze_track.check_aim(settings)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return ""
