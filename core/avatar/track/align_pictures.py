# SPDX-License-Identifier: Apache-2.0
"""Head poses that hold the face's texture still: landmarks wobble against the picture, skin does not.

A mean texture of the face is built over the film; then each picture's pose is turned and shifted until
the texture fits it best (Gauss-Newton on grey levels with outliers left out; direct alignment, Lucas and
Kanade 1981), held near the landmarks' pose by what these are worth. Light that changes from picture to
picture is left out of the comparison: only detail counts, and its contrast is free. Last, the poses are
smoothed as those of the landmarks are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..person import person_mesh
from .face_texture import detail_of, surface_points
from .fit_points import MILLIMETRES
from .fit_pose import Lens, Poses, pose_slopes, turned
from .fit_steady import steady_poses
from .smooth import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ..film_track import FilmTrack
    from .face_texture import Detail, SurfacePoints

    Doubles = NDArray[np.float64]
    Pixels = NDArray[np.uint8]

# Pictures that the texture is the median of, and how often it is built anew with better poses.
TEXTURE_PICTURES, TEXTURE_ROUNDS = 240, 3
STEPS = 4
# Points whose skin is turned further from the camera than this (cosine) are not compared.
LEAST_FACING = 0.35
# Residuals beyond this many times their usual size count nothing (Tukey's biweight).
OUTLYING = 8.0
# Neighbouring points see the same pixels: so many count as one.
ALIKE = 6.0
# What the landmarks say of a pose: as much as this many points that are right to this many pixels of a
# face of usual size (millimetres).
LANDMARK_POINTS, LANDMARK_MILLIMETRES = 2.0, 0.6


@dataclass(frozen=True, eq=False)
class FaceTexture:
    """A person's face in the light of the film: (N,) band-passed grey at `surface_points`; NaN unseen."""

    grey: Doubles


@dataclass(frozen=True, eq=False)
class Aligned:
    """Poses (T, 4, 4) as in FilmTrack, and the texture that they hold still."""

    head_to_camera: Doubles
    texture: FaceTexture


def refine_poses(
    track: FilmTrack,
    pictures: Callable[[], Iterable[Pixels]],
    face: FaceModel,
    *,
    texture: FaceTexture | None = None,
    progress: Callable[[float], None] | None = None,
) -> Aligned:
    """Align every picture of a tracked film to the texture of its face.

    Args:
        track: the film with the landmarks' poses.
        pictures: opens the film anew: (H, W, 3) sRGB of each of the T rows, in order.
        face: the canonical head.
        texture: of the same person in the same light, such as of the film that the avatar was trained
            on; None to build it from this film.
        progress: told the share that is done.

    Returns:
        The poses; rows without a face keep theirs.
    """
    film = _Film(track, surface_points(face, person_mesh(face, track.identity, track.offsets)))
    known = texture or _texture(film, pictures)
    refined = track.head_to_camera.copy()
    for row, picture in enumerate(pictures()):
        if track.found[row]:
            view = film.view(row, picture)
            refined[row] = _aligned(view, known.grey, view.poses).matrices()[0]
        if progress is not None:
            progress((row + 1) / len(refined))
    found = track.found
    clock = Clock(track.time_seconds[found], track.film_of[found])
    refined[found] = steady_poses(film.poses(refined[found]), clock).matrices()
    return Aligned(refined, known)


@dataclass(frozen=True, eq=False)
class _View:
    """One picture.

    Attributes:
        detail: what is compared.
        points: (1, N, 3) of the face as shaped in it, metres.
        surface: their normals and weights.
        poses: the landmarks' pose, one.
    """

    detail: Detail
    points: Doubles
    surface: SurfacePoints
    poses: Poses

    def compared(self, poses: Poses) -> Doubles:
        """(N,) how much each point counts under a pose: 0 where it is turned away."""
        seen = poses.seen(self.points)[0]
        normals = self.surface.normals @ poses.rotation[0].T
        facing = -(normals * seen).sum(axis=1) / np.linalg.norm(seen, axis=1)
        share = np.clip((facing - LEAST_FACING) / (1.0 - LEAST_FACING), 0.0, 1.0)
        return np.asarray(self.surface.weights * share)


