# SPDX-License-Identifier: Apache-2.0
"""What corrected phones change of a lip track: the stretches, the contacts, the mouth in them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..curves import Span
from .lip_contacts import CLOSED_SHARE, joined_contacts
from .phones import CONTACT_PHONES, PHONES, STOPS, VISEMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Stretches = Sequence[tuple[float, float]]

MOUTHS_PATH = Path(__file__).with_name("phone_mouths.json")
# Edges of phones that differ by less are one edge.
SAME_SECONDS = 1e-4


def changed_stretches(base: Sequence[Span], told: Sequence[Span]) -> list[tuple[float, float]]:
    """Seconds (start, end) in which other phones are told than before, in order."""
    edges = sorted({t for span in (*base, *told) for t in (span.start_seconds, span.end_seconds)})
    starts = [0.0, *edges]
    found: list[tuple[float, float]] = []
    before, after = iter_labels(base, starts), iter_labels(told, starts)
    for start, end, old, new in zip(starts, edges, before, after, strict=False):
        if old == new or end - start <= SAME_SECONDS:
            continue
        if found and start - found[-1][1] <= SAME_SECONDS:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def iter_labels(spans: Sequence[Span], moments: Sequence[float]) -> list[str | None]:
    """The label that is spoken from each of the sorted moments on; None in silence."""
    labels: list[str | None] = []
    at = 0
    for moment in moments:
        while at < len(spans) and spans[at].end_seconds <= moment:
            at += 1
        inside = at < len(spans) and spans[at].start_seconds <= moment
        labels.append(spans[at].label if inside else None)
    return labels


def corrected_contacts(
    contacts: Sequence[Span],
    base: Sequence[Span],
    told: Sequence[Span],
    changed: Stretches,
    names: Sequence[str],
) -> tuple[Span, ...]:
    """Contacts of a track whose phones are told anew.

    Phones that changed make their contacts at their own times, whatever the sound shows: who moves a
    boundary wants it there. Contacts of all other phones stay.

    Args:
        contacts: of the track, in order.
        base: its phones.
        told: the phones after the correction.
        changed: of `changed_stretches`.
        names: contacts that are wanted.
    """
    new = [span for span in told if _meets(span, changed)]
    redone = [(s.start_seconds, s.end_seconds) for s in (*new, *base) if _meets(s, changed)]
    spans: list[Span] = []
    for name in names:
        kept = [s for s in contacts if s.label == name and not _middle_in(s, redone)]
        made = [_contact(name, phone) for phone in new if phone.label in CONTACT_PHONES[name]]
        spans += joined_contacts([*kept, *made])
    return tuple(sorted(spans, key=lambda span: span.start_seconds))


def corrected_mouth(
    mouth: Floats, heard: Floats, told: Floats, changed: NDArray[np.bool_], names: tuple[str, ...]
) -> Floats:
    """The decoded mouth (T, C) with the told phones' own mouths where the sound speaks of others.

    Args:
        mouth: (T, C) channels `names`.
        heard: (T, 40) chances of PHONES in the sound.
        told: (T, 40) 1 for the phone that is told.
        changed: (T,) frames whose phones changed.
        names: of the channels.
    """
    alike = np.array([[_viseme(a) == _viseme(b) for b in PHONES] for a in PHONES], np.float32)
    agreed = np.clip(((told @ alike) * heard).sum(axis=1), 0.0, 1.0)
    weights = _eased(np.where(changed, 1.0 - agreed, 0.0)[:, None])
    mouths = _eased(told @ phone_mouths(names))
    return np.asarray(mouth + weights * (mouths - mouth), np.float32)


@cache
def phone_mouths(names: tuple[str, ...]) -> Floats:
    """(40, C) the usual mouth of each of PHONES, from phone_mouths.json."""
    table = json.loads(MOUTHS_PATH.read_text(encoding="utf-8"))["mouths"]
    return np.array([[table[phone][name] for name in names] for phone in PHONES], np.float32)


def _eased(curves: Floats | NDArray[np.float64]) -> Floats:
    """(T, C) under a bell of 0.18 s: as quickly as a mouth goes from one shape to the next."""
    taps = np.hanning(11)[1:-1]
    padded = np.pad(curves, ((4, 4), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(taps), axis=0)
    return np.asarray(windows @ (taps / taps.sum()), np.float32)


@cache
def _viseme(phone: str) -> str:
    return next(name for name, members in VISEMES.items() if phone in members)


def _contact(name: str, phone: Span) -> Span:
    share = CLOSED_SHARE if phone.label in STOPS else 1.0
    length = (phone.end_seconds - phone.start_seconds) * share
    return Span(name, phone.start_seconds, phone.start_seconds + length, phone.confidence)


def _meets(span: Span, stretches: Stretches) -> bool:
    return any(
        min(span.end_seconds, end) - max(span.start_seconds, start) > SAME_SECONDS
        for start, end in stretches
    )


def _middle_in(span: Span, stretches: Stretches) -> bool:
    middle = (span.start_seconds + span.end_seconds) / 2.0
    return any(start <= middle < end for start, end in stretches)
