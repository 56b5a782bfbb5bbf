# SPDX-License-Identifier: Apache-2.0
"""Reads the uncompressed multilayer EXR that Blender has just written, with numpy alone.

Blender's Python has no OpenEXR, and its own image loader gives no passes of a multilayer file.
The layout is that of "OpenEXR File Layout" (openexr.com) for one part of scan lines.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_MAGIC = 20000630
# Bits of the version that say the file is tiled, deep or in several parts.
_OTHER_LAYOUTS = 0x200 | 0x800 | 0x1000
_FLOAT32 = 2


def read_float_exr(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read all channels, each (height, width).

    Raises:
        ValueError: the file is no scan-line EXR without compression whose channels are all float32.
    """
    data = path.read_bytes()
    magic, version = struct.unpack_from("<iI", data)
    if magic != _MAGIC or version & _OTHER_LAYOUTS:
        raise ValueError(f"{path} is no EXR file of one part in scan lines")
    attributes, at = _attributes(data)
    names, kinds = _channels(attributes["channels"])
    if attributes["compression"] != b"\0" or set(kinds) != {_FLOAT32}:
        raise ValueError(f"{path} is compressed or not in 32 bits a channel")
    left, top, right, bottom = struct.unpack("<4i", attributes["dataWindow"])
    width, height = right - left + 1, bottom - top + 1
    offsets = struct.unpack_from(f"<{height}Q", data, at)
    rows = np.empty((height, len(names), width), np.float32)
    for offset in offsets:
        row, size = struct.unpack_from("<ii", data, offset)
        line = np.frombuffer(data, "<f4", size // 4, offset + 8)
        rows[row - top] = line.reshape(len(names), width)
    return {name: rows[:, number] for number, name in enumerate(names)}


def _attributes(data: bytes) -> tuple[dict[str, bytes], int]:
    """The header's attributes, and where the table of offsets starts."""
    found: dict[str, bytes] = {}
    at = 8
    while data[at]:
        name, at = _text(data, at)
        _, at = _text(data, at)
        (size,) = struct.unpack_from("<i", data, at)
        found[name] = data[at + 4 : at + 4 + size]
        at += 4 + size
    return found, at + 1


def _channels(listed: bytes) -> tuple[list[str], list[int]]:
    names, kinds = [], []
    at = 0
    while listed[at]:
        name, at = _text(listed, at)
        names.append(name)
        kinds.append(struct.unpack_from("<i", listed, at)[0])
        # Kind, linearity with padding, and sampling in both directions.
        at += 16
    return names, kinds


def _text(data: bytes, at: int) -> tuple[str, int]:
    """The text that ends with a zero, and where the next begins."""
    end = data.index(b"\0", at)
    return data[at:end].decode(), end + 1
