# SPDX-License-Identifier: Apache-2.0
"""The face as a texture on points of its surface, for poses that hold it still (`align_pictures`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from .fit_points import MILLIMETRES, MOBILE_METRES, POINTS, USUAL_VALUE, point_group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ..person import PersonMesh

    Doubles = NDArray[np.float64]
    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

SURFACE_POINTS, SEED = 3000, 7
# The surface within this of a landmark is the face; beyond lie ears, neck and hair.
NEAR_METRES = 0.012
# Finer pixels than this cost time and add noise.
MOST_PIXELS_PER_MILLIMETRE = 2.0
# Band of the picture's detail that is compared, in working pixels (standard deviations): below lies
# noise, above the light, which changes as a face turns.
FINE, COARSE = 1.0, 6.0
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
MARGIN = 12


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """Points on the skin of a person's face.

    Attributes:
        rest: (N, 3) metres.
        per_channel: (52, N, 3) metres, what each channel at 1 adds.
        normals: (N, 3) at rest, outward.
        weights: (N,) 0..1, low where the face moves.
    """

    rest: Doubles
    per_channel: Doubles
    normals: Doubles
    weights: Doubles

    def shaped(self, values: Floats) -> Doubles:
        """(N, 3) for 52 channel values."""
        moved = values.astype(np.float64) @ self.per_channel.reshape(len(self.per_channel), -1)
        return np.asarray(self.rest + moved.reshape(self.rest.shape))


@dataclass(frozen=True, eq=False)
class Detail:
    """The detail of one picture about the face.

    Attributes:
        layers: (3, h, w) band-passed grey and its slopes right and down, grey levels (a pixel).
        scale: working pixels a pixel of the film.
        corner: (left, top) of the cut-out in working pixels.
    """

    layers: Floats
    scale: float
    corner: Doubles

    def at(self, pixels: Doubles) -> Doubles:
        """(3, N) the layers at the film's pixels (N, 2), by bilinear interpolation."""
        place = pixels * self.scale - self.corner - 0.5
        height, width = self.layers.shape[1:]
        x = np.clip(place[:, 0], 0.0, width - 1.001)
        y = np.clip(place[:, 1], 0.0, height - 1.001)
        left, top = x.astype(np.intp), y.astype(np.intp)
        right_share, low_share = x - left, y - top
        flat = self.layers.reshape(3, -1)
        corner = top * width + left
        upper = flat[:, corner] * (1.0 - right_share) + flat[:, corner + 1] * right_share
        corner += width
        lower = flat[:, corner] * (1.0 - right_share) + flat[:, corner + 1] * right_share
        return np.asarray(upper * (1.0 - low_share) + lower * low_share)


def surface_points(face: FaceModel, mesh: PersonMesh) -> SurfacePoints:
    """Points spread evenly over the face of a person; the same for the same mesh."""
    numbers = np.setdiff1d(np.arange(POINTS), [*point_group("outline"), *point_group("irises")])
    landmarks = np.einsum(
        "ntc,nt->nc",
        mesh.vertices[face.landmark478_vertices[numbers]],
        face.landmark478_weights[numbers],
    )
    corners = mesh.vertices[mesh.triangles].astype(np.float64)
    skin = mesh.part[mesh.triangles[:, 0]] == face.part_names.index("skin")
    distance, _ = cKDTree(landmarks).query(corners.mean(axis=1))
    chosen = np.flatnonzero(skin & (distance < NEAR_METRES))
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(normals, axis=1)
    dice = np.random.default_rng(SEED)
    drawn = dice.choice(chosen, SURFACE_POINTS, p=area[chosen] / area[chosen].sum())
    shares = dice.dirichlet(np.ones(3), SURFACE_POINTS)
    deltas = np.einsum("kntc,nt->knc", mesh.deltas[:, mesh.triangles[drawn]], shares)
    moved = USUAL_VALUE * np.sqrt(np.square(deltas).sum(axis=(0, 2))) / MOBILE_METRES
    return SurfacePoints(
        np.einsum("ntc,nt->nc", corners[drawn], shares),
        deltas,
        normals[drawn] / area[drawn, None],
        1.0 / (1.0 + np.square(moved)),
    )


def detail_of(picture: Pixels, pixels: Doubles, metres_per_pixel: float, width: int) -> Detail:
    """Prepare a picture for comparison.

    Args:
        picture: (H, W, 3) sRGB of the film, at any size.
        pixels: (N, 2) where the face is, in the film's pixels.
        metres_per_pixel: of the film, at the face.
        width: of the film's pictures in its pixels.
    """
    given = picture.shape[1] / width
    corner = np.floor(pixels.min(axis=0) * given) - MARGIN
    end = np.ceil(pixels.max(axis=0) * given) + MARGIN
    left, top = np.clip(corner, 0, None).astype(int)
    right, bottom = np.minimum(end, picture.shape[1::-1]).astype(int)
    grey = picture[top:bottom, left:right].astype(np.float32) @ LUMA
    per_millimetre = given / (metres_per_pixel * MILLIMETRES)
    step = max(1, round(per_millimetre / MOST_PIXELS_PER_MILLIMETRE))
    if step > 1:
        height, across = (side // step for side in grey.shape)
        grey = grey[: height * step, : across * step]
        grey = grey.reshape(height, step, across, step).mean(axis=(1, 3))
    fine = gaussian_filter(grey, FINE, mode="nearest")
    fine -= gaussian_filter(grey, COARSE, mode="nearest")
    down, right_slope = np.gradient(fine)
    return Detail(np.stack([fine, right_slope, down]), given / step, np.array([left, top]) / step)
