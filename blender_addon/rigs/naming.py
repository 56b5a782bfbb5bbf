# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what tables name among a character's offers, in whatever spelling, on every part of it."""

from __future__ import annotations

from collections.abc import Iterable

from .offer import Offer
from .spelling import forms, normalised

# An offer, and how far its spelling is from the table's: 0 the same, 1 normalised, 2 ... shortened.
Ranked = tuple[int, Offer]


class Names:
    """Offers by name.

    A name is found once on each part (two meshes with `jawOpen` are both driven), there in the
    spelling closest to the table's; of two equally close the first.
    """

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._found: dict[str, dict[tuple[int, str], Ranked]] = {}
        for offer in offers:
            if offer.held:
                continue
            for rank, form in enumerate(("=" + offer.name, *forms(offer.name))):
                part = (id(offer.owner), offer.kind)
                best = self._found.setdefault(form, {})
                if part not in best or rank < best[part][0]:
                    best[part] = (rank, offer)

    def find(self, spellings: Iterable[str]) -> tuple[Offer, ...]:
        """The offers that go by one of `spellings`, one a part; the first spelling found wins."""
        for name in spellings:
            best = dict(self._found.get(normalised(name), {}))
            best.update(self._found.get("=" + name, {}))
            if best:
                return tuple(offer for _, offer in best.values())
        return ()
