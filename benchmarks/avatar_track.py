# SPDX-License-Identifier: Apache-2.0
"""How fast films become curves, and tracked films: each part's share, in wall and processor time.

    python -m benchmarks.avatar_track [FILM...] [--whole]

Without films it takes GRID's (../shared/data/grid_s1) and the same enlarged to 1280 x 720, as a camera
of today would give them. Target: film to curves at 20 frames a second on two cores.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from core.avatar.track.align_pictures import refine_poses
from core.avatar.track.faces import follow_faces
from core.avatar.track.masks import head_window, parse_pictures
from core.avatar.track.track_films import film_track, fit_faces
from core.face.model import load_face_model
from core.film.external_models import find_external_model
from core.film.landmarks import find_landmarker
from core.film.read import read_pictures

GRID = Path(__file__).resolve().parents[2] / "shared" / "data" / "grid_s1" / "video"
GRID_FILMS, MASK_PICTURES = 8, 40
TARGET_FRAMES_A_SECOND = 20.0


@dataclass(frozen=True)
class Cost:
    """Milliseconds a picture: as the clock went, and of the processor's cores together."""

    wall: float
    processor: float


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path)
    parser.add_argument(
        "--whole", action="store_true", help="measure what an avatar needs besides curves"
    )
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    print("film | pictures | part | wall ms | processor ms | pictures a second")
    print("---|---|---|---|---|---")
    with tempfile.TemporaryDirectory(prefix="mien-track-") as folder:
        sets = {"given": options.films} if options.films else usual_films(Path(folder))
        for name, films in sets.items():
            measure(name, films, whole=options.whole)


def usual_films(folder: Path) -> dict[str, list[Path]]:
    """GRID's films, and one of 1280 x 720 made of them."""
    grid = sorted(GRID.glob("*.mpg"))[:GRID_FILMS]
    return {"GRID 360 x 288": grid, "1280 x 720": [enlarged(grid, folder / "large.mp4")]}


def enlarged(films: list[Path], path: Path) -> Path:
    """The films one after another in H.264, each picture in the middle of one of 1280 x 720."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 25)
        pictures = (picture for film in films for picture in read_pictures(film))
        for number, picture in enumerate(pictures):
            wide = np.zeros((720, 1280, 3), np.uint8)
            wide[:, 190:1090] = np.asarray(Image.fromarray(picture.pixels).resize((900, 720)))
            frame = av.VideoFrame.from_ndarray(wide, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def measure(name: str, films: list[Path], *, whole: bool) -> None:
    """Print the rows of one set of films."""
    face, landmarker = load_face_model(), find_landmarker(None)
    faces, follow = timed(lambda: follow_faces(films, landmarker, _untold))
    count = len(faces.found)
    _, read = timed(lambda: sum(1 for film in films for _ in read_pictures(film)))
    model_fit, fit = timed(lambda: fit_faces(faces, face, _untold))
    rows = {"reading": read, "reading and following the face": follow, "fitting the head": fit}
    rows["film to curves"] = Cost(follow.wall + fit.wall, follow.processor + fit.processor)
    for part, cost in rows.items():
        print(_row(name, count, part, Cost(cost.wall / count, cost.processor / count)))
    if whole:
        track = film_track(films, faces, model_fit)
        _, still = timed(
            lambda: refine_poses(
                track, lambda: (p.pixels for f in films for p in read_pictures(f)), face
            )
        )
        each = Cost(still.wall / count, still.processor / count)
        print(_row(name, count, "holding it still", each))
        window = head_window(faces.landmarks[faces.found], faces.size)
        model = find_external_model("person_masks")
        pictures: Iterator[Any] = islice(read_pictures(films[0]), MASK_PICTURES)
        _, masks = timed(lambda: sum(1 for _ in parse_pictures(pictures, window, model)))
        each = Cost(masks.wall / MASK_PICTURES, masks.processor / MASK_PICTURES)
        print(_row(name, MASK_PICTURES, "masks", each))


def timed(work: Callable[[], Any]) -> tuple[Any, Cost]:
    """What work gives, and its cost in milliseconds."""
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    spent = time.perf_counter() - wall, time.process_time() - processor
    return result, Cost(*(1e3 * seconds for seconds in spent))


def _row(name: str, count: int, part: str, cost: Cost) -> str:
    rate = 1e3 / cost.wall
    missed = (
        " (under the target)" if part == "film to curves" and rate < TARGET_FRAMES_A_SECOND else ""
    )
    return (
        f"{name} | {count} | {part} | {cost.wall:.1f} | {cost.processor:.1f} | {rate:.1f}{missed}"
    )


def _untold(_fraction: float) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
