# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip that was moved, stretched, trimmed or given another sound: its take follows.

Where the same part of the same sound is heard at other frames, keys are moved, edits and all. Where
something else is heard, the performance is made again as it was directed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from . import character, compat, defaults, keying, performing, regenerate, sounds, strips, takes
from .directions import direction
from .problems import AnimatorError
from .strips import StripMap

SAME, MOVED, OTHER = "SAME", "MOVED", "OTHER"
# Frames by which Blender may round a strip's ends when it is moved or stretched.
ROUNDING_FRAMES = 2


@dataclass(frozen=True)
class Change:
    """How a strip differs from what its take was made for.

    Attributes:
        kind: SAME; MOVED: frame' = scale * frame + offset; or OTHER, when it must be made again.
        heard: the strip as it is now.
    """

    kind: str
    heard: StripMap
    scale: float = 1.0
    offset: float = 0.0


def change_of(strip: Any, heard: StripMap, content: dict[str, Any]) -> Change:
    """How `strip` differs from what the take with this mark was made for."""
    was = StripMap(**content["made"]["heard"])
    if sounds.identity(strip) != content["made"].get("sound") or heard.mixed != was.mixed:
        return Change(OTHER, heard)
    if heard == was:
        return Change(SAME, heard)
    if heard.mixed and heard.frames != was.frames:
        return Change(OTHER, heard)
    slack = ROUNDING_FRAMES / min(heard.grid_fps, was.grid_fps)
    begins_alike = abs(heard.start_seconds - was.start_seconds) <= slack
    ends = [part.start_seconds + part.duration_seconds for part in (heard, was)]
    if not begins_alike or abs(ends[0] - ends[1]) > slack:
        return Change(OTHER, heard)
    # Second s of the sound is heard at frame first_frame + (s - start_seconds) * grid_fps.
    scale = heard.grid_fps / was.grid_fps
    start = (was.start_seconds - heard.start_seconds) * heard.grid_fps
    return Change(MOVED, heard, scale, heard.first_frame + start - scale * was.first_frame)


def fits(scene: Any, strip: Any, content: dict[str, Any]) -> bool:
    """Whether a strip still lies and sounds as when its take was made; opens no file."""
    made = content["made"]
    same_place = made.get("place") == strips.place_of(scene, strip)
    return same_place and made.get("sound") == sounds.identity(strip)


def why_not(context: Any, settings: Any) -> str:
    """Why there is nothing to re-time: empty where the strip's take no longer fits it."""
    try:
        scene, strip, pieces = _used(context, settings)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    told = f"The take of '{strip.name}' fits its strip"
    return told if fits(scene, strip, pieces[0].content) else ""


def move(context: Any, settings: Any) -> str | None:
    """Move the take's keys to where its sound is heard now; None where it must be made again.

    Returns:
        A sentence about what was done.

    Raises:
        AnimatorError: no strip, no face, no take.
    """
    scene, strip, pieces = _used(context, settings)
    change = change_of(strip, strips.map_strip(scene, strip), pieces[0].content)
    if change.kind == SAME:
        return f"The take of '{strip.name}' fits its strip already."
    if change.kind == OTHER:
        return None
    return _move(pieces, change, str(strip.name), strips.place_of(scene, strip))


def again(context: Any, settings: Any) -> Any:
    """The job that makes the take again, as it was directed.

    Raises:
        AnimatorError: no strip, no face, no take.
    """
    _, strip, pieces = _used(context, settings)
    asked = pieces[0].content["made"]["direction"]
    return performing.ask(
        context,
        settings,
        str(strip.name),
        performing.key_whole,
        lambda now, heard: as_before(asked, direction(now, heard)),
    )


def _used(context: Any, settings: Any) -> tuple[Any, Any, list[takes.Piece]]:
    """The sequencer's scene, the strip, and the pieces of its take in use."""
    scene = compat.sequencer_scene(context)
    strip = defaults.strip_for(scene, settings.strip_name)
    able = character.check_character(settings.target, settings.head_target)
    return scene, strip, regenerate.used_pieces(able, strip.name)


def as_before(asked: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """The direction that a take was made by; what is over time is read anew, for the new frames."""
    tracks = {name: now.get(name) for name in ("emotion_track", "gaze_track") if name in asked}
    return {**asked, **tracks}


def _move(pieces: Iterable[takes.Piece], change: Change, name: str, place: list[Any]) -> str:
    moved = takes.everywhere(pieces)
    take, made = moved[0].take, {**moved[0].content["made"]}
    actions = dict.fromkeys(piece.action for piece in moved)
    with takes.writing(actions):
        for action, slot in {(piece.action, piece.slot): None for piece in moved}:
            for curve in compat.slot_fcurves(action, slot):
                keying.remap(curve, change.scale, change.offset)
    made.update(heard=asdict(change.heard), place=place)
    made["contacts"] = {
        path: [round(change.scale * frame + change.offset) for frame in frames]
        for path, frames in made.get("contacts", {}).items()
    }
    for action in actions:
        takes.change_mark(action, made=made)
    for datablock in dict.fromkeys(piece.datablock for piece in moved):
        takes.follow(datablock, take, change.scale, change.offset)
    return (
        f"The take of '{name}' begins at frame {change.heard.first_frame} now"
        + (f", at {1 / change.scale:.0%} speed" if abs(change.scale - 1.0) > 1e-6 else "")
        + ". Edited keys moved along."
    )
