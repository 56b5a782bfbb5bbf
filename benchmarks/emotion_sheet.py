# SPDX-License-Identifier: Apache-2.0
"""Contact sheets: labelled rows of faces in one PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

_CAPTION_PIXELS = 13
_MARGIN_PIXELS = 74


@dataclass(frozen=True, eq=False)
class SheetRow:
    """One row: its name, its pictures (N, H, H, 3) RGB and a caption for each."""

    name: str
    pictures: NDArray[np.uint8]
    captions: Sequence[str]


def save_sheet(rows: Sequence[SheetRow], path: Path, cell_pixels: int = 144) -> None:
    """Draw the rows below each other, names on the left, captions under the faces."""
    height = cell_pixels + _CAPTION_PIXELS
    width = _MARGIN_PIXELS + cell_pixels * max(len(row.pictures) for row in rows)
    sheet = Image.new("RGB", (width, height * len(rows)), (24, 24, 26))
    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        top = number * height
        draw.text((4, top + cell_pixels // 2), row.name, fill=(230, 230, 230))
        for column, (picture, caption) in enumerate(zip(row.pictures, row.captions, strict=True)):
            left = _MARGIN_PIXELS + column * cell_pixels
            cell = Image.fromarray(picture).resize((cell_pixels, cell_pixels))
            sheet.paste(cell, (left, top))
            draw.text((left + 3, top + cell_pixels), caption, fill=(200, 200, 200))
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, optimize=True)
