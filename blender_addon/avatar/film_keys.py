# SPDX-License-Identifier: GPL-3.0-or-later
"""Performance capture: a film of a face -> a take on the rig."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .. import apply, character, compat, jobs, performance_file, performing, status, strips
from ..key_tolerance import Tolerance
from ..performance_file import Performed
from ..problems import AnimatorError
from ..rigs.sources import LIPS, MOUTHS, layer_of
from . import worker


def start(context: Any, settings: Any, film: Path, frame: int) -> jobs.Job:
    """Ask the worker what the face in a film does; the job keys it on the face of `settings`.

    Where a sound strip of the film lies in the sequencer, the take follows that strip, trims and
    speed included; else the film begins at `frame`.

    Args:
        context: Blender's.
        settings: of the character.
        film: its file.
        frame: scene frame at which it begins.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    if not film.is_file():
        raise AnimatorError(f"There is no film {film}.", "Choose a film file.")
    character.check_character(settings.target, settings.head_target)
    scene = settings.id_data
    sequencer = compat.sequencer_scene(context)
    strip = _strip_of(sequencer, film)
    heard = strips.map_strip(sequencer, strip) if strip else None
    if heard is not None and heard.mixed:
        raise AnimatorError(
            f"The speed of the film's strip '{strip.name}' changes within it.",
            "Give it one speed (Strip > Retiming), or remove the strip: the film then begins at the "
            "current frame.",
        )
    name = strip.name if strip else film.stem
    face_uid = settings.target.session_uid
    head_uid = settings.head_target.session_uid if settings.head_target else None
    tolerance = Tolerance(settings.key_tolerance / 100.0, settings.key_by_sight)
    fps = strips.scene_fps(scene)
    folder = jobs.temporary_folder()

    def use(message: dict[str, Any]) -> str:
        face = performing.find_object(face_uid)
        if face is None:
            raise AnimatorError(
                "The face was deleted before the film was read.", "Choose a face and try again."
            )
        head = performing.find_object(head_uid) if head_uid is not None else None
        if head_uid is not None and head is None:
            raise AnimatorError(
                "The head object was deleted before the film was read.",
                "Choose a head, or none, and try again.",
            )
        performed, seconds = read(Path(message["path"]), name)
        place = heard or strips.StripMap(0.0, fps, frame, frames_of(seconds, fps))
        order = apply.Order(
            name,
            place,
            f"Film {film.stem}",
            tolerance,
            made={"film": str(film)},
        )
        report = apply.key_take(order, resampled(performed, seconds, place), face, head)
        return status.summary(name, report, [str(note) for note in message["notes"]])

    request = {
        "type": "avatar_capture",
        "film": str(film),
        "out_path": str(folder / "performance.npz"),
        "start_seconds": heard.start_seconds if heard else 0.0,
        "duration_seconds": heard.duration_seconds if heard else None,
        "deadline_seconds": worker.LONG_SECONDS,
    }
    return worker.launch(request, use, folder)


def read(path: Path, name: str) -> tuple[Performed, np.ndarray]:
    """The performance of a film, split as regions are, and its times in seconds.

    The mouth's own channels are the lips, all else is the expression, so that each can be muted,
    weakened or cleared alone.

    Raises:
        AnimatorError: the file cannot be read.
    """
    performed = performance_file.read(path, name)
    lips = {source: column for source, column in performed.mix.items() if layer_of(source) == LIPS}
    return Performed(performed.mix, lips, {}), performance_file.times(path, name)


def resampled(performed: Performed, seconds: np.ndarray, place: strips.StripMap) -> Performed:
    """The performance on the frames of a strip; between the film's pictures on straight lines."""
    wanted = np.arange(place.frames) / place.grid_fps

    def on_frames(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        nearest = np.clip(np.searchsorted(seconds, wanted), 0, len(seconds) - 1)
        return {
            name: column[nearest]
            if name in MOUTHS
            else np.interp(wanted, seconds, column).astype(np.float32)
            for name, column in columns.items()
        }

    return Performed(on_frames(performed.mix), on_frames(performed.lips), {})


def frames_of(seconds: np.ndarray, fps: float) -> int:
    """How many scene frames a film of these times covers."""
    return int(np.floor(float(seconds[-1]) * fps + 1e-6)) + 1


def _strip_of(scene: Any, film: Path) -> Any:
    """The sound strip whose sound is the film's, the active one first; or None."""
    wanted = film.resolve()
    found = [
        each
        for each in compat.all_strips(scene)
        if each.type == "SOUND"
        and each.sound is not None
        and Path(bpy.path.abspath(each.sound.filepath, library=each.sound.library)).resolve()
        == wanted
    ]
    active = scene.sequence_editor.active_strip if scene.sequence_editor else None
    return active if active in found else next(iter(found), None)
