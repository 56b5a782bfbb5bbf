# SPDX-License-Identifier: GPL-3.0-or-later
"""Generate: the chosen strip and the direction go to the worker, its performance onto the face."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from . import apply, cast, character, jobs, performance_file, status, strips
from .directions import direction
from .line_sounds.corrections import Corrections
from .line_sounds.spoken import Errand
from .problems import AnimatorError


def start(
    context: Any,
    settings: Any,
    strip_name: str = "",
    *,
    beside: bool = False,
    corrected: Corrections | None = None,
) -> jobs.Job:
    """Ask the worker for a take of a strip; the job keys it on the face that `settings` name.

    `corrected` are corrections of its sounds that take the place of the strip's own once they are
    spoken.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    character.check_character(settings.target, settings.head_target)
    _check_in_a_scene(settings.target, settings.head_target)
    target = settings.target
    target_uid, target_name = target.session_uid, target.name
    address = cast.address(settings)
    head_uid = settings.head_target.session_uid if settings.head_target else None
    sounds = Errand(corrected)

    asked: dict[str, Any] = {}
    tolerance = settings.key_tolerance / 100.0

    def order(sound: jobs.Sound) -> apply.Order:
        return apply.Order(
            sound.strip_name, sound.heard, _label(asked), tolerance, beside, {"direction": asked}
        )

    def request(strip: Any, sound: jobs.Sound) -> dict[str, Any]:
        asked.update(direction(cast.find(address), sound.heard))
        return {
            "type": "performance",
            **sound.request(),
            "direction": asked,
            "fps": sound.heard.grid_fps,
            "text": strips.text_of(strip),
            **sounds.corrections_of_request(strip, sound.heard),
            "out_path": str(sound.folder / "performance.npz"),
        }

    def key(sound: jobs.Sound, message: dict[str, Any]) -> str:
        performed = performance_file.read(Path(message["path"]), sound.strip_name)
        sounds.read(Path(message["path"]), sound.strip_name)
        face = _find_object(target_uid)
        if face is None:
            raise AnimatorError(
                f"Object '{target_name}' was deleted before its take was ready.",
                "Choose a face and generate again.",
            )
        head = None if head_uid is None else _find_object(head_uid)
        if head_uid is not None and head is None:
            raise AnimatorError(
                "The head object was deleted before its take was ready.",
                "Choose a head, or none, and generate again.",
            )
        report = apply.key_take(order(sound), performed, face, head)
        sounds.keep(sound.strip_name)
        return status.summary(sound.strip_name, report, [str(note) for note in message["notes"]])

    return jobs.begin(context, settings, request, key, strip_name=strip_name)


def _label(asked: dict[str, Any]) -> str:
    """What the list calls a take: its seed and what it feels."""
    felt = asked["emotion"]
    if not isinstance(felt, str):
        felt = "blend"
    if "emotion_track" in asked:
        felt = "keyed emotion"
    return f"Seed {asked['seed']}, {felt}"


def _check_in_a_scene(*objects: Any) -> None:
    """A deleted object lives on, out of sight, as long as the panel's settings name it."""
    for chosen in objects:
        if chosen is not None and not chosen.users_collection:
            raise AnimatorError(
                f"Object '{chosen.name}' was deleted: it is in no collection.",
                "Choose another object in the Mien panel, or link it to a collection again.",
            )


def _find_object(uid: int) -> Any:
    return next((found for found in bpy.data.objects if found.session_uid == uid), None)
