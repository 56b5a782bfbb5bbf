# SPDX-License-Identifier: Apache-2.0
"""Colours each vertex, so that the head reads in any viewport without a texture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .eyes import RING_COUNT, SEGMENTS
from .hairs import BROW_BONE, BROW_LINE
from .landmarks import LIP_CONTACT
from .mesh import Floats, edge_loop, topology
from .parts import Part
from .skin import NOSE_TIP, Skin

# sRGB, 0..1.
_SKIN = (0.80, 0.60, 0.50)
_BLUSH = (0.80, 0.49, 0.42)
_LID = (0.73, 0.52, 0.45)
_LIP = (0.70, 0.38, 0.36)
_MOUTH_INSIDE = (0.24, 0.08, 0.08)
_TOOTH = (0.95, 0.93, 0.88)
_TOOTH_NECK = (0.90, 0.85, 0.76)
_GUM = (0.72, 0.40, 0.40)
_TONGUE = (0.74, 0.42, 0.42)
_HAIR = (0.20, 0.135, 0.10)
_BROW_SHADE = (0.52, 0.38, 0.31)
_LASH = (0.09, 0.06, 0.05)
_WHITE = (0.90, 0.88, 0.86)
_WHITE_CORNER = (0.82, 0.68, 0.64)
_PUPIL = (0.02, 0.02, 0.025)
_IRIS_INNER = (0.47, 0.34, 0.20)
_IRIS_OUTER = (0.25, 0.36, 0.38)
_IRIS_EDGE = (0.08, 0.11, 0.13)

# hm08 vertices of the middle of the upper lip with their left neighbours, from the red border
# inward, and how red the loop of vertices through them is.
_LIP_TINTS = (
    ((455, 7214), 0.55),
    ((466, 7222), 0.95),
    ((467, 7223), 1.0),
    ((509, 7257), 1.0),
    ((468, 7224), 1.0),
    ((474, 7229), 1.0),
    ((520, 7267), 1.0),
    ((537, 7282), 1.0),
)
# (x, y, z) metres from the middle of the lips on the left half, radius, strength: cheek, tip of the nose, ear, chin.
_BLUSHES = (
    ((0.040, 0.018, 0.035), 0.024, 0.45),
    ((0.000, -0.013, 0.030), 0.016, 0.4),
    ((0.014, -0.000, 0.025), 0.010, 0.5),
    ((0.075, 0.101, 0.049), 0.030, 0.7),
    ((0.000, 0.005, -0.033), 0.014, 0.25),
)
_STUBBLE = (0.40, 0.32, 0.28)
# (y, z) metres from the middle of the lips: the lowest place of hair at each depth, from the forehead to the nape.
_HAIRLINE = (
    (0.023, 0.131),
    (0.043, 0.125),
    (0.065, 0.109),
    (0.079, 0.081),
    (0.087, 0.065),
    (0.101, 0.074),
    (0.123, 0.069),
    (0.143, 0.019),
    (0.163, -0.011),
    (0.203, -0.021),
)
_LIDS_CENTRE, _LIDS_RADIUS = (0.029, 0.015, 0.068), 0.018


def paint(skin: Skin, parts: list[Part]) -> NDArray[np.uint8]:
    """Colour the joined mesh.

    Returns:
        (V, 3) sRGB colours, 0..255.
    """
    painters = {"skin": lambda _: _skin(skin), "eyeLeft": _eye, "eyeRight": _eye}
    painters |= {"teethUpper": _teeth, "teethLower": _teeth, "tongue": _tongue}
    flat = {"brows": _HAIR, "lashes": _LASH}
    colours = [
        painters[part.name](part)
        if part.name in painters
        else np.tile(flat[part.name], (len(part.vertices), 1))
        for part in parts
    ]
    return np.round(np.clip(np.concatenate(colours), 0, 1) * 255).astype(np.uint8)


def _mix(colours: Floats, share: Floats, toward: tuple[float, float, float]) -> Floats:
    return colours + share[:, None] * (np.array(toward) - colours)


def _skin(skin: Skin) -> Floats:
    vertices = skin.part.vertices - skin.part.vertices[skin.number_of[LIP_CONTACT]]
    colours = np.tile(_SKIN, (len(vertices), 1))
    folded = np.abs(vertices * [1, 0, 0]) + vertices * [0, 1, 1]
    for place, radius, strength in _BLUSHES:
        colours = _mix(colours, strength * _bump(folded, place, radius), _BLUSH)
    colours = _mix(colours, 0.8 * _bump(folded, _LIDS_CENTRE, _LIDS_RADIUS), _LID)
    links = topology(skin.part.quads)
    for (first, second), share in _LIP_TINTS:
        loop = edge_loop(links, int(skin.number_of[first]), int(skin.number_of[second]))
        colours[loop] = _mix(colours[loop], np.full(len(loop), share), _LIP)
    outside, edge = {int(skin.number_of[NOSE_TIP])}, [int(skin.number_of[NOSE_TIP])]
    while edge:
        for vertex in links.neighbours[edge.pop()] - outside - set(loop):
            outside.add(vertex)
            edge.append(vertex)
    colours = _mix(colours, _stubble(vertices), _STUBBLE)
    colours = _mix(colours, _brow_shade(skin), _BROW_SHADE)
    hidden = np.setdiff1d(np.arange(len(vertices)), [*outside, *loop])
    colours[hidden] = _MOUTH_INSIDE
    return colours


def _stubble(vertices: Floats) -> Floats:
    """How much cropped hair covers each vertex: inside the hairline, fading over 18 millimetres."""
    _, y, z = vertices.T
    ahead = np.interp(y, *np.array(_HAIRLINE).T)
    share: Floats = np.clip((z - ahead) / 0.018 + 0.5, 0, 1) * 0.62
    return share


def _brow_shade(skin: Skin) -> Floats:
    """How much each vertex lies under a brow, so that skin between the hairs does not shine through."""
    x, z = np.abs(skin.part.vertices[:, 0]), skin.part.vertices[:, 2]
    line = np.array(BROW_LINE) * 0.001
    middle = skin.part.vertices[skin.number_of[BROW_BONE], 2] + np.interp(x, line[:, 0], line[:, 1])
    half = np.interp(x, line[:, 0], line[:, 2])
    beside = np.maximum(np.maximum(line[0, 0] - x, x - line[-1, 0]), 0)
    share: Floats = 0.6 * np.exp(-(((z - middle) / (half + 0.001)) ** 2) - (beside / 0.003) ** 2)
    share[skin.part.vertices[:, 1] > skin.part.vertices[skin.number_of[BROW_BONE], 1] + 0.05] = 0.0
    return share


def _bump(points: Floats, centre: tuple[float, float, float], radius: float) -> Floats:
    share: Floats = np.exp(-(((points - np.array(centre)) / radius) ** 2).sum(axis=1))
    return share


def _eye(_part: Part) -> Floats:
    """Pupil, iris with rays and a dark edge, white that reddens to the sides."""
    ring = np.concatenate([[-1], np.repeat(np.arange(RING_COUNT), SEGMENTS)])
    segment = np.concatenate([[0], np.tile(np.arange(SEGMENTS), RING_COUNT)])
    colours = np.tile(_WHITE, (len(ring), 1))
    colours[ring <= 1] = _PUPIL
    rays = 0.5 + 0.5 * np.sin(segment * 7.3) * np.cos(segment * 2.9)
    for number, (outer, light) in {
        2: (0.0, 0.8),
        3: (0.5, 1.0),
        4: (1.0, 1.05),
        5: (1.0, 0.6),
    }.items():
        chosen = ring == number
        tint = _mix(
            np.tile(_IRIS_INNER, (int(chosen.sum()), 1)),
            np.full(int(chosen.sum()), outer),
            _IRIS_OUTER,
        )
        colours[chosen] = tint * (light * (0.8 + 0.3 * rays[chosen]))[:, None]
    colours[ring == 5] = _IRIS_EDGE
    return _mix(colours, np.clip((ring - 7) / 3, 0, 1) * 0.8, _WHITE_CORNER)


def _tongue(part: Part) -> Floats:
    """Pink at the tip, dark toward the throat, where no light reaches."""
    depth = part.vertices[:, 1] - part.vertices[:, 1].min()
    light = np.interp(depth, [0.004, 0.034], [1.0, 0.3])
    return np.tile(_TONGUE, (len(depth), 1)) * light[:, None]


def _teeth(part: Part) -> Floats:
    """Ivory, yellower toward the gum; gums pink."""
    colours = np.tile(_TOOTH, (len(part.vertices), 1))
    is_gum = np.array([name == "gums" for name in part.materials])
    gum_rows = np.unique(part.quads[is_gum])
    heights = part.vertices[:, 2]
    tooth_rows = np.setdiff1d(np.arange(len(heights)), gum_rows)
    neck = heights[gum_rows].mean()
    far = np.abs(heights[tooth_rows] - neck)
    share = np.clip(1.1 - far / far.max(), 0, 1)
    colours[tooth_rows] = _mix(colours[tooth_rows], share, _TOOTH_NECK)
    # Back teeth lie in the shade of the cheeks.
    depth = np.clip((part.vertices[:, 1] - part.vertices[:, 1].min() - 0.008) / 0.022, 0, 1)
    colours[gum_rows] = _GUM
    return colours * (1 - 0.8 * depth)[:, None]
