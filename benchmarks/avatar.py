# SPDX-License-Identifier: Apache-2.0
"""How good is an avatar on pictures that it was not trained on?

``python -m benchmarks.avatar grid AVATAR TRAIN_TRACK DEV_TRACK`` on a tracked film that was held out, and
``python -m benchmarks.avatar synthetic AVATAR TRUTH`` on rendered truth of `benchmarks.avatar_truth`,
against two baselines: the nearest training picture (as it is, and aligned), and the tracked mesh painted
with the training pictures. The look of a held-out film (`benchmarks.avatar_film_looks`) is chosen on its first
picture, which is not measured. AVATAR may be ``-`` for the baselines alone. It runs in the avatar's
environment (`pip install '.[avatar]'` and onnxruntime); `python -m benchmarks.avatar_fetch` brings the
nets that judge. ``--sheet`` and ``--film`` show what the numbers are about.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.avatar_baselines import NearestFrame
from benchmarks.avatar_fetch import DEFAULT_CACHE
from benchmarks.avatar_film_looks import alike_films, by_films, first_pictures, look_worn
from benchmarks.avatar_look import save_film, save_sheet, side_by_side
from benchmarks.avatar_measures import (
    Shown,
    film_figures,
    matte_figures,
    open_judges,
    truths_of,
)
from benchmarks.avatar_mesh import draw, paint
from benchmarks.avatar_pictures import over
from benchmarks.avatar_tables import (
    FILM_BY_FILM,
    FILM_COLUMNS,
    OFF_RANGE_COLUMNS,
    SYNTHETIC_COLUMNS,
    films_table,
    systems_table,
)
from benchmarks.avatar_truth_read import read_truth
from benchmarks.avatar_views import check_same_person, film_views
from benchmarks.avatar_views_truth import truth_views
from core.avatar.avatar_file import load_avatar
from core.avatar.person import person_mesh
from core.avatar.posed import Poser
from core.avatar.render_frame import render_frame
from core.avatar.track_folder import read_track
from core.avatar.train.film_set import film_mesh
from core.face.model import load_face_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.avatar_measures import Figures, Judges, Measure, System, Truth
    from benchmarks.avatar_views import View
    from core.avatar.model import Avatar
    from core.avatar.person import PersonMesh

TRAINING, HELD_OUT, OFF_RANGE = "training", "held_out", "off_range"
AVATAR, AS_IT_IS, ALIGNED, MESH = (
    "avatar",
    "nearest frame",
    "nearest frame, aligned",
    "painted mesh",
)
FLOOR = "film with noise of 2/255"
SIZE_PIXELS = 256
SHEET_ROWS = 8
# GRID's, which the film of held-out pictures keeps to; rendered truth is no film.
FILM_FPS, UNRELATED_FPS = 25.0, 2


@dataclass(frozen=True, eq=False)
class Outcome:
    """What all systems drew and how near it was, picture by picture in the same order."""

    truths: Sequence[Truth]
    shown: Mapping[str, Sequence[Shown]]
    figures: Mapping[str, Sequence[Figures]]


def baselines(mesh: PersonMesh, training: Sequence[View]) -> dict[str, System]:
    """The nearest training picture, as it is and aligned, and the mesh painted with all of them."""
    nearest, painted = NearestFrame(training), paint(mesh, training)

    def by_mesh(view: View) -> Shown:
        """Over the held-out picture itself where that has a background: in the mesh's favour."""
        rgba, depth = draw(painted, view.pose, view.camera)
        if view.has_background:
            rgba = rgba + (1.0 - rgba[..., 3:]) * view.rgba
        return Shown(rgba, depth)

    return {
        AS_IT_IS: lambda view: Shown(nearest.as_it_is(view.landmarks)),
        ALIGNED: lambda view: Shown(nearest.aligned(view.landmarks)),
        MESH: by_mesh,
    }


def film_systems(
    avatar: Avatar | None, mesh: PersonMesh, training: Sequence[View], first: Mapping[str, View]
) -> dict[str, System]:
    """All systems for held-out films, of which each has one picture to say what look it shows."""
    systems: dict[str, System] = {}
    if avatar is not None:
        posers = {film: Poser(avatar, look=look_worn(avatar, view)) for film, view in first.items()}
        systems[AVATAR] = lambda view: _by_avatar(posers[view.group], view)
    alike = {film: alike_films(training, view) for film, view in first.items()}
    own = {film: baselines(mesh, views) for film, views in by_films(training, alike).items()}
    systems |= baselines(mesh, training)
    for name in (ALIGNED, MESH):
        systems[f"{name}, alike films"] = partial(_of_film, own, name)
    return systems | {FLOOR: _noisy}


def compared(
    views: Sequence[View], systems: Mapping[str, System], judges: Judges, measure: Measure
) -> Outcome:
    """Draw and measure every view by every system."""
    truths = truths_of(views, judges)
    shown: dict[str, list[Shown]] = {}
    figures: dict[str, list[Figures]] = {}
    for name, system in systems.items():
        shown[name] = [system(view) for view in views]
        figures[name] = [
            measure(picture, truth, judges)
            for picture, truth in zip(shown[name], truths, strict=True)
        ]
    return Outcome(truths, shown, figures)


