# SPDX-License-Identifier: Apache-2.0
"""Colours each vertex, so that the head reads in any viewport without a texture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .eyes import RING_COUNT, SEGMENTS
from .mesh import Floats, edge_loop, topology
from .parts import Part
from .skin import NOSE_TIP, Skin

# sRGB, 0..1.
_SKIN = (0.80, 0.60, 0.50)
_BLUSH = (0.80, 0.49, 0.42)
_LID = (0.73, 0.52, 0.45)
_LIP = (0.70, 0.38, 0.36)
_MOUTH_INSIDE = (0.36, 0.13, 0.13)
_TOOTH = (0.95, 0.93, 0.88)
_TOOTH_NECK = (0.90, 0.85, 0.76)
_GUM = (0.72, 0.40, 0.40)
_TONGUE = (0.74, 0.42, 0.42)
_HAIR = (0.25, 0.17, 0.13)
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
# (x, y, z) metres on the left half, radius, strength: cheek, tip of the nose, ear, chin.
_BLUSHES = (
    ((0.040, -0.105, 0.166), 0.024, 0.45),
    ((0.0, -0.136, 0.161), 0.016, 0.4),
    ((0.014, -0.123, 0.156), 0.010, 0.5),
    ((0.075, -0.022, 0.180), 0.030, 0.7),
    ((0.0, -0.118, 0.098), 0.014, 0.25),
)
_STUBBLE = (0.40, 0.32, 0.28)
# (y, z) metres: the lowest place of hair at each depth, from the forehead to the nape.
_HAIRLINE = (
    (-0.100, 0.262),
    (-0.080, 0.256),
    (-0.058, 0.240),
    (-0.044, 0.212),
    (-0.036, 0.196),
    (-0.022, 0.205),
    (0.000, 0.200),
    (0.020, 0.150),
    (0.040, 0.120),
    (0.080, 0.110),
)
_LIDS_CENTRE, _LIDS_RADIUS = (0.029, -0.108, 0.199), 0.018


def paint(skin: Skin, parts: list[Part]) -> NDArray[np.uint8]:
    """Colour the joined mesh.

    Returns:
        (V, 3) sRGB colours, 0..255.
    """
    painters = {"skin": lambda _: _skin(skin), "eyeLeft": _eye, "eyeRight": _eye}
    painters |= {"teethUpper": _teeth, "teethLower": _teeth}
    flat = {"tongue": _TONGUE, "brows": _HAIR, "lashes": _LASH}
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
    vertices = skin.part.vertices
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
    hidden = np.setdiff1d(np.arange(len(vertices)), [*outside, *loop])
    colours[hidden] = _MOUTH_INSIDE
    return colours


def _stubble(vertices: Floats) -> Floats:
    """How much cropped hair covers each vertex: inside the hairline, fading over 18 millimetres."""
    _, y, z = vertices.T
    # The line runs over the forehead at z = 0.262, down in front of the ear, and round the nape.
    ahead = np.interp(y, *np.array(_HAIRLINE).T)
    share: Floats = np.clip((z - ahead) / 0.018 + 0.5, 0, 1) * 0.62
    return share


def _bump(points: Floats, centre: tuple[float, float, float], radius: float) -> Floats:
    share: Floats = np.exp(-(((points - np.array(centre)) / radius) ** 2).sum(axis=1))
    return share


def _eye(part: Part) -> Floats:
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
    colours = _mix(colours, np.clip((ring - 7) / 3, 0, 1) * 0.8, _WHITE_CORNER)
    return colours


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
    depth = np.clip((part.vertices[:, 1] - part.vertices[:, 1].min() - 0.012) / 0.03, 0, 1)
    colours[gum_rows] = _GUM
    return colours * (1 - 0.45 * depth)[:, None]
