# SPDX-License-Identifier: Apache-2.0
"""The second thing to beat: the tracked mesh, painted with the training pictures.

Each triangle carries a small grid of colours. A colour is the mean of what the training pictures show
there, weighted by how squarely the camera looks at it, without what is far from their median (a
highlight, a hand, a badly tracked picture). Drawn with a depth buffer at twice the picture's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np
from scipy.ndimage import map_coordinates
from scipy.spatial.transform import Rotation

from core.avatar.person import PersonMesh, posed_vertices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.avatar_views import View
    from core.avatar.camera import Camera
    from core.avatar.model import Pose

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

STEPS = 5
"""Steps of the colour grid along a triangle's edge: at 256 pixels a head, finer than the picture."""
TEXTURE_VIEWS = 32
# A radian of turn is as unlike as so many whole channels.
TURN_WEIGHT = 3.0
FINER = 2
# Parts of the face model without a card of brows or lashes, whose hairs are in the skin's colours here.
PAINTED_PARTS = (0, 1, 2, 3, 4, 5)
# A point is seen where its depth is no more than this behind the depth buffer's, metres.
SEEN_WITHIN = 0.002
LEAST_COSINE = 0.15
FAR_FROM_MEDIAN = 0.12
NEVER_SEEN = 0.5
_FIRST_STEP, _SECOND_STEP = np.array([1, 0]), np.array([0, 1])


@dataclass(frozen=True, eq=False)
class PaintedMesh:
    """A mesh with colours.

    Attributes:
        mesh: the person.
        triangles: (F, 3) those that are drawn.
        colours: (F, STEPS + 1, STEPS + 1, 3) at barycentric (i, j) / STEPS of the first two corners;
            grid points outside the triangle are not read.
    """

    mesh: PersonMesh
    triangles: NDArray[np.int32]
    colours: Floats


@dataclass(frozen=True, eq=False)
class Drawn:
    """What lies in each pixel: triangle (H, W), -1 for none; barycentric (H, W, 3); depth (H, W) metres."""

    triangle: NDArray[np.int32]
    barycentric: Doubles
    depth: Doubles


def paint(mesh: PersonMesh, views: Sequence[View]) -> PaintedMesh:
    """Collect the colours from training pictures, about TEXTURE_VIEWS of them."""
    triangles = mesh.triangles[np.isin(mesh.part[mesh.triangles[:, 0]], PAINTED_PARTS)]
    samples, weights = [], []
    for view in unlike_views(views):
        sample, weight = _seen_colours(mesh, triangles, view)
        samples.append(sample)
        weights.append(weight)
    colours = _robust_mean(np.stack(samples), np.stack(weights))
    inside = _grid_inside()
    grid = np.full((len(triangles), STEPS + 1, STEPS + 1, 3), NEVER_SEEN, np.float32)
    grid[:, inside[:, 0], inside[:, 1]] = colours.reshape(len(triangles), len(inside), 3)
    return PaintedMesh(mesh, triangles, grid)


def unlike_views(views: Sequence[View], most: int = TEXTURE_VIEWS) -> list[View]:
    """Pictures that are as unlike as can be in pose and expression (farthest-point choice)."""
    inputs = np.stack(
        [np.concatenate([view.pose.values, TURN_WEIGHT * _head_turn(view)]) for view in views]
    )
    apart = np.linalg.norm(inputs - np.median(inputs, axis=0), axis=1)
    chosen = [int(apart.argmin())]
    apart = np.linalg.norm(inputs - inputs[chosen[0]], axis=1)
    while len(chosen) < min(most, len(views)):
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, np.linalg.norm(inputs - inputs[chosen[-1]], axis=1))
    return [views[index] for index in chosen]


def draw(painted: PaintedMesh, pose: Pose, camera: Camera) -> tuple[Floats, Floats]:
    """Draw the painted mesh.

    Returns:
        (H, W, 4) premultiplied colour, and (H, W) depth in metres, 0 where nothing is.
    """
    fine = camera.scaled(FINER)
    drawn = rasterise(_in_camera(painted.mesh, pose, fine), painted.triangles, fine)
    hit = drawn.triangle >= 0
    colour = np.zeros((*hit.shape, 4))
    colour[hit, :3] = _looked_up(painted.colours, drawn.triangle[hit], drawn.barycentric[hit])
    colour[hit, 3] = 1.0
    depth = np.where(hit, drawn.depth, 0.0)
    rgba, covered = _halved(colour), _halved(hit[..., None].astype(np.float64))[..., 0]
    mean_depth = _halved(depth[..., None])[..., 0] / np.maximum(covered, 1e-6)
    return rgba.astype(np.float32), mean_depth.astype(np.float32)


def rasterise(places: Doubles, triangles: NDArray[np.int32], camera: Camera) -> Drawn:
    """Depth buffer.

    Args:
        places: (V, 3) in camera space, metres.
        triangles: (F, 3).
        camera: its lens and size are used.
    """
    size = (camera.height, camera.width)
    triangle = np.full(size, -1, np.int32)
    barycentric, depth = np.zeros((*size, 3)), np.full(size, np.inf)
    pixels = np.column_stack(
        [
            places[:, 0] / places[:, 2] * camera.focal_x + camera.centre_x,
            places[:, 1] / places[:, 2] * camera.focal_y + camera.centre_y,
            places[:, 2],
        ]
    )
    _fill(pixels, triangles, triangle, barycentric, depth)
    return Drawn(triangle, barycentric, depth)


