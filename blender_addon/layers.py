# SPDX-License-Identifier: GPL-3.0-or-later
"""A performance on a rig, as layers of curves that add up.

The base holds every number that the take moves at its rest. Lips, expression, gaze and head add
what they move it by, each on a track of its own, so that any of them can be muted, weakened or
edited alone. Expression is what the mix differs from the lips by: together they give the mix
exactly, and between any two strengths of it lips that meet in both go on meeting, since shape keys
add in straight lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import spots
from .rigs.links import TRANSFORM, Link
from .rigs.sources import (
    EXPRESSION,
    GAZE,
    GAZE_ANGLES,
    HEAD,
    HEAD_ANGLES,
    LIPS,
    SOURCES,
    layer_of,
)
from .rigs.values import target_values

BASE = "BASE"
# From the lowest track to the highest.
ORDER = (BASE, LIPS, EXPRESSION, GAZE, HEAD)
LABELS = {
    BASE: "Base",
    LIPS: "Lips",
    EXPRESSION: "Expression",
    GAZE: "Gaze",
    HEAD: "Head",
}
# A number that stays this near to its rest, as a share of its span, moves nothing that can be seen.
AT_REST = 1e-4
PARTS = ("location", "rotation", "scale")
ANGLES = (*HEAD_ANGLES, *GAZE_ANGLES)
# Radians that heads and eyes turn at the most in a performance.
ANGLE_REACH = 0.35

Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Curve:
    """One animated number of one layer.

    Attributes:
        datablock, path, index: where it lives.
        layer: one of ORDER.
        values: (T,) on every frame; (1,) where it rests throughout.
        span: what it travels when its source goes from 0 to 1.
        stepped: it jumps from value to value.
        sources: columns of the performance that move it.
    """

    datablock: Any
    path: str
    index: int
    layer: str
    values: np.ndarray
    span: float
    stepped: bool
    sources: frozenset[str]


def layered(
    links: Iterable[Link], mix: Columns, lips: Columns, rest: Mapping[Any, Mapping[str, Any]]
) -> list[Curve]:
    """Curves of all layers, those of the base with one value each.

    Args:
        links: of the rig.
        mix: source -> (T,) of the final face.
        lips: source -> (T,) of the speaking mouth alone.
        rest: data-block -> RNA path -> value without Mien, for all `paths_of(links)`.
    """
    links = tuple(links)
    count = len(next(iter(mix.values())))
    parts = {
        LIPS: _only(lips, (LIPS, EXPRESSION), count),
        EXPRESSION: _only(mix, (LIPS, EXPRESSION), count),
        GAZE: _only(mix, (GAZE,), count),
        HEAD: _only(mix, (HEAD,), count),
    }
    spans = _spans(links)
    sources = _sources(links)
    resting = _numbers(links, {"": np.zeros(1, np.float32)}, rest, spans)
    found = {layer: _numbers(links, part, rest, spans) for layer, part in parts.items()}
    curves = [
        curve
        for spot, numbers in resting.items()
        for curve in _curves(BASE, numbers, numbers.values, sources=sources[spot])
    ]
    for layer, moved in found.items():
        below = found[LIPS] if layer == EXPRESSION else resting
        for spot, numbers in moved.items():
            added = numbers.values - below[spot].values
            curves += [
                curve
                for curve in _curves(layer, numbers, added, sources=sources[spot])
                if np.abs(curve.values).max() > AT_REST * numbers.span
            ]
    return curves


def paths_of(links: Iterable[Link]) -> dict[Any, set[str]]:
    """Data-block -> RNA paths that the links may move."""
    found: dict[Any, set[str]] = {}
    for link in links:
        datablock, path = spots.place_of(link)
        paths = {path}
        if link.kind == TRANSFORM:
            named = spots.transform_paths(datablock, path)
            paths = {named[part] for part in named if any(getattr(link.pose, part))}
        found.setdefault(datablock, set()).update(paths)
    return found


def layers_of(links: Iterable[Link]) -> dict[Any, set[str]]:
    """Data-block -> the layers that a take may have on it, the base among them."""
    found: dict[Any, set[str]] = {}
    for link in links:
        datablock, _ = spots.place_of(link)
        own = layer_of(link.source)
        # What lips move, feelings move as well.
        found.setdefault(datablock, {BASE}).update({own, EXPRESSION} if own == LIPS else {own})
    return found


# Data-block, RNA path, first index.
_Spot = tuple[Any, str, int]
# Object, kind and name of a target.
_Target = tuple[Any, str, str]


def _only(columns: Columns, layers: tuple[str, ...], count: int) -> dict[str, np.ndarray]:
    """The columns of some layers, and one of zeros that says how many frames there are."""
    wanted = {
        name: column
        for name, column in columns.items()
        if name in SOURCES and layer_of(name) in layers
    }
    return {"": np.zeros(count, np.float32), **wanted}


def _numbers(
    links: tuple[Link, ...],
    columns: Columns,
    rest: Mapping[Any, Mapping[str, Any]],
    spans: Mapping[_Target, dict[str, float]],
) -> dict[_Spot, spots.Numbers]:
    found = {}
    for values in target_values(links, columns):
        datablock, _ = spots.place(values.kind, values.owner, values.target)
        span = spans[values.owner, values.kind, values.target]
        for numbers in spots.numbers(values, dict(rest.get(datablock, {})), span):
            found[datablock, numbers.path, numbers.first_index] = numbers
    return found


def _spans(links: tuple[Link, ...]) -> dict[_Target, dict[str, float]]:
    """What each part of a transform travels while one of its sources goes through its range."""
    spans: dict[_Target, dict[str, float]] = {}
    for link in links:
        parts = spans.setdefault((link.owner, link.kind, link.target), dict.fromkeys(PARTS, 1e-6))
        reach = abs(link.weight * link.gain) * (ANGLE_REACH if link.source in ANGLES else 1.0)
        for part in PARTS:
            far = reach * max(abs(number) for number in getattr(link.pose, part))
            parts[part] = max(parts[part], far)
    return spans


def _sources(links: tuple[Link, ...]) -> dict[_Spot, frozenset[str]]:
    """Where something lives -> the sources that move it."""
    found: dict[_Spot, set[str]] = {}
    for link in links:
        datablock, path = spots.place_of(link)
        if link.kind == TRANSFORM:
            paths = spots.transform_paths(datablock, path).values()
            places = [(datablock, where, 0) for where in paths]
        else:
            places = [(datablock, path, max(link.index, 0))]
        for place in places:
            found.setdefault(place, set()).add(link.source)
    return {place: frozenset(names) for place, names in found.items()}


def _curves(
    layer: str, numbers: spots.Numbers, rows: np.ndarray, *, sources: frozenset[str]
) -> list[Curve]:
    return [
        Curve(
            numbers.datablock,
            numbers.path,
            numbers.first_index + column,
            layer,
            rows[:, column],
            numbers.span,
            numbers.stepped,
            sources,
        )
        for column in range(rows.shape[1])
    ]
