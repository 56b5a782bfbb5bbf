# SPDX-License-Identifier: GPL-3.0-or-later
"""Channels that were not posed, made of posed ones: fill.json says of which, and how much."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..rigs.links import PROPERTY, TRANSFORM, Link
from ..rigs.sources import CHANNELS
from . import changes, data, stored

# Channel -> alternatives, each of them source -> weight.
Table = Mapping[str, Sequence[Mapping[str, float]]]


@functools.cache
def table() -> Table:
    """The table of this folder, read once."""
    path = Path(__file__).with_name("fill.json")
    return dict(json.loads(path.read_text(encoding="utf-8"))["channels"])


def fill(target: Any) -> tuple[str, ...]:
    """Fill what `target`'s own mapping leaves still; returns the channels that were filled.

    Earlier fillings are made anew, so they follow what was posed since.
    """
    place = stored.own(target)
    links = [
        link
        for item in place.links
        if item.enabled and not item.filled and (link := stored.link_of(item)).owner
    ]
    made = filled(links, table())
    former = {item.source: [] for item in place.links if item.filled}
    changes.replace_sources(target, former | made, filled=made)
    return tuple(made)


def filled_sources(target: Any) -> frozenset[str]:
    """The sources of `target`'s own mapping that were filled."""
    place = data.place_of(target)
    links = place.links if place is not None else ()
    return frozenset(item.source for item in links if item.filled)


def filled(links: Sequence[Link], filling: Table) -> dict[str, list[Link]]:
    """Channel -> links for those of the 52 that `links` leave still and `filling` can make."""
    by_source: dict[str, list[Link]] = {}
    for link in links:
        by_source.setdefault(link.source, []).append(link)
    made = {}
    for channel in CHANNELS:
        if channel in by_source or (channel.startswith("eyeLook") and "gazeYaw" in by_source):
            continue
        recipe = next(
            (each for each in filling.get(channel, ()) if each.keys() <= by_source.keys()), None
        )
        if recipe is None:
            continue
        parts = [
            replace(link, source=channel, weight=link.weight * weight)
            for source, weight in recipe.items()
            for link in by_source[source]
            if weight > 0.0 or _goes_both_ways(link)
        ]
        if parts:
            made[channel] = _merged(parts)
    return made


def _goes_both_ways(link: Link) -> bool:
    """Whether a target can go the other way from its rest: most shape keys cannot."""
    if link.kind == TRANSFORM:
        return True
    rest = link.rest if link.kind == PROPERTY else 0.0
    return link.low < rest < link.high


def _merged(links: Sequence[Link]) -> list[Link]:
    """Links with one weight for a target that several of them name; poses stay apart."""
    found: dict[tuple[Any, ...], Link] = {}
    for link in links:
        target = (link.owner, link.kind, link.target, link.index, link.pose)
        former = found.get(target)
        weight = link.weight + former.weight if former else link.weight
        found[target] = replace(link, weight=weight)
    return list(found.values())
