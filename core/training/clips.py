# SPDX-License-Identifier: Apache-2.0
"""Speech with what is known about the mouth that spoke it, from every source in one shape."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from ..motion.phones import BILABIAL, CONTACT_PHONES, PHONES, SILENCE
from . import augment, emodb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
# Envelope for the burst of a stop: 5 ms steps.
BURST_STEP = 80
BURST_EARLIEST_SHARE = 0.3
CLOSURE_SHARE_WITHOUT_BURST = 0.7
SILENT_SETS = frozenset({(PHONES.index(SILENCE),)})


@dataclass(frozen=True, eq=False)
class Clip:
    """One utterance.

    Attributes:
        name: unique within its source.
        source: ``grid``, ``synthetic`` or ``emodb``.
        speaker: who speaks.
        samples: (N,) at 16 kHz.
        phones: (allowed indices into PHONES, start s, end s); what they leave free is silence, and
            an empty set means that nothing is known there.
        contacts: (gesture of CONTACTS, start s, end s).
        mouth: (T, C) channel values at `mouth_rate_hz`, from the clip's start; None if unknown.
        mouth_rate_hz: frames a second of `mouth`.
    """

    name: str
    source: str
    speaker: str
    samples: Floats
    phones: tuple[tuple[tuple[int, ...], float, float], ...]
    contacts: tuple[tuple[str, float, float], ...]
    mouth: Floats | None = None
    mouth_rate_hz: float = 25.0


def grid_clips(folder: Path, fitted: Any, phones: dict[str, Any], part: str) -> Iterator[Clip]:
    """GRID clips of one part that have phones and a found face.

    Args:
        folder: the corpus.
        fitted: the .npz of `fit_grid`.
        phones: the JSON of `align_grid`.
        part: ``train`` or ``dev``.
    """
    values, found = fitted["values"], fitted["found"]
    for number, name in enumerate(fitted["clips"]):
        first, last = fitted["start"][number : number + 2]
        if fitted["part"][number] != part or name not in phones or not found[first:last].all():
            continue
        samples = read_samples(folder / "audio" / part / f"{name}.flac")
        clip = Clip(str(name), "grid", "s1", samples, (), (), values[first:last])
        yield _aligned_clip(clip, phones[name])


def synthetic_clips(folder: Path) -> Iterator[Clip]:
    """The lines of `synthesise`."""
    index = json.loads((folder / "phones.json").read_text(encoding="utf-8"))
    for name, entry in index.items():
        samples = read_samples(folder / f"{name}.flac")
        clip = Clip(name, "synthetic", entry["voice"], samples, (), ())
        yield _aligned_clip(clip, entry["phones"])


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
        )


def silence_clips(count: int = 60) -> Iterator[Clip]:
    """Stretches without speech: digital silence, noise of any level, and plain music of tones."""
    for number in range(count):
        generator = np.random.default_rng(number)
        length = int(generator.uniform(2.0, 10.0) * RATE_HZ)
        if number % 4 == 0:
            samples = np.zeros(length, np.float32)
        elif number % 4 == 1:
            samples = augment.tune(length, generator)
        else:
            level = 10.0 ** (generator.uniform(-90.0, -20.0) / 20.0)
            samples = augment.noise(length, generator) * np.float32(level)
        yield Clip(f"silence{number}", "silence", "nobody", samples, (), ())


def read_samples(path: Path) -> Floats:
    """A file's first channel; it must be at 16 kHz already."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    if rate != RATE_HZ:
        raise ValueError(f"{path} is at {rate} Hz, not {RATE_HZ}")
    return np.ascontiguousarray(samples[:, 0])


def _aligned_clip(clip: Clip, rows: list[tuple[str, float, float]]) -> Clip:
    phones = tuple(((PHONES.index(label),), start, end) for label, start, end in rows)
    return replace(clip, phones=phones, contacts=aligned_contacts(clip.samples, rows))


def aligned_contacts(
    samples: Floats, rows: list[tuple[str, float, float]]
) -> tuple[tuple[str, float, float], ...]:
    """Lip gestures of aligned phones: a stop is closed only up to its burst."""
    found = []
    for label, start, end in rows:
        for contact, members in CONTACT_PHONES.items():
            if label not in members:
                continue
            is_stop = contact == BILABIAL and label != "M"
            found.append((contact, start, burst_time(samples, start, end) if is_stop else end))
    return tuple(found)


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
