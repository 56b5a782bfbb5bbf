# SPDX-License-Identifier: Apache-2.0
"""The first half of the road: a sound becomes what was heard in it, and what the lips say.

Nothing here depends on feelings, seeds or frame rates, so that one hearing serves many directions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .corrections import Corrections, corrected_phones, corrected_words, in_range
from .curves import Floats, Span, shifted
from .kept import Kept
from .mixing.lip_layer import silent
from .motion.lips import FRAME_SECONDS, LipTrack
from .performance_meta import audio_entry
from .progress import Report, road_part, within
from .speech.audio import load_speech
from .speech.prosody import Prosody, measure_prosody
from .text.align import TextTimes, align_words
from .text.pronunciation import load_lexicon

if TYPE_CHECKING:
    from .loaded import Models
    from .text.words import Word

# The lip net sees 0.9 s, and phones at an edge are settled by those beyond it.
_SEEN_SECONDS = 2.0
# Where a text is given, the share of the lips' stage at which its sounds are heard; then it is found.
_HEARD_END = 0.5


@dataclass(frozen=True, eq=False)
class Heard:
    """What was heard in a sound.

    Attributes:
        prosody: how the voice goes.
        features: (N, 384) of the speech encoder, 50 Hz.
        audio: where the sound came from and what was read of it, for the performance's meta.
        duration_seconds: length of the clip.
    """

    prosody: Prosody
    features: Floats
    audio: dict[str, Any]
    duration_seconds: float


@dataclass(frozen=True, eq=False)
class Spoken:
    """What the lips do with what was heard.

    Attributes:
        track: of the lips, with phones and contacts.
        words: of the text or of corrections, in order; none without either.
        told: where the words of the text lie; None without a text.
        corrections: what was put right by hand.
    """

    track: LipTrack
    words: tuple[Span, ...]
    told: TextTimes | None
    corrections: Corrections


def hear(
    audio_path: Path | str,
    models: Models,
    report: Report,
    *,
    start_seconds: float = 0.0,
    duration_seconds: float | None = None,
    name: str | None = None,
) -> Heard:
    """Listen to a range of a sound file.

    Args:
        audio_path: any file that `core.speech.audio.load_speech` reads.
        models: encoder and pitch are used.
        report: called with 0..1 and the stage's name; it may raise Cancelled.
        start_seconds: start of the range in the file.
        duration_seconds: its length; None for the rest of the file.
        name: name of the strip, for messages.

    Raises:
        MienError: from reading the sound.
    """
    speech = load_speech(
        audio_path,
        start_seconds,
        duration_seconds,
        name=name,
        on_progress=road_part(report, "reading"),
    )
    listening = road_part(report, "listening")
    prosody = measure_prosody(speech.samples, models.pitch, within(listening, 0.0, 0.3))
    features = models.encoder.encode(speech.samples, within(listening, 0.3, 1.0))
    audio = audio_entry(speech, audio_path, start_seconds)
    return Heard(prosody, features, audio, speech.duration_seconds)


def speak(
    heard: Heard,
    models: Models,
    articulation: float,
    report: Report,
    *,
    words: Sequence[Word] | None = None,
    corrections: Corrections | None = None,
    near_seconds: tuple[float, float] | None = None,
    kept: Kept | None = None,
) -> Spoken:
    """What the lips do: the lip net's curves, the text found in them, and what was put right by hand.

    Args:
        heard: of the sound.
        models: lip decoder and dictionary are used.
        articulation: 0..2 of the direction.
        report: called with 0..1 and the stage's name; it may raise Cancelled.
        words: of the text, or None: the lips follow the sound alone.
        corrections: phones and words that take the place of those.
        near_seconds: stretch that is enough; the result may then hold no more than that, as it is in
            the whole. None: all.
        kept: what was made of this sound before.

    Raises:
        MienError: a text that is not what is heard, a correction that lies outside the sound.
    """
    kept, corrections = kept or Kept(0), corrections or Corrections()
    in_range(corrections, heard.duration_seconds)
    said = None if words is None else tuple(words)
    lips = road_part(report, "lips")
    is_plain = said is None and not corrections
    if near_seconds and is_plain and kept.find("lips", (articulation, said)) is None:
        near = near_seconds
        return kept.once(
            "lips near", (articulation, near), lambda: _near(heard, models, articulation, near)
        )
    listened = within(lips, 0.0, 1.0 if said is None else _HEARD_END)
    # The network's 0 is natural, and -1 and 1 are its ends.
    curves = kept.once(
        "lip curves",
        articulation,
        lambda: models.lip_decoder.curves(heard.features, articulation - 1.0, listened),
    )
    plain = kept.once(
        "lips", (articulation, said), lambda: _uncorrected(heard, models, curves, said, report)
    )
    if not corrections:
        return plain
    return kept.once(
        "corrected lips",
        (articulation, said, corrections),
        lambda: _corrected(plain, models, curves, corrections),
    )


def _near(
    heard: Heard, models: Models, articulation: float, near_seconds: tuple[float, float]
) -> Spoken:
    """The lips of a stretch, from as much sound as they depend on."""
    first = max(math.floor((near_seconds[0] - _SEEN_SECONDS) / FRAME_SECONDS), 0)
    stop = math.ceil((near_seconds[1] + _SEEN_SECONDS) / FRAME_SECONDS)
    decoder = models.lip_decoder
    track = decoder.decode(heard.features[first:stop], articulation=articulation - 1.0)
    later = first * FRAME_SECONDS
    track = LipTrack(
        time_seconds=np.arange(first, first + len(track.values)) * FRAME_SECONDS,
        values=track.values,
        contacts=tuple(shifted(span, later) for span in track.contacts),
        phones=tuple(shifted(span, later) for span in track.phones),
    )
    return Spoken(_silenced(track, heard), (), None, Corrections())


def _silenced(track: LipTrack, heard: Heard) -> LipTrack:
    """Decoders guess at words in digital silence and in steady noise; nobody speaks them."""
    return track if heard.prosody.has_speech else replace(silent(track), phones=())


def _uncorrected(
    heard: Heard,
    models: Models,
    curves: tuple[Floats, Floats, Floats],
    words: Sequence[Word] | None,
    report: Report,
) -> Spoken:
    told = None
    if words is not None:
        lexicon = load_lexicon(models.folder)
        finding = within(road_part(report, "lips"), _HEARD_END, 1.0)
        told = align_words(curves[1], words, lexicon, finding)
    track = models.lip_decoder.track(
        curves,
        phones=told.phones if told else None,
        unknown_seconds=told.unknown_seconds if told else (),
    )
    if told is None:
        track = _silenced(track, heard)
    return Spoken(track, told.words if told else (), told, Corrections())


def _corrected(
    plain: Spoken,
    models: Models,
    curves: tuple[Floats, Floats, Floats],
    corrections: Corrections,
) -> Spoken:
    lexicon = load_lexicon(models.folder)
    phones = corrected_phones(plain.track.phones, corrections, curves[1], lexicon)
    track = models.lip_decoder.corrected(
        curves, plain.track, phones, is_told=plain.told is not None
    )
    words = corrected_words(plain.words, corrections)
    return Spoken(track, words, plain.told, corrections)
