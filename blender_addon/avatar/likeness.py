# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in's shape: the default head with the proportions of the person whom an avatar shows."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..head.data import HeadData
from ..problems import AnimatorError
from .papers import ADVICE

_NUMBERS = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}


def in_likeness(head: HeadData, path: Path) -> HeadData:
    """The head with the vertices and shapes that an avatar's file holds for it.

    Args:
        head: the default head.
        path: of an avatar whose papers were read already.

    Raises:
        AnimatorError: the file is damaged, or its mesh is not this head's.
    """
    try:
        with path.open("rb") as file:
            length = struct.unpack("<Q", file.read(8))[0]
            header = json.loads(file.read(length))
            start = 8 + length
            vertices = _tensor(file, header["mesh.vertices"], start, head.vertices.shape)
            deltas = _tensor(file, header["mesh.deltas"], start, head.shape_deltas.shape)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnimatorError(
            f"The person's shape cannot be read from {path.name} ({error}).", ADVICE
        ) from error
    return replace(head, vertices=vertices, shape_deltas=deltas)


def _tensor(file: BinaryIO, entry: Any, start: int, shape: tuple[int, ...]) -> np.ndarray:
    """One tensor of finite numbers, float32; nothing larger than `shape` is read."""
    if tuple(entry["shape"]) != shape:
        raise ValueError(f"its mesh has the shape {entry['shape']}, not {list(shape)}")
    kind = _NUMBERS[entry["dtype"]]
    count = int(np.prod(shape))
    file.seek(start + int(entry["data_offsets"][0]))
    numbers = np.frombuffer(file.read(count * kind.itemsize), kind)
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise ValueError("its mesh is cut short, or holds what is no number")
    return numbers.reshape(shape).astype(np.float32)
