# SPDX-License-Identifier: GPL-3.0-or-later
"""What a character offers -> its rig: which of a performance's columns moves what.

A face may fit several tables. For each region the table that covers most of it is taken, so that
nothing is said twice: mouth (speech), mood (corners of the mouth, cheeks), brows and lids, eyes, head.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable

from . import bone_links, drawn, eye_objects
from .families import BONES, FRAME, SWAP, Family, all_families
from .links import PROPERTY, SHAPE_KEY, Link, Rig
from .naming import Names
from .offer import KEY, VALUE, Offer
from .sources import CHANNELS, EMOTIONS, GAZE, GAZE_ANGLES, HEAD, MOUTHS, SOURCES, VISEMES, layer_of

UNKNOWN = "Unknown"
SPEECH, MOOD, BROWS, EYES, NECK = "SPEECH", "MOOD", "BROWS", "EYES", "NECK"
REGIONS = (SPEECH, MOOD, BROWS, EYES, NECK)
_MOOD_STARTS = ("mouthSmile", "mouthFrown", "mouthDimple", "cheekPuff")
# Against one channel of the 52. Fifteen visemes are less than the 25 channels of a whole mouth and
# more than a jaw with a smile; nine drawn mouths less again, and a whole emotion says what several
# channels of brows and lids would.
_WORTH = {
    **dict.fromkeys(CHANNELS, 1.0),
    **dict.fromkeys(VISEMES, 0.8),
    **dict.fromkeys(MOUTHS, 0.7),
    **dict.fromkeys(EMOTIONS, 0.5),
}
_ORDER = {source: place for place, source in enumerate(SOURCES)}

# Source -> its links.
Fit = dict[str, tuple[Link, ...]]


@functools.lru_cache(maxsize=16)
def detect(offers: tuple[Offer, ...]) -> Rig:
    """The rig that fits `offers`; without a fit one with no links and every channel missing."""
    fits = {family.name: fit for family in all_families() if (fit := _fit(family, offers))}
    kinds = {family.name: family.kind for family in all_families()}
    chosen: dict[str, str] = {}
    links: dict[str, tuple[Link, ...]] = {}
    for region in REGIONS:
        name = _best(region, fits, kinds)
        if name is None:
            continue
        chosen[region] = name
        for source, driven in fits[name].items():
            if region_of(source) == region:
                links[source] = (*links.get(source, ()), *driven)
    links.update(_turning_eyes(links, offers, fits, kinds))
    flat = tuple(
        link for source in sorted(links, key=_ORDER.__getitem__) for link in _once(links[source])
    )
    return Rig(_name(chosen, flat), _consistent(flat), missing(flat))


def region_of(source: str) -> str:
    """The part of the face that a source belongs to where tables compete."""
    layer = layer_of(source)
    if layer == HEAD:
        return NECK
    if layer == GAZE:
        return EYES
    if source.startswith(_MOOD_STARTS):
        return MOOD
    return SPEECH if layer == "LIPS" or source in MOUTHS else BROWS


def _fit(family: Family, offers: tuple[Offer, ...]) -> Fit:
    """Source -> links that the table gives; empty where what it needs is not there."""
    if family.kind == BONES:
        return bone_links.fit(family, offers)
    if family.kind == SWAP:
        return drawn.fit_swap(family, offers)
    if family.kind == FRAME:
        return drawn.fit_frame(family, offers)
    return _fit_names(family, _names(offers))


@functools.lru_cache(maxsize=2)
def _names(offers: tuple[Offer, ...]) -> Names:
    return Names(offer for offer in offers if offer.kind in {KEY, VALUE} and not offer.whole)


def _fit_names(family: Family, names: Names) -> Fit:
    def found(target: str, weight: float = 1.0) -> tuple[Offer, ...]:
        every = names.find(family.spellings(target))
        return tuple(offer for offer in every if _goes(offer, weight))

    if family.needs and not any(all(map(found, group)) for group in family.needs):
        return {}
    fit: Fit = {}
    for source, alternatives in family.sources.items():
        for alternative in alternatives:
            targets = [(weight, found(target, weight)) for target, weight in alternative.items()]
            if all(offers for _, offers in targets):
                fit[source] = tuple(
                    _link(source, offer, weight, family.combine)
                    for weight, offers in targets
                    for offer in offers
                )
                break
    return fit


def _goes(offer: Offer, weight: float) -> bool:
    """Whether the range leaves room that way: brows go down by a negative weight only below 0."""
    return (offer.high > 0.0) if weight * offer.scale > 0.0 else (offer.low < 0.0)


def _link(source: str, offer: Offer, weight: float, combine: str) -> Link:
    return Link(
        source,
        SHAPE_KEY if offer.kind == KEY else PROPERTY,
        offer.owner,
        offer.path,
        offer.index,
        weight=weight * offer.scale,
        rest=0.0 if offer.kind == KEY else offer.rest,
        low=offer.low,
        high=offer.high,
        combine=combine,
    )


def _best(region: str, fits: dict[str, Fit], kinds: dict[str, str]) -> str | None:
    """The table that covers most of a region; of two alike the one that covers more of the face."""
    worth = {
        name: (
            sum(_worth(source, kinds[name]) for source in fit if region_of(source) == region),
            len(fit),
        )
        for name, fit in fits.items()
    }
    name = max(worth, key=worth.__getitem__, default=None)
    return name if name is not None and worth[name][0] > 0 else None


def _worth(source: str, kind: str) -> float:
    """Keys before bones where both say the same; an angle moves both eyes, or the whole head."""
    return _WORTH.get(source, 2.0) * (0.9 if kind == BONES else 1.0)


def _turning_eyes(
    links: Fit, offers: tuple[Offer, ...], fits: dict[str, Fit], kinds: dict[str, str]
) -> Fit:
    """Links that turn eyeballs by bones or as objects, where no shape key turns them.

    Keys that follow the gaze may be lids alone: of Ready Player Me, Character Creator and MPFB they
    are on the head, while the eyes are meshes of their own. So what counts is whether the meshes
    of the eyeballs are among those with such keys.
    """
    looking = {
        getattr(link.owner, "name", link.owner)
        for source, driven in links.items()
        if source.startswith("eyeLook")
        for link in driven
    }
    if not looking and "gazeYaw" in links:
        return {}
    boned = {name: fit for name, fit in fits.items() if kinds[name] == BONES}
    name = _best(EYES, boned, kinds)
    if name is not None:
        turning = {source: boned[name][source] for source in GAZE_ANGLES if source in boned[name]}
        balls = {skin for bone in offers if bone_links.is_eye(bone) for skin in bone.skins}
    else:
        turning = eye_objects.fit(offers)
        balls = {
            getattr(link.owner, "name", link.owner) for each in turning.values() for link in each
        }
    return {} if looking and (not balls or balls & looking) else turning


def _once(links: Iterable[Link]) -> list[Link]:
    """Links without those whose target the same source already moves (meshes driven by one value)."""
    first: dict[tuple[object, ...], Link] = {}
    for link in links:
        first.setdefault((id(link.owner), link.kind, link.target, link.index), link)
    return list(first.values())


def _consistent(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Links of one target with one rule, range and rest, those of its first link."""
    first: dict[tuple[object, ...], Link] = {}
    same = []
    for link in links:
        lead = first.setdefault((id(link.owner), link.kind, link.target, link.index), link)
        same.append(dataclasses.replace(link, combine=lead.combine, rest=lead.rest))
    return tuple(same)


def _name(chosen: dict[str, str], links: tuple[Link, ...]) -> str:
    """The tables of mouth and brows; of a rig without a face those of its eyes or head."""
    face = [chosen[region] for region in (SPEECH, BROWS) if region in chosen]
    names = dict.fromkeys(face or [chosen[r] for r in (MOOD, EYES, NECK) if r in chosen])
    return " + ".join(names) if links else UNKNOWN


def missing(links: Iterable[Link]) -> tuple[str, ...]:
    """Channels of Apple's 52 that none of `links` hears, in Apple's order; eyes that turn by angles need no channel."""
    moving = {link.source for link in links}
    turning = not moving.isdisjoint(GAZE_ANGLES)
    return tuple(
        channel
        for channel in CHANNELS
        if channel not in moving and not (turning and channel.startswith("eyeLook"))
    )
