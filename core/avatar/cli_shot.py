# SPDX-License-Identifier: Apache-2.0
"""What `avatar render` renders: a take and the options of a shot, or a shot that was sampled in Blender."""

from __future__ import annotations

import argparse
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MienError
from .camera_json import camera_from_json
from .camera_track import CameraTrack, load_cameras, resized
from .shot import LARGEST_SIDE_PIXELS, Shot, load_shot
from .shot_of_curves import shot_of_curves

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Avatar
    from .plate_film import PlateFilm

DEFAULT_FPS, DEFAULT_FIRST_FRAME, DEFAULT_MOMENTS, DEFAULT_SHUTTER = 24.0, 1, 1, 0.5
# What Blender has decided when it sampled a shot.
_OF_A_SHOT = (
    *("--take-fps", "--camera", "--film-camera", "--size", "--fps", "--start", "--end"),
    *("--motion-blur", "--shutter"),
)


@dataclass(frozen=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


def add_shot_options(render: argparse.ArgumentParser) -> None:
    """Add the options that make a shot of a take; not given, each is None (or False)."""
    view = render.add_mutually_exclusive_group()
    view.add_argument("--camera", type=Path, metavar="FILE", help="camera.json")
    view.add_argument(
        "--film-camera", action="store_true", help="the film's own camera, which is the default"
    )
    view.add_argument(
        "--plate",
        type=Path,
        metavar="FOLDER",
        help="NAME.mientrack: over the person's own film, with its torso, background and camera",
    )
    render.add_argument(
        "--plate-film", type=int, metavar="N", help="which of the track's films, from 0"
    )
    render.add_argument("--size", type=_size, metavar="WxH", help="of the frames")
    render.add_argument("--fps", type=float, help=f"of the frames, default {DEFAULT_FPS:g}")
    render.add_argument(
        "--take-fps",
        type=float,
        metavar="FPS",
        help="that a .csv's timecode counts in; default: what it counts to",
    )
    render.add_argument(
        "--first-frame", type=int, metavar="N", help="frame at the take's 0 s, default 1"
    )
    render.add_argument("--start", type=int, metavar="N", help="first frame to render")
    render.add_argument("--end", type=int, metavar="N", help="last frame to render")
    render.add_argument("--motion-blur", type=int, metavar="N", help="moments a frame; 1 is none")
    render.add_argument(
        "--shutter", type=float, help=f"share of a frame, default {DEFAULT_SHUTTER:g}"
    )


def check_shot_options(options: argparse.Namespace) -> None:
    """Refuse options that would change nothing, before anything is loaded.

    Raises:
        MienError: ``options_clash``, naming those that were given.
    """
    if is_shot(options.take):
        refuse(
            options,
            _OF_A_SHOT if options.plate else (*_OF_A_SHOT, "--first-frame"),
            f"{options.take} is a shot from Blender, with its own camera, size, frames and blur",
            "or change it in Blender and render there",
        )
    if options.plate:
        refuse(
            options,
            ("--size",),
            "Over the person's own film (--plate) frames have the film's size",
            "or render with --camera, without --plate",
        )
    else:
        refuse(
            options,
            ("--plate-film",),
            "No film lies under the avatar",
            "or give --plate NAME.mientrack",
        )
    if options.motion_blur in (None, DEFAULT_MOMENTS):
        refuse(
            options,
            ("--shutter",),
            "Frames of one moment have no blur",
            "or give the moments of a frame with --motion-blur, 2 or more",
        )


def first_frame_of(options: argparse.Namespace) -> int:
    """The frame at the take's 0 s, or over the plate's first picture."""
    given: int | None = options.first_frame
    return DEFAULT_FIRST_FRAME if given is None else given


def shot_of_options(
    options: argparse.Namespace, avatar: Avatar, plate: PlateFilm | None = None
) -> Shot:
    """Read the shot, or make it of the take; over a film it has the film's camera.

    Raises:
        MienError: of the files; ``bad_frames``; ``no_film_camera``.
    """
    if is_shot(options.take):
        return load_shot(options.take)
    from .curves_file import load_curves  # noqa: PLC0415 - other commands do without soundfile

    return shot_of_curves(
        load_curves(options.take, options.take_fps),
        _cameras(options, avatar, plate),
        DEFAULT_FPS if options.fps is None else options.fps,
        first_frame=first_frame_of(options),
        start=options.start,
        end=options.end,
        moments=DEFAULT_MOMENTS if options.motion_blur is None else options.motion_blur,
        shutter=DEFAULT_SHUTTER if options.shutter is None else options.shutter,
    )


def is_shot(path: Path) -> bool:
    """Whether a file is a shot of `core.avatar.shot`."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "root_to_camera.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def refuse(options: argparse.Namespace, flags: Sequence[str], why: str, instead: str) -> None:
    """Refuse those of some options that are given.

    Args:
        options: not given, each is None or False.
        flags: as they are typed.
        why: the beginning of a sentence: why they would change nothing.
        instead: the end of one: what else can be done.

    Raises:
        MienError: ``options_clash``.
    """
    given = [flag for flag in flags if _is_given(options, flag)]
    if given:
        raise MienError(
            "options_clash",
            f"{why}: {' and '.join(given)} would change nothing.",
            f"Leave {'them' if len(given) > 1 else 'it'} out, {instead}.",
        )


def _is_given(options: argparse.Namespace, flag: str) -> bool:
    value = getattr(options, flag.removeprefix("--").replace("-", "_"))
    return value is not None and value is not False


def _cameras(options: argparse.Namespace, avatar: Avatar, plate: PlateFilm | None) -> CameraTrack:
    if plate is not None:
        return CameraTrack((0,), (plate.camera(0),))
    if options.camera is not None:
        track = load_cameras(options.camera)
    elif avatar.meta.get("film_camera") is not None:
        track = CameraTrack((0,), (camera_from_json(avatar.meta["film_camera"]),))
    else:
        raise MienError(
            "no_film_camera", f"{options.avatar} does not know its film's camera.", "Give --camera."
        )
    if options.size is None:
        return track
    size = options.size
    resized_ones = tuple(resized(camera, size.width, size.height) for camera in track.cameras)
    return CameraTrack(track.frames, resized_ones)


def _size(text: str) -> Size:
    try:
        width, height = (int(side) for side in text.lower().split("x"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no size such as 1920x1080") from error
    if not all(1 <= side <= LARGEST_SIDE_PIXELS for side in (width, height)):
        raise argparse.ArgumentTypeError(
            f"{text}: each side may have 1 to {LARGEST_SIDE_PIXELS} pixels"
        )
    return Size(width, height)
