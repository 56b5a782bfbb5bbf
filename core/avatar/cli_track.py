# SPDX-License-Identifier: Apache-2.0
"""`avatar track` and `avatar curves` on the command line."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..curves import save_performance
from ..errors import MienError
from ..face.model import load_face_model
from ..live_link import save_live_link_csv
from ..progress import terminal_report

FOLDER_ENDING = ".mientrack"


def add_track_command(commands: Any) -> None:  # noqa: ANN401 - argparse names no type for it
    """Add `track` to the commands of `avatar`."""
    track = commands.add_parser(
        "track",
        help="films of one person to a tracked film, from which an avatar is trained",
        description="Any size, frame rate and rotation; one person, one camera, 10 s to 5 minutes in "
        "all. Writes NAME.mientrack: a folder with the track, masks, report.json and "
        "contact_sheet.png. Look at the sheet before you train.",
    )
    track.set_defaults(command=_track)
    track.add_argument("films", type=Path, nargs="+", help="mp4, mov, mkv, mpg, ...")
    track.add_argument(
        "-o", "--out", type=Path, default=None, help=f"NAME{FOLDER_ENDING}; else beside the film"
    )
    _add_model_options(track)
    track.add_argument(
        "--person-model", type=Path, help="selfie_multiclass_256x256.tflite of MediaPipe"
    )


def add_curves_command(commands: Any) -> None:  # noqa: ANN401 - as above
    """Add `curves` to the commands of `avatar`."""
    curves = commands.add_parser(
        "curves", help="performance capture: a film to a performance (.npz or Live Link .csv)"
    )
    curves.set_defaults(command=_curves)
    curves.add_argument("film", type=Path)
    curves.add_argument("-o", "--out", type=Path, required=True, help="take.npz, or take.csv")
    curves.add_argument("--fps", type=float, default=None, help="default: the film's own")
    curves.add_argument("--start", type=float, default=0.0, metavar="SECONDS")
    curves.add_argument("--duration", type=float, default=None, metavar="SECONDS")
    _add_model_options(curves)


def _add_model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--models", type=Path, default=None, help="folder with models.json")
    parser.add_argument("--face-model", type=Path, help="face_landmarker.task of MediaPipe")


def _track(options: argparse.Namespace) -> None:
    from .track.track_films import track_films  # noqa: PLC0415 - needs the avatar's packages

    out = options.out or options.films[0].with_suffix(FOLDER_ENDING)
    if out.suffix != FOLDER_ENDING:
        raise MienError("bad_out_path", f"{out} does not end in {FOLDER_ENDING}.", "Name it so.")
    told = track_films(
        options.films,
        out,
        load_face_model(options.models),
        terminal_report(),
        face_model=options.face_model,
        person_model=options.person_model,
    )
    for line in report_lines(told):
        print(line)
    print(f"{out}: look at contact_sheet.png in it")


def report_lines(told: dict[str, Any]) -> list[str]:
    """The report for people: what was found, then each note with its advice."""
    turn = told["degrees"]["yaw"]
    found = (
        f"{told['seconds']:.1f} s, {told['pictures']} pictures of {told['size'][0]} x "
        f"{told['size'][1]}; face {told['face_pixels']:.0f} pixels high, found in "
        f"{100 * told['found']:.1f} %; misfit {100 * told['residual_share_of_face']:.1f} % of it; "
        f"head turns {turn['low']:.0f} to {turn['high']:.0f} degrees"
    )
    return [found] + [f"note: {note['message']} {note['advice']}" for note in told["notes"]]


def _curves(options: argparse.Namespace) -> None:
    from .track.capture import capture  # noqa: PLC0415 - needs the avatar's packages
    from .track.faces import Span  # noqa: PLC0415

    if options.out.suffix.lower() not in {".npz", ".csv"}:
        raise MienError(
            "bad_out_path",
            f"{options.out} ends neither in .npz nor in .csv.",
            "Name the result take.npz or take.csv.",
        )
    stop = float("inf") if options.duration is None else options.start + options.duration
    performance = capture(
        options.film,
        options.fps,
        load_face_model(options.models),
        terminal_report(),
        span=Span(options.start, stop),
        face_model=options.face_model,
    )
    if options.out.suffix.lower() == ".csv":
        save_live_link_csv(
            performance.time_seconds, performance.values, performance.fps, options.out
        )
    else:
        save_performance(performance, options.out)
    for note in performance.meta["film"]["notes"]:
        print(f"note: {note}")
    print(f"{options.out}: {performance.frames} frames at {performance.fps:g} fps")
