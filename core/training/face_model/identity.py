# SPDX-License-Identifier: Apache-2.0
"""The average young adult that everything starts from, and the directions that lead to others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...face.arkit import ARKIT_NAMES, mirrored_name
from .mesh import Floats, Ints, mirror_map, mirrored
from .source import HeadSource

_TABLE = Path(__file__).parent / "identity.json"
# The brow units move 5 to 6 millimetres; people's brows move up to 10. Larger, they carry. The
# lids have to follow an eye that turns further than hm08's.
_GAINS = {
    "browInnerUp": 2.0,
    "browOuterUp": 1.35,
    "browDown": 1.15,
    "eyeLookDown": 1.7,
    "eyeLookUp": 1.5,
}


@dataclass(frozen=True)
class Body:
    """The whole hm08 mesh as the average person, symmetric, in metres.

    vertices (V, 3); shapes (52, V, 3); identity (I, V, 3); mirror (V,).
    """

    vertices: Floats
    shapes: Floats
    identity_names: tuple[str, ...]
    identity: Floats
    mirror: Ints


def average_body(source: HeadSource) -> Body:
    """Read all targets and make them exactly symmetric.

    The face units differ by up to a millimetre between left and right; here both halves get the
    mean of the two, so that equal values give an equal face.
    """
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    mirror = mirror_map(source.vertices)
    raw = {
        name: source.face_unit(name)
        * _GAINS.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
        for name in ARKIT_NAMES
    }
    shapes = np.stack(
        [(raw[name] + mirrored(raw[mirrored_name(name)], mirror)) / 2 for name in ARKIT_NAMES]
    )
    neutral = source.vertices + _mix(source, table["neutral"], mirror)
    directions = table["directions"]
    identity = np.stack([_mix(source, mix, mirror) for mix in directions.values()])
    return Body(neutral, shapes, tuple(directions), identity, mirror)


def _mix(source: HeadSource, mix: list[tuple[str, float]], mirror: Ints) -> Floats:
    moved = np.zeros_like(source.vertices)
    for name, weight in mix:
        moved += weight * source.target(name)
    symmetric: Floats = (moved + mirrored(moved, mirror)) / 2
    return symmetric
