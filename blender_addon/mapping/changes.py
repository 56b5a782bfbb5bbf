# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to a character's own mapping, each of them whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..rigs.links import Link, Rig
from ..rigs.sources import SOURCES
from . import data, stored

OWN = "Own mapping"


def replace_sources(
    target: Any, links_of: Mapping[str, Sequence[Link]], filled: Collection[str] = ()
) -> None:
    """Let these sources do what is given, in place of what they did before.

    Links of other sources are kept as they are, switched off or not. `filled` are those of the
    given sources whose links were made of other channels.
    """
    place = data.place_of(target)
    before = (
        [(link, item.enabled, item.filled) for item, link in stored.links_in(place)]
        if place
        else [(link, True, False) for link in stored.detected(target).links]
    )
    kept = [row for row in before if row[0].source not in links_of]
    new = [(link, True, source in filled) for source, links in links_of.items() for link in links]
    rows = sorted(kept + new, key=lambda row: _order(row[0].source))
    links = agreed([row[0] for row in rows])
    neutral = place.neutral if place else ""
    family = place.family if place else stored.detected(target).family
    place = stored.store(target, Rig(family or OWN, tuple(links), ()))
    place.neutral = neutral
    for item, (_, enabled, was_filled) in zip(place.links, rows, strict=True):
        item.enabled, item.filled = enabled, was_filled


def agreed(links: Sequence[Link]) -> list[Link]:
    """Links of one target agree on its rest, range and combination: the first says, the range widens."""
    groups: dict[tuple[Any, ...], list[Link]] = {}
    for link in links:
        groups.setdefault((link.owner, link.kind, link.target, link.index), []).append(link)
    same = {}
    for target, group in groups.items():
        same[target] = {
            "rest": group[0].rest,
            "low": min(link.low for link in group),
            "high": max(link.high for link in group),
            "combine": group[0].combine,
            "stepped": group[0].stepped,
        }
    return [replace(link, **same[link.owner, link.kind, link.target, link.index]) for link in links]


def _order(source: str) -> int:
    return SOURCES.index(source) if source in SOURCES else len(SOURCES)