@numba.njit(cache=True)
def _fill(pixels, triangles, triangle, barycentric, depth):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    height, width = depth.shape
    for number in range(len(triangles)):
        a, b, c = (
            pixels[triangles[number, 0]],
            pixels[triangles[number, 1]],
            pixels[triangles[number, 2]],
        )
        if min(a[2], b[2], c[2]) <= 0.0:
            continue
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area == 0.0:
            continue
        left = max(int(np.floor(min(a[0], b[0], c[0]) - 0.5)), 0)
        right = min(int(np.ceil(max(a[0], b[0], c[0]))), width - 1)
        top = max(int(np.floor(min(a[1], b[1], c[1]) - 0.5)), 0)
        bottom = min(int(np.ceil(max(a[1], b[1], c[1]))), height - 1)
        for row in range(top, bottom + 1):
            y = row + 0.5
            for column in range(left, right + 1):
                x = column + 0.5
                u = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / area
                v = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / area
                w = 1.0 - u - v
                if u < 0.0 or v < 0.0 or w < 0.0:
                    continue
                # Shares on the triangle itself are those in the picture over depth.
                far = 1.0 / (u / a[2] + v / b[2] + w / c[2])
                if far < depth[row, column]:
                    depth[row, column] = far
                    triangle[row, column] = number
                    barycentric[row, column, 0] = u * far / a[2]
                    barycentric[row, column, 1] = v * far / b[2]
                    barycentric[row, column, 2] = w * far / c[2]


def _in_camera(mesh: PersonMesh, pose: Pose, camera: Camera) -> Doubles:
    vertices = posed_vertices(mesh, pose.values, pose.head_to_root).astype(np.float64)
    return np.asarray(vertices @ camera.root_to_camera[:3, :3].T + camera.root_to_camera[:3, 3])


def _head_turn(view: View) -> Doubles:
    """The head against the camera, radians about each axis."""
    head_to_camera = view.camera.root_to_camera @ view.pose.head_to_root
    return np.asarray(Rotation.from_matrix(head_to_camera[:3, :3]).as_rotvec())


def _grid_inside() -> NDArray[np.int64]:
    """(P, 2) the grid points that lie in the triangle."""
    steps = np.arange(STEPS + 1)
    return np.array([(i, j) for i in steps for j in steps if i + j <= STEPS])


def _seen_colours(
    mesh: PersonMesh, triangles: NDArray[np.int32], view: View
) -> tuple[Floats, Floats]:
    """One picture's colours (F x P, 3) at the grid's points, and how much each is to be believed."""
    camera = view.camera
    places = _in_camera(mesh, view.pose, camera)
    drawn = rasterise(places, triangles, camera)
    inside = _grid_inside() / STEPS
    shares = np.column_stack([inside, 1.0 - inside.sum(axis=1)])
    corners = places[triangles]
    points = np.einsum("pk,fkc->fpc", shares, corners).reshape(-1, 3)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    towards = points / np.linalg.norm(points, axis=1, keepdims=True)
    cosine = np.abs((np.repeat(normals, len(inside), axis=0) * towards).sum(axis=1))
    # Array places: the first pixel's middle is 0.
    across = points[:, 0] / points[:, 2] * camera.focal_x + camera.centre_x - 0.5
    down = points[:, 1] / points[:, 2] * camera.focal_y + camera.centre_y - 0.5
    at = np.clip(
        np.round([down, across]).astype(np.int64),
        0,
        np.array([[camera.height], [camera.width]]) - 1,
    )
    surface = drawn.depth[at[0], at[1]]
    seen = (points[:, 2] <= surface + SEEN_WITHIN) & np.isfinite(surface) & (cosine > LEAST_COSINE)
    colours = np.stack(
        [
            map_coordinates(view.rgba[..., c], [down, across], order=1, mode="nearest")
            for c in range(3)
        ],
        axis=1,
    )
    return colours.astype(np.float32), np.where(seen, cosine**2, 0.0).astype(np.float32)


def _robust_mean(samples: Floats, weights: Floats) -> Floats:
    """(N, 3) of (K, N, 3) samples with (K, N) weights: see the file's docstring."""
    shown = np.where(weights[..., None] > 0.0, samples, np.nan)
    unseen = ~(weights > 0.0).any(axis=0)
    shown[0, unseen] = NEVER_SEEN
    median = np.nanmedian(shown, axis=0)
    near = np.abs(samples - median).max(axis=2) < FAR_FROM_MEDIAN
    kept = (weights * near)[..., None]
    mean = (samples * kept).sum(axis=0) / np.maximum(kept.sum(axis=0), 1e-9)
    return np.where(kept.sum(axis=0) > 0.0, mean, median).astype(np.float32)


def _looked_up(colours: Floats, triangle: NDArray[np.int32], shares: Doubles) -> Doubles:
    """Colours (M, 3) inside triangles, linear between the three grid points around each place."""
    scaled = np.clip(shares[:, :2], 0.0, 1.0) * STEPS
    cell = np.minimum(np.floor(scaled).astype(np.int64), STEPS - 1)
    cell[:, 1] = np.minimum(cell[:, 1], np.maximum(STEPS - 1 - cell[:, 0], 0))
    part = scaled - cell
    upper = part.sum(axis=1) > 1.0
    near = np.where(upper[:, None], cell + 1, cell)
    u, v = np.where(upper[:, None], 1.0 - part[:, ::-1], part).T
    places = ((near, 1.0 - u - v), (cell + _FIRST_STEP, u), (cell + _SECOND_STEP, v))
    return sum(
        colours[triangle, np.minimum(at[:, 0], STEPS), np.minimum(at[:, 1], STEPS)] * share[:, None]
        for at, share in places
    )


def _halved(picture: Doubles) -> Doubles:
    height, width, channels = picture.shape
    return picture.reshape(height // FINER, FINER, width // FINER, FINER, channels).mean(
        axis=(1, 3)
    )
