# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip and a direction go to the worker, its performance onto the face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import bpy

from . import apply, cast, character, compat, jobs, performance_file, sounds, status, strips, takes
from .directions import direction
from .key_tolerance import Tolerance
from .line_sounds.corrections import Corrections
from .line_sounds.spoken import Errand
from .problems import AnimatorError


@dataclass(frozen=True)
class Answer:
    """A performance that has come back, and whom it is for.

    Attributes:
        sound: the strip's sound.
        performed: its columns.
        face, head: the character's object, and the object that turns as its head, or None.
        direction: what was asked for.
        tolerance: of the keys.
        made: what made it, plain data for the take's mark.
        notes: sentences about the text.
    """

    sound: jobs.Sound
    performed: performance_file.Performed
    face: Any
    head: Any
    direction: Mapping[str, Any]
    tolerance: Tolerance
    made: Mapping[str, Any]
    notes: tuple[str, ...]


def start(
    context: Any,
    settings: Any,
    strip_name: str = "",
    *,
    beside: bool = False,
    corrected: Corrections | None = None,
) -> jobs.Job:
    """Ask the worker for a take of a strip; the job keys it on the face that `settings` name.

    Args:
        context: Blender's.
        settings: of the character.
        strip_name: the strip; where it is empty, the one that the settings name.
        beside: keep the strip's present take, unheard, beside the new one.
        corrected: corrections of its sounds that take the place of the strip's own once they are
            spoken.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """

    def use(answer: Answer) -> str:
        return key_whole(answer, beside=beside)

    return ask(context, settings, strip_name, use, corrected=corrected)


def key_whole(answer: Answer, *, beside: bool = False) -> str:
    """Key a performance as a take of its strip; returns a sentence about it."""
    name = answer.sound.strip_name
    order = apply.Order(
        name,
        answer.sound.heard,
        _label(answer.direction),
        answer.tolerance,
        beside,
        answer.made,
    )
    report = apply.key_take(order, answer.performed, answer.face, answer.head)
    return status.summary(name, report, answer.notes)


def ask(
    context: Any,
    settings: Any,
    strip_name: str,
    use: Callable[[Answer], str],
    directed: Callable[[Any, strips.StripMap], dict[str, Any]] = direction,
    *,
    corrected: Corrections | None = None,
) -> jobs.Job:
    """Ask the worker for a performance; the job gives it to `use`.

    Args:
        context: Blender's.
        settings: of the character.
        strip_name: the strip; where it is empty, the one that the settings name.
        use: what to do with it; returns a sentence about that.
        directed: the direction, from the settings and the frames that are heard.
        corrected: as of `start`.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    character.check_character(settings.target, settings.head_target)
    _check_in_a_scene(settings.target, settings.head_target)
    target_uid, target_name = settings.target.session_uid, settings.target.name
    address = cast.address(settings)
    head_uid = settings.head_target.session_uid if settings.head_target else None
    tolerance = Tolerance(settings.key_tolerance / 100.0, settings.key_by_sight)
    asked: dict[str, Any] = {}
    made: dict[str, Any] = {"direction": asked}
    errand = Errand(corrected)

    def request(strip: Any, sound: jobs.Sound) -> dict[str, Any]:
        asked.update(directed(cast.find(address), sound.heard))
        made["sound"] = sounds.identity(strip)
        made["strip_id"] = takes.identify(strip)
        made["place"] = strips.place_of(compat.sequencer_scene(context), strip)
        return {
            "type": "performance",
            **sound.request(),
            **wanted_of(asked, strip, sound.heard, errand),
            "out_path": str(sound.folder / "performance.npz"),
        }

    def used(sound: jobs.Sound, message: dict[str, Any]) -> str:
        name = takes.present_name(made["strip_id"], sound.strip_name, made["place"])
        sound = replace(sound, strip_name=name)
        performed = performance_file.read(Path(message["path"]), sound.strip_name)
        errand.read(Path(message["path"]), sound.strip_name)
        made["corrected"] = errand.corrected_seconds
        face = find_object(target_uid)
        if face is None:
            raise AnimatorError(
                f"Object '{target_name}' was deleted before its take was ready.",
                "Choose a face and generate again.",
            )
        head = None if head_uid is None else find_object(head_uid)
        if head_uid is not None and head is None:
            raise AnimatorError(
                "The head object was deleted before its take was ready.",
                "Choose a head, or none, and generate again.",
            )
        notes = tuple(str(note) for note in message["notes"])
        said = use(Answer(sound, performed, face, head, asked, tolerance, made, notes))
        errand.keep(sound.strip_name)
        return said

    return jobs.begin(context, settings, request, used, strip_name=strip_name)


def _label(asked: Mapping[str, Any]) -> str:
    """What the list calls a take: its seed and what it feels."""
    felt = asked["emotion"]
    if not isinstance(felt, str):
        felt = "blend"
    if "emotion_track" in asked:
        felt = "keyed emotion"
    return f"Seed {asked['seed']}, {felt}"


def wanted_of(
    directed: dict[str, Any], strip: Any, heard: strips.StripMap, errand: Errand
) -> dict[str, Any]:
    """What a request says of a strip's take, beside its sound; the preview asks for the same.

    Raises:
        AnimatorError: the strip's corrections are of another sound.
    """
    return {
        "direction": directed,
        "fps": heard.grid_fps,
        "text": strips.text_of(strip),
        **errand.corrections_of_request(strip, heard),
    }


def _check_in_a_scene(*objects: Any) -> None:
    """A deleted object lives on, out of sight, as long as the panel's settings name it."""
    for chosen in objects:
        if chosen is not None and not chosen.users_collection:
            raise AnimatorError(
                f"Object '{chosen.name}' was deleted: it is in no collection.",
                "Choose another object in the Mien panel, or link it to a collection again.",
            )


def find_object(uid: int) -> Any:
    """The object with a session uid, however it is called by now; or None."""
    return next((found for found in bpy.data.objects if found.session_uid == uid), None)
