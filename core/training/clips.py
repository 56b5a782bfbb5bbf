# SPDX-License-Identifier: Apache-2.0
"""Speech with what is known about the mouth that spoke it, from every source in one shape."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from ..motion.phones import CONTACT_PHONES, PHONES, STOPS
from . import emodb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
PERSON, ANIMATOR = "person", "animator"
# Envelope for the burst of a stop: 5 ms steps.
BURST_STEP = 80
BURST_EARLIEST_SHARE = 0.3
CLOSURE_SHARE_WITHOUT_BURST = 0.7
# Labels of phones are good to about this much: by hand or aligned in their own language, and aligned
# as look-alikes of English. Nearer to an edge than this, no contact is judged.
OWN_EDGE_SECONDS, FOREIGN_EDGE_SECONDS = 0.008, 0.02

Span = tuple[str, float, float]
Row = tuple[tuple[str, ...], float, float]


@dataclass(frozen=True, eq=False)
class Clip:
    """One utterance.

    Attributes:
        name: unique within its source.
        source: ``grid``, ``facegood``, ``synthetic``, ``foreign``, ``emodb`` or ``silence``.
        speaker: who speaks.
        samples: (N,) at 16 kHz.
        phones: (allowed indices into PHONES, start s, end s); what they leave free is silence, and
            an empty set means that nothing is known there.
        contacts: (gesture of CONTACTS, start s, end s).
        unsure: (gesture of CONTACTS, start s, end s) where nothing is known of it.
        edge_seconds: how far around its edges a contact is not judged.
        mouth: (T, C) channel values at `mouth_rate_hz`, from the clip's start; None if unknown.
        mouth_rate_hz: frames a second of `mouth`.
        mouth_known: (C,) which channels `mouth` says something of; None for all.
        is_lent: whether `mouth` was made from the phones.
        style: ``person`` or ``animator``: whose manner `mouth` shows.
    """

    name: str
    source: str
    speaker: str
    samples: Floats
    phones: tuple[tuple[tuple[int, ...], float, float], ...]
    contacts: tuple[Span, ...]
    unsure: tuple[Span, ...] = ()
    edge_seconds: float = OWN_EDGE_SECONDS
    mouth: Floats | None = None
    mouth_rate_hz: float = 25.0
    mouth_known: NDArray[np.bool_] | None = None
    is_lent: bool = False
    style: str = PERSON


def grid_clips(folder: Path, fitted: Any, phones: dict[str, Any], part: str) -> Iterator[Clip]:
    """GRID clips of one part that have phones and a found face.

    Args:
        folder: the corpus.
        fitted: the .npz of `fit_grid`, values in MOUTH_CHANNELS, and mouth_known (16,).
        phones: the JSON of `align_grid`.
        part: ``train`` or ``dev``.
    """
    values, found = fitted["values"], fitted["found"]
    for number, name in enumerate(fitted["clips"]):
        first, last = fitted["start"][number : number + 2]
        if fitted["part"][number] != part or name not in phones or not found[first:last].all():
            continue
        samples = read_samples(folder / "audio" / part / f"{name}.flac")
        clip = Clip(
            str(name),
            "grid",
            "s1",
            samples,
            (),
            (),
            mouth=values[first:last],
            mouth_known=fitted["mouth_known"],
        )
        yield _labelled(clip, _english_rows(phones[name]))


def synthetic_clips(folder: Path) -> Iterator[Clip]:
    """The lines of `synthesise`."""
    index = json.loads((folder / "phones.json").read_text(encoding="utf-8"))
    for name, entry in index.items():
        samples = read_samples(folder / f"{name}.flac")
        clip = Clip(name, "synthetic", entry["voice"], samples, (), ())
        yield _labelled(clip, _english_rows(entry["phones"]))


def foreign_clips(folder: Path) -> Iterator[Clip]:
    """The lines of `foreign`; nothing is said of sounds whose times are in doubt."""
    index = json.loads((folder / "phones.json").read_text(encoding="utf-8"))
    for name, entry in index.items():
        samples = read_samples(folder / f"{name}.flac")
        clip = Clip(
            name,
            "foreign",
            entry["voice"],
            samples,
            (),
            (),
            edge_seconds=FOREIGN_EDGE_SECONDS,
        )
        rows = [
            (tuple(allowed) if sure else (), start, end)
            for allowed, start, end, sure in entry["phones"]
        ]
        yield _labelled(clip, rows)


def emodb_clips(folder: Path) -> Iterator[Clip]:
    """Emo-DB with its hand labels, set right."""
    for clip in emodb.read_emodb(folder):
        phones = tuple((emodb.phone_set(label), a, b) for label, a, b in clip.segments if b > a)
        yield Clip(
            clip.name,
            "emodb",
            clip.speaker,
            read_samples(clip.audio),
            phones,
            tuple(emodb.contacts(clip)),
            unsure=tuple(emodb.unsure(clip)),
        )


def read_samples(path: Path) -> Floats:
    """A file's first channel; it must be at 16 kHz already."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != RATE_HZ:
        raise ValueError(f"{path} is at {rate} Hz, not {RATE_HZ}")
    return np.ascontiguousarray(samples[:, 0])


def _english_rows(rows: list[tuple[str, float, float]]) -> list[Row]:
    return [((label,), start, end) for label, start, end in rows]


def _labelled(clip: Clip, rows: list[Row]) -> Clip:
    phones = tuple((tuple(PHONES.index(p) for p in allowed), a, b) for allowed, a, b in rows)
    contacts, unsure = aligned_contacts(clip.samples, rows)
    return replace(clip, phones=phones, contacts=contacts, unsure=unsure)


def aligned_contacts(samples: Floats, rows: list[Row]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Contacts of aligned phones, and where they are unknown; a stop is closed only up to its burst.

    A contact is certain where all allowed phones make it, absent where none does, and otherwise
    unknown, as where nothing is said of the phone.
    """
    certain: list[Span] = []
    unsure: list[Span] = []
    for allowed, start, end in rows:
        for contact, members in CONTACT_PHONES.items():
            makers = members.intersection(allowed)
            if not allowed or (makers and len(makers) < len(allowed)):
                unsure.append((contact, start, end))
            elif makers:
                is_stop = STOPS.issuperset(allowed)
                certain.append(
                    (contact, start, burst_time(samples, start, end) if is_stop else end)
                )
    return tuple(certain), tuple(unsure)


def burst_time(samples: Floats, start: float, end: float) -> float:
    """When the lips part within an aligned stop: the steepest rise of the high frequencies.

    A stop without a clear burst (less than 6 dB in 10 ms) counts as closed for its first 70 %.
    """
    piece = samples[int(start * RATE_HZ) : int(end * RATE_HZ)]
    steps = len(piece) // BURST_STEP
    fallback = start + CLOSURE_SHARE_WITHOUT_BURST * (end - start)
    if steps < 6:
        return fallback
    high = np.diff(piece[: steps * BURST_STEP], prepend=piece[0]).reshape(steps, BURST_STEP)
    level = 10.0 * np.log10(np.square(high).mean(axis=1) + 1e-9)
    rise = level[2:] - level[:-2]
    earliest = int(BURST_EARLIEST_SHARE * steps)
    best = earliest + int(np.argmax(rise[earliest:]))
    if rise[best] < 6.0:
        return fallback
    return start + (best + 1) * BURST_STEP / RATE_HZ
