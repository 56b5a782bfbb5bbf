# SPDX-License-Identifier: Apache-2.0
"""`avatar render`, `avatar ply` and `avatar info` on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MienError
from ..whole_folder import make_folder
from .avatar_file import load_avatar, read_papers
from .cli_device import add_device_option, tell_device
from .cli_shot import (
    add_shot_options,
    check_shot_options,
    first_frame_of,
    refuse,
    shot_of_options,
)
from .frame_files import FrameFiles
from .head_pose import head_to_root
from .model import Pose
from .plate_film import open_plate
from .ply import AXES, export_ply
from .threads import share_cores

if TYPE_CHECKING:
    from collections.abc import Callable


def add_ply_command(commands: Any) -> None:  # noqa: ANN401 - argparse names no type for it
    """Add `avatar ply`."""
    ply = commands.add_parser("ply", help="an avatar in one pose as a .ply for splat viewers")
    ply.set_defaults(command=_ply)
    ply.add_argument("avatar", type=Path, help="NAME.mienavatar")
    ply.add_argument("-o", "--out", type=Path, required=True, help="head.ply")
    ply.add_argument("--take", type=Path, default=None, help="curves to pose it by; else at rest")
    ply.add_argument("--take-fps", type=float, metavar="FPS", help="as of `render`")
    ply.add_argument("--time", type=float, metavar="SECONDS", help="moment of the take, default 0")
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
    render.add_argument("--bits", type=int, choices=(8, 16), help="of a PNG, default 8")
    render.add_argument("--normals", action="store_true", help="a normal pass too (exr)")
    _add_look(render)
    add_shot_options(render)
    add_device_option(render)
    render.add_argument("--overwrite", action="store_true", help="make every frame again")


def _render(options: argparse.Namespace) -> None:
    share_cores()
    from .render_files import render_files  # noqa: PLC0415 - `info` does without

    check_shot_options(options)
    _check_kind(options)
    tell_device(options.device)
    avatar = load_avatar(options.avatar)
    plate = None if options.plate is None else open_plate(options.plate, options.plate_film or 0)
    shot = shot_of_options(options, avatar, plate)
    make_folder(options.out)
    name = options.name or options.take.stem
    done = render_files(
        avatar,
        shot,
        FrameFiles(options.out / f"{name}_####.{options.format}", bits=options.bits or 8),
        device=options.device,
        plate=plate,
        first_frame=first_frame_of(options),
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


def _check_kind(options: argparse.Namespace) -> None:
    """Refuse what a kind of frames cannot hold.

    Raises:
        MienError: ``options_clash``.
    """
    is_png = options.format == "png"
    if is_png and options.normals:
        raise MienError(
            "options_clash", "PNG frames hold no normals.", "Leave --normals out, or use OpenEXR."
        )
    if not is_png and options.bits is not None:
        raise MienError(
            "options_clash",
            "OpenEXR frames have no --bits: colours are half floats.",
            "Leave it out, or give --format png.",
        )


def _ply(options: argparse.Namespace) -> None:
    if options.take is None:
        refuse(
            options,
            ("--take-fps", "--time"),
            "Without a take the avatar is at rest",
            "or give the take with --take",
        )
    avatar = load_avatar(options.avatar)
    pose = None
    if options.take is not None:
        from .curves_file import load_curves  # noqa: PLC0415

        curves = load_curves(options.take, options.take_fps)
        row = curves.at(np.array([options.time or 0.0]))[0]
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