def run_grid(arguments: argparse.Namespace) -> None:
    """Measure on a film that was held out."""
    face = load_face_model()
    track = read_track(arguments.training)
    check_same_person(track, read_track(arguments.held_out))
    avatar = _avatar(arguments.avatar)
    training = film_views(arguments.training, face, SIZE_PIXELS, arguments.training_every)
    held_out = film_views(arguments.held_out, face, SIZE_PIXELS, arguments.every)
    first, held_out = first_pictures(held_out)
    systems = film_systems(avatar, film_mesh(track, face), training, first)
    with open_judges(arguments.cache) as judges:
        outcome = compared(held_out, systems, judges, film_figures)
    print(f"\n{len(held_out)} held-out pictures, {len(training)} training pictures\n")
    print(systems_table(outcome.figures, FILM_COLUMNS))
    films = [view.group for view in held_out]
    for column in FILM_BY_FILM:
        print(f"\n{films_table(outcome.figures, films, column)}")
    _print_training(avatar, arguments.avatar)
    _save_pictures(_picture_rows(outcome), arguments, max(1, round(FILM_FPS / arguments.every)))


def run_synthetic(arguments: argparse.Namespace) -> None:
    """Measure on rendered truth, inside the training's range of cameras and 20 degrees off it."""
    face = load_face_model()
    mesh, truth = person_mesh(face), read_truth(arguments.truth)
    avatar = _avatar(arguments.avatar)
    systems: dict[str, System] = {}
    if avatar is not None:
        systems[AVATAR] = partial(_by_avatar, Poser(avatar))
    systems |= baselines(mesh, truth_views(truth, TRAINING, mesh, face)) | {FLOOR: _noisy}
    rows = []
    with open_judges(arguments.cache) as judges:
        for split, columns in ((HELD_OUT, SYNTHETIC_COLUMNS), (OFF_RANGE, OFF_RANGE_COLUMNS)):
            views = truth_views(truth, split, mesh, face)
            outcome = compared(views, systems, judges, matte_figures)
            table = systems_table(outcome.figures, columns)
            print(f"\n{split}, {len(views)} pictures\n\n{table}\n", flush=True)
            rows += _picture_rows(outcome)
    _print_training(avatar, arguments.avatar)
    _save_pictures(rows, arguments, UNRELATED_FPS)


def _avatar(path: Path) -> Avatar | None:
    return None if str(path) == "-" else load_avatar(path)


def _by_avatar(poser: Poser, view: View) -> Shown:
    frame = render_frame(poser, view.pose, view.camera)
    return Shown(frame.rgba, frame.depth)


def _of_film(systems: Mapping[str, Mapping[str, System]], name: str, view: View) -> Shown:
    return systems[view.group][name](view)


def _noisy(view: View) -> Shown:
    noise = np.random.default_rng(0).normal(0.0, 2.0 / 255.0, (*view.rgba.shape[:2], 3))
    rgba = view.rgba.copy()
    rgba[..., :3] += noise * rgba[..., 3:]
    return Shown(rgba, view.depth)


def _print_training(avatar: Avatar | None, path: Path) -> None:
    if avatar is None:
        return
    training = avatar.meta.get("training", {})
    told = ", ".join(
        f"{key} {training[key]}"
        for key in ("seconds", "peak_megabytes", "device", "pictures")
        if key in training
    )
    size = path.stat().st_size / 1e6
    print(
        f"\navatar: {len(avatar.gaussians.triangle)} Gaussians, {size:.1f} MB (asked 60); training: {told}"
    )


def _picture_rows(outcome: Outcome) -> list[NDArray[np.uint8]]:
    """A row a held-out picture, without the system that only adds noise."""
    rows = []
    for index, truth in enumerate(outcome.truths):
        cells = {
            name: over(shown[index].rgba, truth.view.backdrop)
            for name, shown in outcome.shown.items()
            if name != FLOOR
        }
        rows.append(side_by_side(truth.picture, cells))
    return rows


def _save_pictures(
    rows: Sequence[NDArray[np.uint8]], arguments: argparse.Namespace, frames_per_second: int
) -> None:
    if arguments.film is not None:
        save_film(rows, arguments.film, frames_per_second)
    if arguments.sheet is not None:
        chosen = np.unique(np.linspace(0, len(rows) - 1, SHEET_ROWS).round().astype(int))
        save_sheet([rows[index] for index in chosen], arguments.sheet)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("avatar", type=Path, help="NAME.mienavatar, or - for the baselines alone")
    shared.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    shared.add_argument("--sheet", type=Path, help="PNG to write")
    shared.add_argument("--film", type=Path, help="MP4 to write")
    kinds = parser.add_subparsers(required=True)
    grid = kinds.add_parser("grid", parents=[shared])
    grid.add_argument("training", type=Path, help="NAME.mientrack of the training")
    grid.add_argument("held_out", type=Path, help="NAME.mientrack of films held out")
    grid.add_argument("--every", type=int, default=5, help="measure every so-manieth picture")
    grid.add_argument("--training-every", type=int, default=1, help="likewise, for the baselines")
    grid.set_defaults(run=run_grid)
    synthetic = kinds.add_parser("synthetic", parents=[shared])
    synthetic.add_argument("truth", type=Path, help="folder of benchmarks.avatar_truth")
    synthetic.set_defaults(run=run_synthetic)
    return parser


def main() -> None:
    """Read the command line and measure."""
    arguments = _parser().parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
