# SPDX-License-Identifier: Apache-2.0
"""Who says what and how fast: draws text, voice and speed of a synthetic line, and records it.

Three kinds of lines. ``line`` is mostly sentences and words in steady voices; ``lively`` adds calls,
whispers, tongue twisters, fillers, numbers, dates and names, wider speeds, and accents (English in
the voices of other languages); ``quick`` is the same texts in two voices that cost nearly nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .align import align, plain_words, read_dictionary
from .frames import fill_frame
from .texts import read_lines, split_words, word_string
from .voices import Heart, Kokoro, Piper, phonemiser, pronounced_words

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

KINDS = ("line", "lively", "quick")
# Every tenth line is Piper's: one voice of another kind of synthesiser.
PIPER_EVERY = 10
SENTENCE_SHARE = 0.45
BLEND_SHARE = 0.4
SPEEDS = {"line": (0.75, 1.4), "lively": (0.65, 1.5), "quick": (0.65, 1.5)}
# Shares of written sentences, frames and word strings in lively lines.
LIVELY_SHARES = (0.5, 0.3, 0.2)
ACCENT_SHARE = 0.15
CLOSEST_BLEND, FARTHEST_BLEND = 0.5, 0.9


@dataclass(frozen=True)
class Books:
    """Texts to read; `words` fills the slots of `frames`."""

    sentences: list[str]
    lively: list[str]
    frames: list[str]
    words: dict[str, list[str]]


def read_books() -> Books:
    """All texts of data/ that the aligner can align, and the dictionary's words by their lips.

    Single words are taken only where the speaker's lexicon has them as they stand; written sentences
    hold names and inflected forms, which it derives.
    """
    dictionary = read_dictionary()
    spoken = pronounced_words()
    single = {w: p for w, p in dictionary.items() if w in spoken}
    lip, other = split_words(single)

    def known(name: str, among: dict[str, list[str]]) -> list[str]:
        return [t for t in read_lines(name) if all(w in among for w in plain_words(t))]

    words = {"lip": lip, "word": other, "name": known("names", dictionary)}
    lively = known("sentences", dictionary) + known("sentences_lively", dictionary)
    return Books(known("sentences", single), lively, read_lines("sentences_frames"), words)


class Studio:
    """Records line `number` of a kind; the same line in every run."""

    def __init__(self, kokoro: Kokoro, piper: Piper, styles: Path) -> None:
        self._kokoro = kokoro
        self._piper = piper
        self._heart = Heart()
        self._american = phonemiser(british=False)
        self._british = phonemiser(british=True)
        self._books = read_books()
        self._english = sorted(p.stem for p in styles.glob("[ab][fm]_*.bin"))
        self._foreign = sorted(p.stem for p in styles.glob("[!ab][fm]_*.bin"))

    def record(self, kind: str, number: int) -> tuple[Floats, dict[str, object]]:
        """Samples at 16 kHz, and what phones.json says about them.

        Raises:
            ValueError: the recording cannot be aligned with its text.
        """
        seed = number if kind == "line" else [KINDS.index(kind), number]
        generator = np.random.default_rng(seed)
        text = self._text(generator) if kind == "line" else self._lively_text(generator, number)
        speed = float(generator.uniform(*SPEEDS[kind]))
        if kind == "line" and number % PIPER_EVERY == 0:
            voice, samples = "joe", self._piper.speak(self._american(text), speed)
        elif kind == "quick":
            voice = ("joe", "heart")[number % 2]
            machine = self._piper if voice == "joe" else self._heart
            samples = machine.speak(self._american(text), speed)
        else:
            weights = self._cast(generator, kind)
            voice = "+".join(weights)
            british = next(iter(weights)).startswith("b")
            ipa = (self._british if british else self._american)(text)
            samples = self._kokoro.speak(ipa, weights, speed)
        samples = np.clip(samples, -1.0, 1.0)
        phones = align(samples, text)
        return samples, {"voice": voice, "speed": speed, "text": text, "phones": phones}

    def _text(self, generator: np.random.Generator) -> str:
        if generator.random() < SENTENCE_SHARE:
            return str(generator.choice(self._books.sentences))
        return self._words(generator, 3, 9)

    def _lively_text(self, generator: np.random.Generator, number: int) -> str:
        kind = generator.choice(3, p=LIVELY_SHARES)
        if kind == 0:
            # In turn, not by chance: every sentence is heard in several voices.
            return self._books.lively[number % len(self._books.lively)]
        if kind == 1:
            frame = str(generator.choice(self._books.frames))
            return fill_frame(generator, frame, self._books.words)
        return self._words(generator, 1, 8)

    def _words(self, generator: np.random.Generator, fewest: int, limit: int) -> str:
        words = self._books.words
        count = int(generator.integers(fewest, limit))
        return word_string(generator, words["lip"], words["word"], count)

    def _cast(self, generator: np.random.Generator, kind: str) -> dict[str, float]:
        if kind == "line":
            first, second = (str(v) for v in generator.choice(self._english, 2, replace=False))
        elif generator.random() < ACCENT_SHARE:
            first, second = (str(generator.choice(v)) for v in (self._foreign, self._english))
        else:
            first, second = (str(v) for v in generator.choice(self._english, 2, replace=False))
        if generator.random() >= BLEND_SHARE:
            return {first: 1.0}
        share = float(generator.uniform(CLOSEST_BLEND, FARTHEST_BLEND))
        return {first: share, second: 1.0 - share}