class _Film:
    """A track, ready to look at its pictures one by one."""

    def __init__(self, track: FilmTrack, surface: SurfacePoints) -> None:
        self.track, self.surface = track, surface
        width, height = track.size
        self.lens = Lens(track.focal_pixels, (width / 2.0, height / 2.0))

    def poses(self, head_to_camera: Doubles) -> Poses:
        """Of matrices (T, 4, 4)."""
        return Poses(self.lens, head_to_camera[:, :3, :3], head_to_camera[:, :3, 3])

    def view(self, row: int, picture: Pixels) -> _View:
        poses = self.poses(self.track.head_to_camera[row : row + 1])
        points = self.surface.shaped(self.track.values[row, :52])[None]
        pixels = poses.pixels(poses.seen(points))[0]
        metres = float(poses.millimetres_per_pixel()[0]) / MILLIMETRES
        return _View(
            detail_of(picture, pixels, metres, self.track.size[0]), points, self.surface, poses
        )


def _texture(film: _Film, pictures: Callable[[], Iterable[Pixels]]) -> FaceTexture:
    found = np.flatnonzero(film.track.found)
    rows = found[np.linspace(0, len(found) - 1, TEXTURE_PICTURES).round().astype(int)]
    chosen = set(rows.tolist())
    views = [film.view(row, picture) for row, picture in enumerate(pictures()) if row in chosen]
    poses = [view.poses for view in views]
    grey = _median(views, poses)
    for _ in range(TEXTURE_ROUNDS):
        poses = [_aligned(view, grey, pose) for view, pose in zip(views, poses, strict=True)]
        grey = _median(views, poses)
    return FaceTexture(grey)


def _median(views: list[_View], poses: list[Poses]) -> Doubles:
    """(N,) the usual grey of each point where it is seen, each picture brought to the same contrast."""
    rows = []
    for view, pose in zip(views, poses, strict=True):
        grey = view.detail.at(pose.pixels(pose.seen(view.points))[0])[0]
        grey = grey / (np.median(np.abs(grey)) + 1e-6)
        rows.append(np.where(view.compared(pose) > 0.0, grey, np.nan))
    seen = np.array(rows)
    grey = np.full(seen.shape[1], np.nan)
    enough = np.isfinite(seen).sum(axis=0) >= len(views) // 4
    grey[enough] = np.nanmedian(seen[:, enough], axis=0)
    return grey


def _aligned(view: _View, grey: Doubles, start: Poses) -> Poses:
    """The pose under which a picture shows the texture best, from a start."""
    known = np.isfinite(grey)
    goal = np.where(known, grey, 0.0)
    poses = start
    for _ in range(STEPS):
        weights = view.compared(poses) * known
        if not weights.any():
            # Nothing of the texture is seen: the landmarks' pose is all there is.
            return start
        seen = poses.seen(view.points)
        sampled, right, down = view.detail.at(poses.pixels(seen)[0])
        contrast = (weights * sampled) @ goal / ((weights * goal) @ goal + 1e-12)
        off = contrast * goal - sampled
        spread = 1.4826 * np.median(np.abs(off[weights > 0.0])) + 1e-6
        trust = weights * np.square(np.clip(1.0 - np.square(off / (OUTLYING * spread)), 0.0, 1.0))
        slopes = pose_slopes(seen, poses)[0]
        scale = view.detail.scale
        follow = scale * (right[:, None] * slopes[:, 0] + down[:, None] * slopes[:, 1])
        rows = np.column_stack([follow, -goal])
        gram = (rows * trust[:, None]).T @ rows / (ALIKE * spread**2)
        pull = (rows * trust[:, None]).T @ off / (ALIKE * spread**2)
        worth = _landmark_worth(slopes, poses)
        gram[:6, :6] += worth
        pull[:6] -= worth @ _between(view.poses, poses)
        poses = turned(poses, np.linalg.solve(gram, pull)[None, :6])
    return poses


def _landmark_worth(slopes: Doubles, poses: Poses) -> Doubles:
    """(6, 6) the information that the landmarks hold of a pose."""
    pixels = LANDMARK_MILLIMETRES / float(poses.millimetres_per_pixel()[0])
    gram = np.einsum("nia,nib->ab", slopes, slopes) / len(slopes)
    return np.asarray(gram * LANDMARK_POINTS / pixels**2)


def _between(first: Poses, second: Poses) -> Doubles:
    """(6,) the small step of `fit_pose.turned` that leads from one pose to the other."""
    turn = second.rotation[0] @ first.rotation[0].T
    small = 0.5 * np.array(
        [turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]]
    )
    return np.concatenate([small, second.pivots()[0] - first.pivots()[0]])
