# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions of the face that can be made again alone, and which curves belong to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import layers, spots
from .rigs.links import TRANSFORM, Link
from .rigs.sources import EXPRESSION, GAZE, HEAD, LIPS, layer_of

SPEECH, BROWS, EYES, CHEEKS, MOUTH = "SPEECH", "BROWS", "EYES", "CHEEKS", "MOUTH"
# Identifier, label, description.
REGIONS = (
    (SPEECH, "Speech", "What the lips say"),
    (MOUTH, "Mouth", "What the feeling does to lips, corners and jaw"),
    (CHEEKS, "Cheeks and Nose", "Cheeks and nose"),
    (EYES, "Lids", "Blinks and lids"),
    (BROWS, "Brows", "Brows"),
    (GAZE, "Gaze", "Where the eyes look"),
    (HEAD, "Head", "Head motion"),
)
EVERY = frozenset(name for name, _, _ in REGIONS)
_OF_EXPRESSION = (
    (("brow",), BROWS),
    (("eye",), EYES),
    (("cheekSquint", "nose"), CHEEKS),
)


def regions_of(links: Iterable[Link]) -> dict[tuple[Any, str, str], frozenset[str]]:
    """Data-block, RNA path and layer -> the regions that a curve there belongs to."""
    found: dict[tuple[Any, str, str], set[str]] = {}
    for link in links:
        datablock, path = spots.place_of(link)
        paths = [path]
        if link.kind == TRANSFORM:
            paths = list(spots.transform_paths(datablock, path).values())
        for layer, region in _regions(link.source):
            for where in paths:
                found.setdefault((datablock, where, layer), set()).add(region)
    return {spot: frozenset(regions) for spot, regions in found.items()}


def _regions(source: str) -> list[tuple[str, str]]:
    """Layer and region of what a source moves."""
    layer = layer_of(source)
    if layer in {GAZE, HEAD}:
        return [(layer, layer)]
    if layer == LIPS:
        return [(LIPS, SPEECH), (EXPRESSION, MOUTH)]
    if source.startswith("emotion_"):
        return [(layers.EXPRESSION, region) for region in (MOUTH, CHEEKS, EYES, BROWS)]
    region = next(
        (name for starts, name in _OF_EXPRESSION if source.startswith(starts)),
        MOUTH,
    )
    return [(EXPRESSION, region)]
