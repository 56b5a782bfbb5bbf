# SPDX-License-Identifier: Apache-2.0
"""Landmarks of a film -> camera, person, head poses and channel values, jointly over all pictures.

The person and the lens are the same in every picture, so they are solved once, on pictures spread over
the film that show the face at rest; then each picture's pose and values, by turns, with them held (block
Gauss-Newton on the distance between landmarks and the projected head); last, all is smoothed over time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from ...runs import runs_of_one
from ..person import person_mesh
from .fit_gaze import gaze_angles, iris_places, look_values
from .fit_person import find_rest, fit_person_shape
from .fit_points import MILLIMETRES, PointCosts, measure_rows, point_costs
from .fit_pose import Lens, Poses, first_poses, head_angles, refine_poses
from .fit_rest import lengths, shut_limit
from .fit_result import Fit, PersonFit
from .fit_shape import mesh_offsets
from .fit_steady import steady_gaze, steady_poses, steady_values
from .fit_values import refine_values, value_system
from .smooth import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from .fit_result import FilmLandmarks

    Doubles = NDArray[np.float64]

# Pictures solved at a time: their arrays stay in the processor's cache.
BATCH = 64
TURNS, POSE_ROUNDS, VALUE_ROUNDS = 3, 2, 2
CHANNELS = len(ARKIT_NAMES)
HEAD_COLUMNS, GAZE_COLUMNS = slice(CHANNELS, CHANNELS + 3), slice(CHANNELS + 3, CHANNELS + 5)
BLINKS = [ARKIT_NAMES.index(name) for name in ("eyeBlinkLeft", "eyeBlinkRight")]
# A film in which no blink fits to LEAST_BLINK has none, and is left as it is.
FIRMEST_BLINKS, LEAST_BLINK = 0.995, 0.3


def fit_film(
    film: FilmLandmarks,
    face: FaceModel,
    *,
    person: PersonFit | None = None,
    progress: Callable[[float], None] | None = None,
) -> Fit:
    """Fit films of one person, filmed by one camera.

    Args:
        film: the tracked points.
        face: the canonical head.
        person: of an earlier fit, to be held; None to fit one.
        progress: told the share that is done.

    Returns:
        The fit; rows where no face was found hold the nearest found row's pose and values.

    Raises:
        ValueError: no face was found.
    """
    if not film.found.any():
        raise ValueError("no picture shows a face")
    seen = np.flatnonzero(film.found)
    points = np.asarray(film.pixels[seen], np.float64)
    clock = Clock(film.times[seen], film.film_of[seen])
    costs = point_costs(face)
    rest = find_rest(points, face, costs, film.size, clock.film_of)
    known = person or _person(points[rest], film.size, face, costs)
    head = _Head(known, face, costs, film.size)
    start = _joined([head.first(batch) for batch in np.split(points, _batches(points))])
    places = iris_places(points[..., :2], known.rest, start)
    gaze = steady_gaze(gaze_angles(places), head.eyes_open(points, start), clock)
    poses, fitted = _solve(points[..., :2], head, start, gaze, progress)
    if person is None:
        known = replace(known, firmest_blink=_firmest_blink(fitted, costs))
    opening = lengths(points, "lip gap", poses).mean(axis=1)
    steady = steady_poses(poses, clock)
    values = np.zeros((len(seen), len(CHANNEL_NAMES)))
    values[:, costs.columns] = steady_values(
        fitted, costs.columns, clock, opening <= shut_limit(opening)
    )
    values[:, BLINKS] = np.clip(values[:, BLINKS] / known.firmest_blink, 0.0, 1.0)
    values[:, :CHANNELS] += look_values(gaze)
    values[:, GAZE_COLUMNS] = gaze
    angles = head_angles(steady.rotation)
    values[:, HEAD_COLUMNS] = angles - _film_medians(angles, clock.film_of)
    shaped = known.rest + np.tensordot(values[:, :CHANNELS], head.moved, axes=1)
    off = points[..., :2] - steady.pixels(steady.seen(shaped))
    share = costs.shape_weights / costs.shape_weights.sum()
    residual = np.sqrt(np.square(off).sum(axis=2) @ share)
    fill = _nearest(seen, film.film_of)
    return Fit(
        known,
        values[fill].astype(np.float32),
        steady.matrices()[fill],
        residual[fill].astype(np.float32),
        film.found & rest[fill],
    )


def _person(
    points: Doubles, size: tuple[int, int], face: FaceModel, costs: PointCosts
) -> PersonFit:
    shape, sureness = fit_person_shape(points, face, costs, size)
    return PersonFit(
        focal_pixels=shape.lens.focal,
        focal_sureness=sureness,
        identity=shape.identity.astype(np.float32),
        offsets=mesh_offsets(face, shape.identity, shape.rest).astype(np.float32),
        rest=shape.rest,
        firmest_blink=1.0,
    )


class _Head:
    """One person's landmarks before one camera, ready to be solved for pictures."""

    def __init__(
        self, person: PersonFit, face: FaceModel, costs: PointCosts, size: tuple[int, int]
    ) -> None:
        deltas = person_mesh(face, person.identity, person.offsets).deltas[
            :, face.landmark478_vertices
        ]
        self.moved = np.einsum("kntc,nt->knc", deltas, face.landmark478_weights, optimize=True)
        self.person, self.costs = person, costs
        self.lens = Lens(person.focal_pixels, (size[0] / 2.0, size[1] / 2.0))
        own = self.moved[costs.columns].astype(np.float64)
        self.system = value_system(person.rest, own, costs)

    def first(self, points: Doubles) -> Poses:
        """Poses of landmarks (T, 478, 3) as if the face were at rest."""
        weights, rest = self.costs.pose_weights, self.person.rest
        poses = first_poses(points, rest, weights, self.lens)
        return refine_poses(points[..., :2], rest, weights, poses, POSE_ROUNDS)

    def eyes_open(self, points: Doubles, poses: Poses) -> Doubles:
        """(T,) the opening of the lids over that at rest."""
        at_rest = np.linalg.norm(measure_rows("lid gap") @ self.person.rest, axis=1).mean()
        opening = lengths(points, "lid gap", poses).mean(axis=1)
        return np.asarray(opening / (MILLIMETRES * at_rest))

    def solve(self, pixels: Doubles, poses: Poses, gaze: Doubles) -> tuple[Poses, Doubles]:
        """Poses and values (T, C) of `costs.columns`, for landmarks (T, 478, 2) and gaze (T, 2)."""
        # Lids follow the eyes: what they do so is no blink.
        looking = self.person.rest + np.tensordot(look_values(gaze), self.moved, axes=1)
        system = replace(self.system, neutral=looking)
        values = np.zeros((len(pixels), len(self.costs.columns)))
        for _ in range(TURNS):
            values = refine_values(pixels, system, poses, values, VALUE_ROUNDS)
            poses = refine_poses(
                pixels, system.shaped(values), self.costs.pose_weights, poses, POSE_ROUNDS
            )
        return poses, values


