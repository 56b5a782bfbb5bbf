# SPDX-License-Identifier: Apache-2.0
"""When lips and tongue tip touch: from the decoder's curves, or from phones that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..curves import Span
from .phones import BILABIAL, CONTACT_PHONES, LABIODENTAL, ROUNDING, STOPS, TONGUE_TIP
from .spans import threshold_spans, without_rivals

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# (enter, leave, shortest seconds) of each contact.
CONTACT_THRESHOLDS = {
    BILABIAL: (0.12, 0.1, 0.015),
    LABIODENTAL: (0.2, 0.15, 0.02),
    ROUNDING: (0.4, 0.3, 0.04),
    TONGUE_TIP: (0.4, 0.3, 0.015),
}
# Aligned text errs by up to this much; the sound within it decides about the edges.
SLIP_SECONDS = 0.06
# A contact that text promises is believed from here on.
FAINT = 0.1
# A stop of text that the sound does not show is taken as closed for this share, as in training.
CLOSED_SHARE = 0.7


def heard_contacts(curves: Floats, names: Sequence[str], frame_seconds: float) -> tuple[Span, ...]:
    """Contacts in the order of their starts.

    Lips touch each other or the teeth, not both: of two such spans at once the surer one stays.

    Args:
        curves: (T, len(names)) probabilities.
        names: contacts of the columns.
        frame_seconds: distance of frames.
    """
    spans: list[Span] = []
    for column, name in enumerate(names):
        enter, leave, shortest = CONTACT_THRESHOLDS[name]
        spans += threshold_spans(
            name,
            curves[:, column],
            frame_seconds,
            enter=enter,
            leave=leave,
            shortest_seconds=shortest,
        )
    certain = without_rivals(spans, (BILABIAL, LABIODENTAL))
    return tuple(sorted(certain, key=lambda s: s.start_seconds))


def told_contacts(
    phones: Sequence[Span],
    curves: Floats,
    names: Sequence[str],
    frame_seconds: float,
    unknown_seconds: Sequence[tuple[float, float]] = (),
) -> tuple[Span, ...]:
    """Contacts of known phones, with edges from the curves where these show them.

    Args:
        phones: ARPAbet spans in order.
        curves: (T, len(names)) probabilities.
        names: contacts of the columns.
        frame_seconds: distance of frames.
        unknown_seconds: (start, end) of stretches whose phones are not known after all; contacts
            there are as they are heard.

    Returns:
        One span for each known phone that makes a contact, and the heard ones; spans of one name
        that touch are joined.
    """
    known = [phone for phone in phones if not _lies_in(phone, unknown_seconds)]
    heard = heard_contacts(curves, names, frame_seconds) if unknown_seconds else ()
    spans: list[Span] = []
    for column, name in enumerate(names):
        curve = curves[:, column]
        own = [p for p in known if p.label in CONTACT_PHONES[name]]
        seen = [_seen(name, phone, curve, frame_seconds) for phone in own]
        free = [s for s in heard if s.label == name and _lies_in(s, unknown_seconds)]
        spans += joined_contacts([*seen, *free])
    return tuple(sorted(spans, key=lambda s: s.start_seconds))


def _seen(name: str, phone: Span, curve: Floats, frame_seconds: float) -> Span:
    """The contact of one phone: what the curve shows near it, or the phone's own time."""
    first = max(int((phone.start_seconds - SLIP_SECONDS) / frame_seconds), 0)
    stop = int((phone.end_seconds + SLIP_SECONDS) / frame_seconds) + 2
    near = threshold_spans(
        name, curve[first:stop], frame_seconds, enter=FAINT, leave=FAINT, shortest_seconds=0.0
    )
    offset = first * frame_seconds
    shown = [
        Span(name, s.start_seconds + offset, s.end_seconds + offset, s.confidence) for s in near
    ]
    shown = [s for s in shown if _shared_seconds(s, phone) > 0.0]
    if shown:
        return max(shown, key=lambda s: s.confidence)
    is_stop = phone.label in STOPS
    length = (phone.end_seconds - phone.start_seconds) * (CLOSED_SHARE if is_stop else 1.0)
    return Span(name, phone.start_seconds, phone.start_seconds + length, phone.confidence)


def _lies_in(span: Span, stretches: Sequence[tuple[float, float]]) -> bool:
    middle = (span.start_seconds + span.end_seconds) / 2.0
    return any(start <= middle < end for start, end in stretches)


def _shared_seconds(one: Span, other: Span) -> float:
    start = max(one.start_seconds, other.start_seconds)
    return min(one.end_seconds, other.end_seconds) - start


def joined_contacts(spans: list[Span]) -> list[Span]:
    """Spans of one label in order, those that touch made one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start_seconds):
        if not result or span.start_seconds > result[-1].end_seconds:
            result.append(span)
            continue
        last = result[-1]
        end = max(last.end_seconds, span.end_seconds)
        confidence = max(last.confidence, span.confidence)
        result[-1] = Span(last.label, last.start_seconds, end, confidence)
    return result
