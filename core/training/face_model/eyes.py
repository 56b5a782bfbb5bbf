# SPDX-License-Identifier: Apache-2.0
"""Eyeballs: white, iris and pupil as rings of quads round the axis of sight; they turn rigidly."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...face.arkit import ARKIT_NAMES
from .identity import Body
from .mesh import Floats, Ints
from .parts import Part, rigid_shapes

SEGMENTS = 32
# Rings from the axis of sight outward: angle in degrees, how far the ring is sunk below the
# sphere (metres), and the material of the band that begins at the ring. The iris lies a little
# sunk, like the bottom of a dish, so that light grades across it.
_RINGS = (
    (5.0, 0.00042, "pupil"),
    (9.4, 0.00042, "pupil"),
    (9.9, 0.00040, "iris"),
    (13.0, 0.00026, "iris"),
    (17.5, 0.00012, "iris"),
    (21.6, 0.00002, "iris"),
    (23.4, 0.0, "eye_white"),
    (27.0, 0.0, "eye_white"),
    (36.0, 0.0, "eye_white"),
    (48.0, 0.0, "eye_white"),
    (64.0, 0.0, "eye_white"),
    (84.0, 0.0, "eye_white"),
    (110.0, 0.0, "eye_white"),
)
RING_COUNT = len(_RINGS)
# How far the eyes turn when a look channel is 1.
_LOOK_DEGREES = {"Up": 20.0, "Down": 24.0, "In": 28.0, "Out": 28.0}


@dataclass(frozen=True)
class Eye:
    """One eyeball and its measure: centre (3,) and radius, metres."""

    part: Part
    centre: Floats
    radius: float

    def iris_vertices(self) -> tuple[Ints, Floats]:
        """Places of MediaPipe's five iris points: centre, +X, top, -X, bottom of the iris edge.

        Returns:
            vertices (5, 3) and weights (5, 3) in the part's own numbering.
        """
        quarter = SEGMENTS // 4
        edge = 1 + 5 * SEGMENTS
        starts = [edge + k * quarter for k in range(4)]
        rows = [
            [0, 1, 2],
            *([s, s + 1 if k == 0 else s - 1, s - SEGMENTS] for k, s in enumerate(starts)),
        ]
        weights = np.zeros((5, 3))
        weights[:, 0] = 1.0
        return np.array(rows), weights


def build_eye(body: Body, helper: Ints, side: str) -> Eye:
    """Build one eyeball where hm08 has its helper eye.

    Args:
        body: the average body.
        helper: vertex numbers of the helper eye.
        side: "Left" or "Right".
    """
    ball = body.vertices[helper]
    centre = (ball.min(axis=0) + ball.max(axis=0)) / 2
    radius = float(np.linalg.norm(ball - centre, axis=1).max())
    vertices = _rings(centre, radius)
    quads, materials = _faces()
    return Eye(
        Part(
            name=f"eye{side}",
            vertices=vertices,
            quads=quads,
            uvs=_disc_uvs(vertices, centre, radius)[quads],
            materials=materials,
            shapes=rigid_shapes(vertices, _looks(side, centre)),
            identity=_follow(body, helper, centre, vertices),
        ),
        centre,
        radius,
    )


def _rings(centre: Floats, radius: float) -> Floats:
    rows = [[0.0, -(radius - _RINGS[0][1]), 0.0]]
    for degrees, sunk, _ in _RINGS:
        out, forward = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
        for segment in range(SEGMENTS):
            turn = 2 * math.pi * segment / SEGMENTS
            reach = radius - sunk
            rows.append(
                [reach * out * math.cos(turn), -reach * forward, reach * out * math.sin(turn)]
            )
    return np.array(rows) + centre


def _faces() -> tuple[Ints, tuple[str, ...]]:
    quads = [[0, 1 + i, 1 + i + 1, 1 + (i + 2) % SEGMENTS] for i in range(0, SEGMENTS, 2)]
    materials = ["pupil"] * len(quads)
    for ring, (_, _, material) in enumerate(_RINGS[:-1]):
        inner, outer = 1 + ring * SEGMENTS, 1 + (ring + 1) * SEGMENTS
        for i in range(SEGMENTS):
            j = (i + 1) % SEGMENTS
            quads.append([inner + i, outer + i, outer + j, inner + j])
            materials.append(material)
    return np.array(quads), tuple(materials)


def _disc_uvs(vertices: Floats, centre: Floats, radius: float) -> Floats:
    """Look at the eye from the front: the pupil in the middle of the picture."""
    uvs: Floats = 0.5 + (vertices - centre)[:, [0, 2]] / (2 * radius)
    return uvs


def _looks(side: str, centre: Floats) -> dict[int, tuple[Floats, Floats, Floats]]:
    outward = 1.0 if side == "Left" else -1.0
    angles = {
        "Up": ("x", -_LOOK_DEGREES["Up"]),
        "Down": ("x", _LOOK_DEGREES["Down"]),
        "In": ("z", -outward * _LOOK_DEGREES["In"]),
        "Out": ("z", outward * _LOOK_DEGREES["Out"]),
    }
    still = np.zeros(3)
    return {
        ARKIT_NAMES.index(f"eyeLook{way}{side}"): (_rotation(axis, degrees), centre, still)
        for way, (axis, degrees) in angles.items()
    }


def _rotation(axis: str, degrees: float) -> Floats:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    if axis == "x":
        return np.array([[1, 0, 0], [0, c, -s], [0, s, c]], dtype=np.float64)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=np.float64)


def _follow(body: Body, helper: Ints, centre: Floats, vertices: Floats) -> Floats:
    """Shift and scale the ball with the helper's identity moves."""
    moves = []
    offsets = body.vertices[helper] - centre
    for direction in body.identity[:, helper]:
        shift = direction.mean(axis=0)
        growth = ((direction - shift) * offsets).sum() / (offsets**2).sum()
        moves.append(shift + growth * (vertices - centre))
    return np.stack(moves)
