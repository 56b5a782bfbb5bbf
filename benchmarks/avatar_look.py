# SPDX-License-Identifier: Apache-2.0
"""Pictures of the comparison for the eye: truth, each system, and where the first differs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
from PIL import Image, ImageDraw

from benchmarks.avatar_pictures import to_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]

DIFFERENCE_GAIN = 4.0
_CAPTION_PIXELS = 16


def side_by_side(truth: Floats, shown: Mapping[str, Floats]) -> Bytes:
    """One row: the film, each system under its name, and the first system's difference on grey.

    Args:
        truth: (S, S, 3).
        shown: pictures by the name of their system, the one to judge first.
    """
    first = next(iter(shown.values()))
    cells = {"film": truth, **shown, f"difference x{DIFFERENCE_GAIN:g}": _difference(first, truth)}
    return np.concatenate([_captioned(cell, name) for name, cell in cells.items()], axis=1)


def save_sheet(rows: Sequence[Bytes], path: Path) -> None:
    """Rows of `side_by_side` below each other."""
    Image.fromarray(np.concatenate(rows)).save(path)


def save_film(rows: Sequence[Bytes], path: Path, frames_per_second: int = 25) -> None:
    """Rows of `side_by_side` one after the other."""
    height, width = (side - side % 2 for side in rows[0].shape[:2])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", Fraction(frames_per_second))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "18"}
        for row in rows:
            frame = av.VideoFrame.from_ndarray(row[:height, :width].copy(), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _difference(shown: Floats, truth: Floats) -> Floats:
    return np.clip(0.5 + DIFFERENCE_GAIN * (shown - truth), 0.0, 1.0).astype(np.float32)


def _captioned(cell: Floats, name: str) -> Bytes:
    caption = Image.new("RGB", (cell.shape[1], _CAPTION_PIXELS), "black")
    ImageDraw.Draw(caption).text((4, 2), name, fill="white")
    return np.concatenate([np.asarray(caption), to_bytes(cell)])
