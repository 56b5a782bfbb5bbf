# SPDX-License-Identifier: Apache-2.0
"""The Gaussians before training: spread over what the cameras see of the mesh, and over the hair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...face.arkit import ARKIT_NAMES
from ..model import RESIDUAL_WIDTH, Drive, Gaussians
from ..person import posed_vertices
from ..posed import SH_0, TINY, drive_inputs, rest_areas

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..camera import Camera
    from ..model import Pose
    from ..person import PersonMesh
    from .options import Options
    from .training_set import TrainingSet

    Floats = NDArray[np.float32]

# Parts of the face model by number: skin, eyes (2), teeth (2), tongue; its brows and lashes are hairs
# too fine to carry anything. Density against the skin's.
PART_DENSITY = np.array([1.0, 2.0, 2.0, 1.5, 1.5, 1.0, 0.0, 0.0])
# Channels whose skin needs more Gaussians, for it is small and moves: lids and lips.
FINE_CHANNELS = ("eyeBlinkLeft", "eyeBlinkRight", "mouthFunnel", "mouthPucker", "jawOpen")
FINE_METRES, FINE_DENSITY = 0.004, 2.0
HAIR_SHARE, HAIR_METRES = 0.2, 0.03
# Pictures that say what is seen of the mesh, and in which colour.
SAMPLED_PICTURES = 64
FLATNESS = 0.25
START_OPACITY = 0.4
SMALLEST_SPREAD = 0.02
START_LOOK = np.float32(0.1)
# The residual's drive reaches a little beyond what the film shows.
BEYOND = 0.05


def triangle_weights(data: TrainingSet) -> Floats:
    """How many Gaussians each triangle is due, relative: (F,). What no camera sees gets none."""
    mesh = data.mesh
    density = PART_DENSITY[mesh.part[mesh.triangles[:, 0]]]
    fine = np.zeros(len(mesh.vertices), bool)
    for name in FINE_CHANNELS:
        moved = np.linalg.norm(mesh.deltas[ARKIT_NAMES.index(name)], axis=1)
        fine |= moved > FINE_METRES
    density = density * np.where(fine[mesh.triangles].any(axis=1), FINE_DENSITY, 1.0)
    seen = np.zeros(len(mesh.triangles))
    for index in _sampled(data):
        seen += facing(mesh, data.pose(index), data.cameras[index])
    return np.asarray(rest_areas(mesh) * density * (seen > 0.0), np.float32)


def _sampled(data: TrainingSet) -> NDArray[np.int64]:
    """Pictures spread over the set."""
    return np.linspace(0, len(data) - 1, min(SAMPLED_PICTURES, len(data))).astype(np.int64)


def facing(mesh: PersonMesh, pose: Pose, camera: Camera) -> NDArray[np.bool_]:
    """Which triangles turn toward a camera: (F,)."""
    vertices = posed_vertices(mesh, pose.values, pose.head_to_root)
    a, b, c = (vertices[mesh.triangles[:, i]] for i in range(3))
    eye = np.linalg.inv(camera.root_to_camera)[:3, 3]
    return np.asarray((np.cross(b - a, c - a) * (eye - a)).sum(axis=1) > 0.0)


def start_gaussians(data: TrainingSet, options: Options) -> Gaussians:
    """Spread them by `triangle_weights`; a share stands off the scalp where the hair may be."""
    rng = np.random.default_rng((options.seed, 0))
    mesh, count = data.mesh, options.gaussians
    hair = round(HAIR_SHARE * count)
    weights = triangle_weights(data).astype(np.float64)
    centres = mesh.vertices[mesh.triangles].mean(axis=1)
    scalp = weights * _is_scalp(mesh, centres)
    triangle = np.concatenate(
        [
            rng.choice(len(weights), count - hair, p=weights / weights.sum()),
            rng.choice(len(weights), hair, p=scalp / scalp.sum()),
        ]
    )
    share = rng.dirichlet(np.ones(3), count)
    size = start_size(mesh, triangle)
    scale = np.full((count, 3), size) * np.array([1.0, 1.0, FLATNESS])
    scale[count - hair :] = size
    offset = np.zeros((count, 3))
    offset[count - hair :, 2] = rng.uniform(0.0, HAIR_METRES, hair)
    harmonics = np.zeros((count, 4, 3), np.float32)
    harmonics[:, 0] = (start_colours(data, triangle, share) - 0.5) / SH_0
    return Gaussians(
        triangle=triangle.astype(np.int32),
        barycentric=share.astype(np.float32),
        offset=offset.astype(np.float32),
        rotation=np.tile(np.array([1, 0, 0, 0], np.float32), (count, 1)),
        log_scale=np.log(scale).astype(np.float32),
        opacity_logit=np.full(count, np.log(START_OPACITY / (1 - START_OPACITY)), np.float32),
        harmonics=harmonics,
        residual=np.zeros((options.drives, count, RESIDUAL_WIDTH), np.float16),
    )


def start_colours(
    data: TrainingSet, triangle: NDArray[np.int64], share: NDArray[np.float64]
) -> Floats:
    """What the pictures show where the Gaussians are, on average: (N, 3) sRGB codes 0..1.

    What is always behind something keeps this colour, of the skin or hair before it: no picture teaches
    it another, and it is seen once the head turns further than in the film.

    Args:
        data: the pictures.
        triangle: (N,) each Gaussian's triangle.
        share: (N, 3) barycentric.
    """
    sums, weights = np.zeros((len(triangle), 3)), np.zeros((len(triangle), 1))
    for index in _sampled(data):
        pose, camera = data.pose(index), data.cameras[index]
        vertices = posed_vertices(data.mesh, pose.values, pose.head_to_root)
        points = (share[:, :, None] * vertices[data.mesh.triangles[triangle]]).sum(axis=1)
        pixels = np.floor(camera.pixels_of(points)).astype(np.int64)
        column, row = np.clip(pixels, 0, [camera.width - 1, camera.height - 1]).T
        alpha = data.alpha[index][row, column, None] / 255.0
        sums += alpha * data.colour[index][row, column] / 255.0
        weights += alpha
    mean = sums.sum(axis=0) / max(weights.sum(), TINY)
    return np.asarray(np.where(weights > 0.0, sums / np.maximum(weights, TINY), mean), np.float32)


def start_size(mesh: PersonMesh, triangle: NDArray[np.int32]) -> float:
    """Standard deviation along the skin that a Gaussian starts with, metres.

    Args:
        mesh: the person.
        triangle: (N,) each Gaussian's triangle.
    """
    areas = rest_areas(mesh)
    return float(0.6 * np.sqrt(areas[triangle].mean() * len(areas) / len(triangle)))


def _is_scalp(mesh: PersonMesh, centres: Floats) -> NDArray[np.bool_]:
    """Skin above the forehead's middle or behind the ears."""
    skin = mesh.vertices[mesh.part == 0]
    low, high = skin.min(axis=0), skin.max(axis=0)
    above = centres[:, 2] > low[2] + 0.82 * (high[2] - low[2])
    behind = (centres[:, 1] > 0.5 * (low[1] + high[1])) & (
        centres[:, 2] > low[2] + 0.45 * (high[2] - low[2])
    )
    return np.asarray((above | behind) & (mesh.part[mesh.triangles[:, 0]] == 0))


def start_drive(data: TrainingSet, options: Options) -> Drive:
    """A drive scaled to what the film shows, with a small random network."""
    rng = np.random.default_rng((options.seed, 1))
    inputs = np.stack([drive_inputs(data.pose(i)) for i in range(len(data))])
    spread = np.maximum(inputs.std(axis=0), SMALLEST_SPREAD)
    reach = BEYOND * (inputs.max(axis=0) - inputs.min(axis=0))
    width = inputs.shape[1]
    return Drive(
        centre=inputs.mean(axis=0),
        spread=spread,
        lowest=inputs.min(axis=0) - reach,
        highest=inputs.max(axis=0) + reach,
        hidden_weight=_normal(rng, (options.hidden, width), width),
        hidden_bias=np.zeros(options.hidden, np.float32),
        out_weight=_normal(rng, (options.drives, options.hidden), options.hidden),
        out_bias=np.zeros(options.drives, np.float32),
        looks=START_LOOK * _normal(rng, (len(data.looks), options.drives), 1),
    )


def _normal(rng: np.random.Generator, shape: tuple[int, int], inputs: int) -> Floats:
    return np.asarray(rng.normal(0.0, 1.0 / np.sqrt(inputs), shape), np.float32)
