# SPDX-License-Identifier: Apache-2.0
"""Make the synthetic speech that teaches phones and contacts: sound and phone times, many voices.

    python -m core.training.synthesise OUT --kokoro kokoro-quantized.onnx --styles voices/ \
        --piper en_US-joe-medium.onnx --count 700

Writes OUT/NAME.flac (16 kHz) and OUT/phones.json: {NAME: {"voice", "speed", "text", "phones":
[[label, start s, end s], ...]}}. A second run adds what is missing. Fixed seed: line i is the same
in every run.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from .align import align, plain_words, read_dictionary
from .texts import read_sentences, split_words, word_string
from .voices import Kokoro, Piper, phonemiser, pronounced_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Every tenth line is Piper's: one voice of another kind of synthesiser.
PIPER_EVERY = 10
SENTENCE_SHARE = 0.45
BLEND_SHARE = 0.4
SPEEDS = (0.75, 1.4)
SAVE_EVERY = 20


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--kokoro", type=Path, required=True)
    parser.add_argument("--styles", type=Path, required=True)
    parser.add_argument("--piper", type=Path, required=True)
    parser.add_argument("--count", type=int, default=700)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    studio = Studio(Kokoro(args.kokoro, args.styles), Piper(args.piper), args.styles)
    index_path = args.out / "phones.json"
    index = json.loads(index_path.read_text()) if index_path.exists() else {}
    for number in range(args.count):
        name = f"line{number:05d}"
        if name in index:
            continue
        try:
            samples, index[name] = studio.record(number)
        except ValueError as error:
            print(f"{name}: left out, {error}", flush=True)
            continue
        soundfile.write(args.out / f"{name}.flac", samples, 16_000)
        if number % SAVE_EVERY == 0 or number == args.count - 1:
            index_path.write_text(json.dumps(index))
            print(name, index[name]["voice"], index[name]["text"], flush=True)
    index_path.write_text(json.dumps(index))


class Studio:
    """Draws text, voice and speed of a line from its number, and records it."""

    def __init__(self, kokoro: Kokoro, piper: Piper, styles: Path) -> None:
        self._kokoro = kokoro
        self._piper = piper
        self._american = phonemiser(british=False)
        self._british = phonemiser(british=True)
        spoken = pronounced_words()
        self._dictionary = {w: p for w, p in read_dictionary().items() if w in spoken}
        self._lip_words, self._other_words = split_words(self._dictionary)
        self._sentences = [s for s in read_sentences() if self._is_known(s)]
        self._voices = sorted(p.stem for p in styles.glob("[ab][fm]_*.bin"))

    def record(self, number: int) -> tuple[NDArray[np.float32], dict[str, object]]:
        """Line `number`: samples at 16 kHz, and what phones.json says about it.

        Raises:
            ValueError: the recording cannot be aligned with its text.
        """
        generator = np.random.default_rng(number)
        text = self._text(generator)
        speed = float(generator.uniform(*SPEEDS))
        if number % PIPER_EVERY == 0:
            voice, samples = "joe", self._piper.speak(self._american(text), speed)
        else:
            weights = self._voice_weights(generator)
            voice = "+".join(weights)
            british = next(iter(weights)).startswith("b")
            ipa = (self._british if british else self._american)(text)
            samples = self._kokoro.speak(ipa, weights, speed)
        samples = np.clip(samples, -1.0, 1.0)
        phones = align(samples, text)
        return samples, {"voice": voice, "speed": speed, "text": text, "phones": phones}

    def _is_known(self, text: str) -> bool:
        return all(word in self._dictionary for word in plain_words(text))

    def _text(self, generator: np.random.Generator) -> str:
        if generator.random() < SENTENCE_SHARE:
            return str(generator.choice(self._sentences))
        count = int(generator.integers(3, 9))
        return word_string(generator, self._lip_words, self._other_words, count)

    def _voice_weights(self, generator: np.random.Generator) -> dict[str, float]:
        first, second = (str(v) for v in generator.choice(self._voices, 2, replace=False))
        if generator.random() >= BLEND_SHARE:
            return {first: 1.0}
        share = float(generator.uniform(0.5, 0.9))
        return {first: share, second: 1.0 - share}


if __name__ == "__main__":
    main()
