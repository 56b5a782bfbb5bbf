# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the head's arrays, after checking that the file is the one that belongs to this version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILE = "face_model.npz"


class HeadFileError(Exception):
    """The head's file is missing or not the right one; the text says what to do."""


@dataclass(frozen=True)
class HeadData:
    """What the mesh is built from.

    vertices (V, 3) metres; quads (Q, 4); uvs (Q, 4, 2); quad_material (Q,) into material_names;
    colours (V, 3) sRGB 0..255; shape_names (52,); shape_deltas (52, V, 3) metres.
    """

    vertices: NDArray[np.float32]
    quads: NDArray[np.int32]
    uvs: NDArray[np.float32]
    material_names: tuple[str, ...]
    quad_material: NDArray[np.uint8]
    colours: NDArray[np.uint8]
    shape_names: tuple[str, ...]
    shape_deltas: NDArray[np.float32]


def checked_head_file(models_folder: Path) -> Path:
    """Find face_model.npz and compare it with the hash in models.json.

    Raises:
        HeadFileError: the folder, its list or the file is missing, or the file was changed.
    """
    path = models_folder / _FILE
    try:
        listed = json.loads((models_folder / "models.json").read_text(encoding="utf-8"))["models"]
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError) as error:
        message = (
            f"The head's file {path} or its list models.json cannot be read. Install Mien again."
        )
        raise HeadFileError(message) from error
    if found not in [entry["sha256"] for entry in listed if entry["name"] == "face_model"]:
        message = f"{path} is damaged or of another version. Install Mien again."
        raise HeadFileError(message)
    return path


def read_head(path: Path) -> HeadData:
    """Read the arrays that the mesh needs; the rest of the file is left alone."""
    with np.load(path, allow_pickle=False) as arrays:
        return HeadData(
            vertices=arrays["vertices"],
            quads=arrays["quads"],
            uvs=arrays["uvs"],
            material_names=tuple(arrays["material_names"].tolist()),
            quad_material=arrays["quad_material"],
            colours=arrays["vertex_colours"],
            shape_names=tuple(arrays["shape_names"].tolist()),
            shape_deltas=arrays["shape_deltas"],
        )
