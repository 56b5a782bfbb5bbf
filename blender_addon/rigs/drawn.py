# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawn mouths -> links that step.

Shape keys, objects and layers of which one shows at a time, or a number that chooses the mouth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .families import Family
from .links import MAXIMUM, PROPERTY, SHAPE_KEY, SUM, Link
from .naming import Names
from .offer import KEY, LAYER, OBJECT, VALUE, Offer
from .sources import MOUTHS
from .spelling import COPY, plain

Links = dict[str, tuple[Link, ...]]
REST = "mouth_X"


def fit_swap(family: Family, offers: Sequence[Offer]) -> Links:
    """Source -> links; the mouths of the kind (keys, objects or layers) that most are drawn in."""
    best: dict[str, tuple[Offer, ...]] = {}
    for kind in (LAYER, OBJECT, KEY):
        shown = _shown(family, [offer for offer in offers if offer.kind == kind])
        if len(set(shown.values())) > len(set(best.values())):
            best = shown
    links: dict[str, list[Link]] = {source: [] for source in best}
    for drawings in dict.fromkeys(best.values()):
        for drawing in drawings:
            own = [source for source in best if drawing in best[source]]
            for link in _showing(drawing, own, list(best), drawing in best.get(REST, ())):
                links[link.source].append(link)
    return {source: tuple(each) for source, each in links.items() if each}


def fit_frame(family: Family, offers: Sequence[Offer]) -> Links:
    """Source -> links of the first number that chooses the mouth."""
    numbers = [offer for offer in offers if offer.kind == VALUE and offer.whole]
    names = Names(numbers)
    target = next(iter(next(iter(family.sources.values()))[0]))
    found = names.find(family.spellings(target))
    if not found:
        return {}
    number = found[0]
    frames = _frames(int(number.high - number.low) + 1)
    rest = number.low + frames[REST]
    return {
        source: (
            Link(
                source,
                PROPERTY,
                number.owner,
                number.path,
                number.index,
                weight=number.low + frames[source] - rest,
                rest=rest,
                low=number.low,
                high=number.high,
                combine=SUM,
                stepped=True,
            ),
        )
        for source in MOUTHS
        if frames[source] != frames[REST]
    }


def _shown(family: Family, offers: Iterable[Offer]) -> dict[str, tuple[Offer, ...]]:
    """Source -> what shows its mouth; empty where the table does not fit."""
    names: dict[str, list[Offer]] = {}
    for offer in offers:
        for form in _bare(offer.name, family.prefixes) if not offer.held else ():
            names.setdefault(form, []).append(offer)

    def drawn(target: str) -> list[Offer]:
        spelled = (names.get(plain(name)) for name in family.spellings(target))
        return next((found for found in spelled if found), [])

    if not any(all(map(drawn, group)) for group in family.needs):
        return {}
    shown: dict[str, tuple[Offer, ...]] = {}
    for source, alternatives in family.sources.items():
        alternative = next((each for each in alternatives if all(map(drawn, each))), None)
        if alternative is not None:
            every = (offer for target in alternative for offer in drawn(target))
            shown[source] = tuple(dict.fromkeys(every))
    return shown


def _bare(name: str, prefixes: tuple[str, ...]) -> set[str]:
    """Plain spellings of `name`, with and without one of the words before it; L is no side here."""
    found = {plain(name), plain(re.split(r"[:|]", name)[-1]), plain(COPY.sub("", name))}
    for form in tuple(found):
        for start in map(plain, prefixes):
            if form.startswith(start) and len(form) > len(start):
                found.add(form[len(start) :])
    return found


def _showing(drawing: Offer, own: list[str], every: list[str], at_rest: bool) -> list[Link]:
    """Links that show `drawing` while a source of its `own` is 1, and hide it else.

    The mouth that shows at rest is hidden by the others instead, so that outside of a take there is
    a mouth in the face.
    """
    if drawing.kind == KEY:
        return [
            Link(
                source,
                SHAPE_KEY,
                drawing.owner,
                drawing.path,
                low=drawing.low,
                high=drawing.high,
                combine=MAXIMUM,
                stepped=True,
            )
            for source in own
        ]
    paths = ("hide_viewport", "hide_render") if drawing.kind == OBJECT else (drawing.path,)
    sources = [source for source in every if source not in own] if at_rest else own
    # What hides it while a source is 1, less what hides it at rest.
    weight, rest = (1.0, 0.0) if at_rest else (-1.0, 1.0)
    return [
        Link(
            source,
            PROPERTY,
            drawing.owner,
            path,
            weight=weight,
            rest=rest,
            combine=MAXIMUM,
            stepped=True,
        )
        for path in paths
        for source in sources
    ]


def _frames(count: int) -> dict[str, int]:
    """Mouth -> its place counted from 0, with Rhubarb's stand-ins where there are fewer than nine."""
    places = {source: place for place, source in enumerate(MOUTHS)}
    for source, stand_in in (("mouth_G", "mouth_A"), ("mouth_H", "mouth_C"), (REST, "mouth_A")):
        if places[source] >= count:
            places[source] = places[stand_in]
    return {source: min(place, count - 1) for source, place in places.items()}
