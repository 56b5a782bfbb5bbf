# SPDX-License-Identifier: Apache-2.0
"""Tables of the avatar's figures, what was asked beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Figures = Mapping[str, float]


@dataclass(frozen=True)
class Column:
    """One column: the figure's key, its heading, digits after the point, and what was asked for."""

    key: str
    heading: str
    digits: int
    asked: str = ""


SYNTHETIC_COLUMNS = (
    Column("psnr", "PSNR dB", 2, "32"),
    Column("head psnr", "PSNR dB, head alone", 2),
    Column("ssim", "SSIM", 4),
    Column("lpips", "LPIPS", 4),
    Column("alpha", "alpha error", 4, ".01"),
    Column("depth", "depth error mm", 2, "3"),
    Column("mouth", "mouth landmarks %", 2),
    Column("face", "face landmarks %", 2),
    Column("identity", "identity cosine", 3),
)
# Farther round only the picture was asked for.
OFF_RANGE_COLUMNS = (
    replace(SYNTHETIC_COLUMNS[0], asked="27"),
    *(replace(column, asked="") for column in SYNTHETIC_COLUMNS[1:]),
)
FILM_COLUMNS = (
    Column("face psnr", "face PSNR dB", 2, "28"),
    Column("inner psnr", "PSNR dB, brows to chin", 2),
    Column("face ssim", "face SSIM", 4),
    Column("face lpips", "face LPIPS", 4, ".08"),
    Column("mouth", "mouth landmarks %", 2, "1.5"),
    Column("face", "face landmarks %", 2),
    Column("identity", "identity cosine", 3),
    Column("head psnr", "PSNR dB with hair and neck", 2),
    Column("seen", "face found", 3),
)
FILM_BY_FILM = (FILM_COLUMNS[0], FILM_COLUMNS[3])


def systems_table(
    figures: Mapping[str, Sequence[Figures]], columns: Sequence[Column], *, asked: bool = True
) -> str:
    """A row a system: means over pictures, pictures without the figure left out."""
    rows = [[name, *_means(rows, columns)] for name, rows in figures.items()]
    if asked:
        rows.insert(0, ["asked", *(column.asked for column in columns)])
    return _markdown(["", *(column.heading for column in columns)], rows)


def films_table(
    figures: Mapping[str, Sequence[Figures]], films: Sequence[str], column: Column
) -> str:
    """A row a film, one figure of every system.

    Args:
        figures: of each system, picture by picture.
        films: the film of each picture.
        column: the figure.
    """
    rows = []
    for film in dict.fromkeys(films):
        own = [index for index, of in enumerate(films) if of == film]
        means = [
            _mean([rows_of[index][column.key] for index in own], column.digits)
            for rows_of in figures.values()
        ]
        rows.append([film, str(len(own)), *means])
    return _markdown([f"film: {column.heading}", "pictures", *figures], rows)


def _means(figures: Sequence[Figures], columns: Sequence[Column]) -> list[str]:
    return [_mean([row[column.key] for row in figures], column.digits) for column in columns]


def _mean(values: Sequence[float], digits: int) -> str:
    known = [value for value in values if not np.isnan(value)]
    return f"{np.mean(known):.{digits}f}" if known else "-"


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
