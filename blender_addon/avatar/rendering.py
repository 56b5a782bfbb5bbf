# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendering a shot of an avatar: sampled here, rendered by the worker, put into the sequencer."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy

from .. import jobs
from ..problems import AnimatorError
from . import attaching, compositing, read_back, sampling, shot_file, sitter, strip, worker
from .frames import Frames
from .properties import EXR

DIGITS = 4
ENDINGS = {EXR: ".exr"}


@dataclass(frozen=True)
class Order:
    """What is rendered, and where it goes.

    Attributes:
        scene, holder: the scene, and the object that carries the avatar.
        taken: frames and shutter.
        ending: .exr or .png.
        folder: of the frames.
        name: that the frames' names begin with.
        is_relative: the folder was chosen from the .blend file on (`//`).
        use_strip: put the frames into the sequencer.
    """

    scene: Any
    holder: Any
    taken: sampling.Range
    ending: str
    folder: Path
    name: str
    is_relative: bool
    use_strip: bool

    @property
    def pattern(self) -> Path:
        """Path of a frame, # for each digit of its number."""
        return self.folder / f"{self.name}_{'#' * DIGITS}{self.ending}"

    @property
    def frames(self) -> Frames:
        """The frames, for strips and compositor."""
        paths = [self.path_of(frame) for frame in self.taken.frames]
        return Frames(paths, self.taken.first, self.taken.step, self.is_relative)

    def path_of(self, frame: int) -> Path:
        """Path of one frame, its number as Blender writes it."""
        digits = f"{'-' if frame < 0 else ''}{abs(frame):0{DIGITS}d}"
        return self.folder / f"{self.name}_{digits}{self.ending}"


def order(scene: Any) -> Order:
    """What the scene's settings ask for.

    Raises:
        AnimatorError: no avatar is attached, or the range is empty.
    """
    settings = scene.mien_avatar
    holder = attaching.needed_holder(scene)
    name = re.sub(r"[^\w.-]+", "_", settings.name or holder.name).strip("_.") or "avatar"
    return Order(
        scene,
        holder,
        taken(scene),
        ENDINGS.get(settings.file_format, ".png"),
        _folder(settings.folder) / name,
        name,
        settings.folder.startswith("//"),
        settings.use_strip,
    )


def taken(scene: Any) -> sampling.Range:
    """The frames and the shutter that the scene's settings ask for.

    Raises:
        AnimatorError: the range is empty.
    """
    settings = scene.mien_avatar
    own = not settings.use_scene_range
    return sampling.range_of(
        scene,
        first=settings.frame_start if own else scene.frame_start,
        last=settings.frame_end if own else scene.frame_end,
        step=1 if own else scene.frame_step,
        moments=settings.moments if settings.use_motion_blur else 1,
    )


def look(scene: Any) -> str | None:
    """Name of the film whose hair and light the avatar wears, or None for the usual one."""
    return scene.mien_avatar.look or None


def film_under(scene: Any) -> Path | None:
    """Folder of the tracked film that the frames lie over, or None.

    Raises:
        AnimatorError: it is not there.
    """
    if not scene.mien_avatar.plate:
        return None
    folder = attaching.file_of(scene.mien_avatar.plate).absolute()
    if not folder.is_dir():
        raise AnimatorError(
            f"There is no tracked film {folder}.",
            "Choose its folder, ending in .mientrack, or empty Over Film.",
        )
    return folder


def start(context: Any, asked: Order) -> jobs.Job:
    """Sample the scene and hand the shot to the worker.

    Raises:
        AnimatorError: something is missing; nothing has been changed.
    """
    attaching.papers_of(asked.holder)
    worker.chosen_python()
    sat = sitter.sitter(asked.scene, asked.holder)
    shot = sampling.sample(asked.scene, sat, asked.taken)
    film = film_under(asked.scene)
    _make_folder(asked.folder)
    folder = jobs.temporary_folder()
    try:
        shot_file.write(shot, folder / "shot.npz")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    request = {
        "type": "avatar_render",
        "avatar": str(attaching.carried_file(asked.holder).resolve()),
        "shot": str(folder / "shot.npz"),
        "out_path": str(asked.pattern),
        "look": look(asked.scene),
        "plate": str(film) if film else None,
        "first_frame": asked.taken.first,
        "deadline_seconds": worker.LONG_SECONDS,
    }
    scene_uid, scene_name = asked.scene.session_uid, asked.scene.name
    notes = guesses(sat.way)

    def use(message: dict[str, Any]) -> str:
        scene = next((each for each in bpy.data.scenes if each.session_uid == scene_uid), None)
        if scene is None:
            raise AnimatorError(
                f"Scene '{scene_name}' is gone.", f"The frames are in {asked.folder}."
            )
        said = [f"Rendered {message['frames']} frames to {asked.folder}."]
        if asked.use_strip:
            said.append(_add_strip(context, scene, asked))
        return " ".join([*said, *map(str, message["notes"]), *notes])

    return worker.launch(request, use, folder)


def guesses(way: read_back.Way) -> list[str]:
    """Sentences about what cannot be read back from a rig for certain."""
    said = []
    if way.shared:
        said.append("Not told apart by this rig, so shared out: " + _shortened(way.shared) + ".")
    if way.unread:
        said.append("Not read back from this rig, so still: " + _shortened(way.unread) + ".")
    if way.foreign:
        said.append(
            f"This rig is also moved by {_shortened(way.foreign)}, which are no channels of an "
            "avatar; use Add Avatar's stand-in as the face for them."
        )
    return said


def _shortened(names: tuple[str, ...]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _add_strip(context: Any, scene: Any, asked: Order) -> str:
    """Put the frames into the sequencer; returns sentences, also where they cannot go there."""
    if asked.taken.step != 1:
        return "No strip was added: only every few frames were rendered (the scene's Step)."
    is_new = not strip.of_name(scene, asked.name)
    try:
        made = strip.put(context, scene, asked.frames, asked.name)
    except AnimatorError as problem:
        return f"No strip was added. {problem}"
    shown, said = made.strip, []
    if shown is not None:
        said.append(f"Strip '{shown.name}' on channel {shown.channel} shows them.")
    if made.left_alone:
        said.append(
            f"Left as it was, for it was cut where these frames do not reach: {_shortened(made.left_alone)}. "
            "Render all frames that it shows, or delete it."
        )
    if is_new and compositing.is_set_up(scene) and strip.mute(scene):
        said.append("It is muted, for the compositor lays them over the render.")
    elif is_new and strip.is_rendered_instead(scene):
        said.append(strip.RENDERED_INSTEAD)
    return " ".join(said)


def _folder(path: str) -> Path:
    if path.startswith("//") and not bpy.data.filepath:
        raise AnimatorError(
            "The frames' folder lies beside the .blend file, and that is not saved yet.",
            "Save the file, or choose another folder under Avatar in the Mien panel.",
        )
    return attaching.file_of(path).absolute()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnimatorError(
            f"The frames' folder {folder} cannot be made ({error.strerror or error}).",
            "Choose another one under Avatar in the Mien panel.",
        ) from error
