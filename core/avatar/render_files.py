# SPDX-License-Identifier: Apache-2.0
"""A whole render: an avatar's shot to frames on disk, taken up again where it was stopped."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from .. import __version__
from ..errors import MienError
from .frame_tags import frame_tags
from .looks import worn_look
from .sequence import pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .camera import Camera
    from .frame_files import FrameFiles, Picture
    from .model import Avatar, Frame, Pose
    from .plate_film import PlateFilm
    from .posed import Poser
    from .shot import Shot

    Draw = Callable[[Pose, Camera], Frame]


@dataclass(frozen=True)
class Rendered:
    """What a render left on disk.

    Attributes:
        files: where they are.
        written: numbers of the frames drawn and written now.
        kept: numbers of the frames that were there already, made of the same inputs.
    """

    files: FrameFiles
    written: tuple[int, ...]
    kept: tuple[int, ...]


def render_files(
    avatar: Avatar,
    shot: Shot,
    files: FrameFiles,
    *,
    plate: PlateFilm | None = None,
    first_frame: int = 1,
    look: str | None = None,
    device: str = "auto",
    normals: bool = False,
    overwrite: bool = False,
    tell: Callable[[float, int], None] = lambda _share, _frame: None,
) -> Rendered:
    """Render a shot, one file a frame. A frame that is there already is made again only if it differs.

    Args:
        avatar: as loaded.
        shot: what it does and from where it is seen.
        files: where the frames go; their tags are set here.
        plate: a film of the person to lie under it, whose camera and size then hold.
        first_frame: the scene's number of the frame that the film's first picture lies under.
        look: name of the film whose look (hair, beard, light) is worn, of `Avatar.meta`'s "looks"; None
            for the plate's own, and the first where there is none.
        device: a name for `core.avatar.device.choose_device`; frames of another one are kept.
        normals: whether to draw normals too.
        overwrite: make every frame again, and replace files that Mien did not make.
        tell: progress 0..1 and the number of the frame just written; may raise `Cancelled`, and then
            what is written stays.

    Raises:
        MienError: ``avatar_look``, ``frame_not_ours`` before anything is drawn; ``not_writable``, saying which frames
            are there; with a plate also those of the track and the film.
    """
    files = replace(files, tags=frame_tags(avatar.meta, over_film=plate is not None))
    number = worn_look(avatar, look, plate.name if plate else None)
    settings = f"{avatar.meta['sha256']} look {number} normals {normals} bits {files.bits}"
    if plate is None:
        return write_frames(
            shot,
            files,
            settings,
            lambda rows: pictures(
                shot, drawing(ready(avatar, number, device), normals=normals), rows
            ),
            overwrite=overwrite,
            tell=tell,
        )
    seen, under = plate.shot(shot, first_frame)

    def over_film(rows: list[int]) -> Iterator[Picture]:
        from .plate import Plate  # noqa: PLC0415 - torch and scipy

        poser = ready(avatar, number, device)
        return Plate(plate, poser, drawing(poser, normals=normals)).pictures(seen, under, rows)

    return write_frames(
        seen,
        files,
        f"{settings} over {sorted(plate.digests.items())}",
        over_film,
        overwrite=overwrite,
        tell=tell,
    )


def drawing(poser: Poser, *, normals: bool = False) -> Draw:
    """A function that draws an avatar."""
    from .render_frame import render_frame  # noqa: PLC0415 - torch and numba

    return lambda pose, camera: render_frame(poser, pose, camera, normals=normals)


def ready(avatar: Avatar, look: int = 0, device: str = "auto") -> Poser:
    """The avatar made ready for many frames, on a device by its name."""
    from .device import choose_device  # noqa: PLC0415 - frames of other sources need no torch
    from .posed import Poser  # noqa: PLC0415

    return Poser(avatar, choose_device(device).device, look)


def write_frames(
    shot: Shot,
    files: FrameFiles,
    settings: str,
    source: Callable[[list[int]], Iterator[Picture]],
    *,
    overwrite: bool,
    tell: Callable[[float, int], None],
) -> Rendered:
    """Write the frames of a shot that are not there yet.

    Args:
        shot: decides the frames and, with `settings`, whether one that is there is the same.
        files: where they go.
        settings: a text for all else that a frame is made of.
        source: gives the frames of some rows of the shot, in any order.
        overwrite: write all.
        tell: progress; see `render_files`.

    Raises:
        MienError: see `render_files`.
    """
    inputs = {int(number): _inputs(shot, row, settings) for row, number in enumerate(shot.frame)}
    rows = [
        row
        for row, number in enumerate(shot.frame.tolist())
        if overwrite or not files.holds(number, inputs[number])
    ]
    waiting = set(shot.frame[rows].tolist())
    kept = tuple(number for number in inputs if number not in waiting)
    written: list[int] = []
    for picture in source(rows) if rows else ():
        try:
            files.write(picture, inputs[picture.number])
        except MienError as error:
            done = sorted({*kept, *written})
            raise MienError(
                error.code,
                f"{error.message} {_told(done)}",
                f"{error.advice} Then render again: frames that are there are kept.",
            ) from error
        written.append(picture.number)
        tell(len(written) / len(rows), picture.number)
    return Rendered(files, tuple(written), kept)


def _inputs(shot: Shot, row: int, settings: str) -> str:
    digest = hashlib.sha256(f"{__version__} {shot.size} {settings}".encode())
    for array in (shot.values, shot.head_to_root, shot.root_to_camera, shot.focal, shot.centre):
        digest.update(np.ascontiguousarray(array[row]).data)
    return digest.hexdigest()


def _told(done: list[int]) -> str:
    """Which frames are there, as runs."""
    if not done:
        return "No frame is there yet."
    edges = [i for i in range(1, len(done)) if done[i] != done[i - 1] + 1]
    runs = zip([0, *edges], [*edges, len(done)], strict=True)
    words = [f"{done[a]}" if b - a == 1 else f"{done[a]} to {done[b - 1]}" for a, b in runs]
    return f"Finished: frames {', '.join(words)}."
