# SPDX-License-Identifier: Apache-2.0
"""`avatar render`, `avatar ply` and `avatar info` on the command line."""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MienError
from .avatar_file import load_avatar, read_papers
from .camera_json import camera_from_json
from .camera_track import CameraTrack, load_cameras, resized
from .frame_files import FrameFiles
from .head_pose import head_to_root
from .model import Pose
from .plate_film import open_plate
from .ply import AXES, export_ply
from .shot import Shot, load_shot
from .shot_of_curves import shot_of_curves

if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Avatar

DEFAULT_FPS = 24.0


@dataclass(frozen=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int


def add_ply_command(commands: Any) -> None:  # noqa: ANN401 - argparse names no type for it
    """Add `avatar ply`."""
    ply = commands.add_parser("ply", help="an avatar in one pose as a .ply for splat viewers")
    ply.set_defaults(command=_ply)
    ply.add_argument("avatar", type=Path, help="NAME.mienavatar")
    ply.add_argument("-o", "--out", type=Path, required=True, help="head.ply")
    ply.add_argument("--take", type=Path, default=None, help="curves to pose it by; else at rest")
    ply.add_argument(
        "--time", type=float, default=0.0, metavar="SECONDS", help="moment of the take"
    )
    ply.add_argument(
        "--axes",
        choices=sorted(AXES),
        default="z_up",
        help="z_up for Blender (default), y_up for glTF-like viewers, y_down for COLMAP-like ones",
    )
    _add_look(ply)


def _add_look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--look", default=None, metavar="FILM", help="hair and light of which film; see `info`"
    )


def add_info_command(commands: Any) -> None:  # noqa: ANN401
    """Add `avatar info`."""
    info = commands.add_parser("info", help="whom an avatar shows, by which consent, and its size")
    info.set_defaults(command=_info)
    info.add_argument("avatar", type=Path, help="NAME.mienavatar")


def add_render_command(commands: Any) -> None:  # noqa: ANN401
    """Add `avatar render`."""
    render = commands.add_parser(
        "render",
        help="a take to frames of an avatar",
        description="Frames that are there already and would come out the same are kept: an "
        "interrupted render goes on, an edited take renders what changed.",
    )
    render.set_defaults(command=_render)
    render.add_argument(
        "take", type=Path, help="take.npz, Live Link Face .csv, or a shot .npz of the add-on"
    )
    render.add_argument("avatar", type=Path, help="NAME.mienavatar")
    render.add_argument("-o", "--out", type=Path, required=True, help="folder of the frames")
    render.add_argument(
        "--name", default=None, help="of the frames: NAME_0001.exr; else the take's"
    )
    render.add_argument("--format", choices=("exr", "png"), default="exr", help="default exr")
    render.add_argument("--bits", type=int, choices=(8, 16), default=8, help="of a PNG, default 8")
    render.add_argument("--normals", action="store_true", help="a normal pass too (exr)")
    _add_look(render)
    view = render.add_mutually_exclusive_group()
    view.add_argument("--camera", type=Path, default=None, metavar="FILE", help="camera.json")
    view.add_argument(
        "--film-camera", action="store_true", help="the film's own camera, which is the default"
    )
    view.add_argument(
        "--plate",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="NAME.mientrack: over the person's own film, with its torso, background and camera",
    )
    render.add_argument(
        "--plate-film", type=int, default=0, metavar="N", help="which of the track's films, from 0"
    )
    render.add_argument("--size", type=_size, default=None, metavar="WxH", help="of the frames")
    render.add_argument("--fps", type=float, default=None, help=f"default {DEFAULT_FPS:g}")
    render.add_argument("--first-frame", type=int, default=1, help="frame at the take's 0 s")
    render.add_argument("--start", type=int, default=None, help="first frame to render")
    render.add_argument("--end", type=int, default=None, help="last frame to render")
    render.add_argument(
        "--motion-blur", type=int, default=1, metavar="N", help="moments a frame; 1 is none"
    )
    render.add_argument("--shutter", type=float, default=0.5, help="share of a frame, default 0.5")
    render.add_argument("--overwrite", action="store_true", help="make every frame again")


def _render(options: argparse.Namespace) -> None:
    from .render_files import render_files  # noqa: PLC0415 - `info` does without

    avatar = load_avatar(options.avatar)
    name = options.name or options.take.stem
    options.out.mkdir(parents=True, exist_ok=True)
    shot = _shot(options, avatar)
    done = render_files(
        avatar,
        shot,
        FrameFiles(options.out / f"{name}_####.{options.format}", bits=options.bits),
        plate=None if options.plate is None else open_plate(options.plate, options.plate_film),
        first_frame=options.first_frame,
        look=options.look,
        normals=options.normals,
        overwrite=options.overwrite,
        tell=_progress(),
    )
    first, last = (done.files.path_of(number).name for number in shot.frame[[0, -1]].tolist())
    print(
        f"{options.out}: {first} to {last}, {len(done.written)} rendered,"
        f" {len(done.kept)} kept as they were"
    )


def _shot(options: argparse.Namespace, avatar: Avatar) -> Shot:
    from .curves_file import load_curves  # noqa: PLC0415 - other commands do without soundfile

    if _is_shot(options.take):
        return load_shot(options.take)
    return shot_of_curves(
        load_curves(options.take, options.fps),
        _cameras(options, avatar),
        options.fps or DEFAULT_FPS,
        first_frame=options.first_frame,
        start=options.start,
        end=options.end,
        moments=options.motion_blur,
        shutter=options.shutter,
    )


def _cameras(options: argparse.Namespace, avatar: Avatar) -> CameraTrack:
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


def _is_shot(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "root_to_camera.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


def _ply(options: argparse.Namespace) -> None:
    avatar = load_avatar(options.avatar)
    pose = None
    if options.take is not None:
        from .curves_file import load_curves  # noqa: PLC0415

        row = load_curves(options.take).at(np.array([options.time]))[0]
        channels = len(avatar.mesh.deltas)
        pose = Pose(row[:channels], head_to_root(*row[channels : channels + 3].tolist()))
    count = export_ply(options.out, avatar, pose, options.axes, options.look)
    print(f"{options.out}: {count} Gaussians")


def _info(options: argparse.Namespace) -> None:
    papers = read_papers(options.avatar)
    print(json.dumps(papers, indent=1, ensure_ascii=False))


def _progress() -> Callable[[float, int], None]:
    if not sys.stderr.isatty():
        return lambda _share, _frame: None

    def show(share: float, frame: int) -> None:
        end = "\n" if share >= 1.0 else ""
        print(f"\rframe {frame:<8}{share:4.0%}", end=end, file=sys.stderr, flush=True)

    return show


def _size(text: str) -> Size:
    try:
        width, height = (int(side) for side in text.lower().split("x"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no size such as 1920x1080") from error
    return Size(width, height)
