# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the lines of wrinkles.json: one grey picture a group, seen from the front, mirrored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SIDE_PIXELS = 512
SIDE_MILLIMETRES = 190.0
LOW_CORNER_MILLIMETRES = (-95.0, 92.0)
"""x and z of the picture's lower left corner on the head at rest."""

_STEP_MILLIMETRES = 0.4
# A crease has a dark line and soft shoulders: width factor, depth factor.
_PROFILE = ((0.75, 0.6), (2.2, 0.4))


@dataclass(frozen=True)
class Wrinkles:
    """One group: what each shape key deepens it by, and its lines drawn (512, 512), 0..1, from below."""

    name: str
    level: Mapping[str, float]
    picture: NDArray[np.float32]


def read_wrinkles() -> tuple[Wrinkles, ...]:
    """All groups of wrinkles.json, drawn."""
    text = Path(__file__).with_name("wrinkles.json").read_text(encoding="utf-8")
    groups: Mapping[str, Any] = json.loads(text)["groups"]
    return tuple(
        Wrinkles(name, entry["level"], _draw(entry["lines"])) for name, entry in groups.items()
    )


def _draw(lines: list[Mapping[str, Any]]) -> NDArray[np.float32]:
    picture = np.zeros((SIDE_PIXELS, SIDE_PIXELS), np.float32)
    for line in lines:
        for side in (1.0, -1.0):
            points = _along(np.array(line["points"], float) * (side, 1.0))
            for point, depth in zip(points, _tapered(points, line["depth"]), strict=True):
                _stamp(picture, point, line["width"], depth)
    return picture


def _along(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points every 0.4 mm on a smooth curve through the corners (Catmull and Rom 1974); (n, 2)."""
    ends = 2 * corners[0] - corners[1], 2 * corners[-1] - corners[-2]
    knots = np.concatenate([ends[0][None], corners, ends[1][None]])
    points = []
    for before, start, end, after in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        count = max(2, int(np.hypot(*(end - start)) / _STEP_MILLIMETRES))
        t = np.linspace(0.0, 1.0, count, endpoint=False)[:, None]
        points.append(
            start
            + 0.5 * t * (end - before)
            + t**2 * (before - 2.5 * start + 2 * end - 0.5 * after)
            + t**3 * (1.5 * (start - end) + 0.5 * (after - before))
        )
    return np.concatenate([*points, corners[-1:]])


def _tapered(points: NDArray[np.float64], depth: float) -> NDArray[np.float64]:
    """Depth along a line: it fades out over a third at its ends, not where it meets its mirror image."""
    t = np.linspace(0.0, 1.0, len(points))
    fade = np.clip(3.0 * (1.0 - t), 0.0, 1.0)
    if points[0, 0] != 0.0:
        fade *= np.clip(3.0 * t + 0.2, 0.0, 1.0)
    return np.asarray(depth * np.sin(0.5 * np.pi * fade))


def _stamp(
    picture: NDArray[np.float32], point: NDArray[np.float64], width: float, depth: float
) -> None:
    """Press one round dent into the picture; where dents meet the deeper one counts."""
    per_millimetre = SIDE_PIXELS / SIDE_MILLIMETRES
    middle = (point - LOW_CORNER_MILLIMETRES) * per_millimetre
    reach = int(3 * width * _PROFILE[-1][0] * per_millimetre) + 1
    low = np.maximum((middle - reach).astype(int), 0)
    high = np.minimum(low + 2 * reach + 1, SIDE_PIXELS)
    x = np.arange(low[0], high[0]) + 0.5 - middle[0]
    z = np.arange(low[1], high[1]) + 0.5 - middle[1]
    away = (x[None, :] ** 2 + z[:, None] ** 2) / per_millimetre**2
    dent = sum(share * np.exp(-0.5 * away / (factor * width) ** 2) for factor, share in _PROFILE)
    place = picture[low[1] : high[1], low[0] : high[0]]
    np.maximum(place, (depth * dent).astype(np.float32), out=place)