def _batches(points: Doubles) -> range:
    """Where batches after the first begin."""
    return range(BATCH, len(points), BATCH)


def _joined(poses: list[Poses]) -> Poses:
    rotation = np.concatenate([each.rotation for each in poses])
    translation = np.concatenate([each.translation for each in poses])
    return Poses(poses[0].lens, rotation, translation)


def _solve(
    pixels: Doubles,
    head: _Head,
    start: Poses,
    gaze: Doubles,
    progress: Callable[[float], None] | None,
) -> tuple[Poses, Doubles]:
    poses, values = [], []
    for first in range(0, len(pixels), BATCH):
        rows = slice(first, first + BATCH)
        solved, fitted = head.solve(pixels[rows], start[rows], gaze[rows])
        poses.append(solved)
        values.append(fitted)
        if progress is not None:
            progress(min(1.0, (first + BATCH) / len(pixels)))
    return _joined(poses), np.concatenate(values)


def _firmest_blink(fitted: Doubles, costs: PointCosts) -> float:
    columns = np.isin(costs.columns, BLINKS)
    firmest = float(np.quantile(fitted[:, columns].mean(axis=1), FIRMEST_BLINKS))
    return firmest if firmest >= LEAST_BLINK else 1.0


def _film_medians(angles: Doubles, film_of: NDArray[np.int32]) -> Doubles:
    medians = np.empty_like(angles)
    for first, last in runs_of_one(film_of.astype(np.int64)):
        medians[first:last] = np.median(angles[first:last], axis=0)
    return medians


def _nearest(seen: NDArray[np.int64], film_of: NDArray[np.int32]) -> NDArray[np.int64]:
    """(T,) which row of `seen` is nearest to each picture, in its own film where that has one."""
    pictures = np.arange(len(film_of))
    after = np.clip(np.searchsorted(seen, pictures), 0, len(seen) - 1)
    before = np.maximum(after - 1, 0)
    near, far = (
        np.abs(seen[side] - pictures) + len(film_of) * (film_of[seen[side]] != film_of)
        for side in (before, after)
    )
    return np.where(near < far, before, after)
