# SPDX-License-Identifier: Apache-2.0
"""Make speech in seven other languages with phone times, for lips beyond English.

    python -m core.training.foreign OUT --kokoro kokoro-quantized.onnx --styles voices/ --takes 2

Writes OUT/NAME.flac (16 kHz) and OUT/phones.json: {NAME: {"language", "voice", "speed", "text",
"phones": [[[allowed ARPAbet phones], start s, end s, is sure], ...]}}. A second run adds what is
missing. Fixed seed.

Two witnesses say when a sound is spoken: PocketSphinx, which aligns the English phones that sound
nearest, and Kokoro's own durations, which run late by known medians. Where they differ by more than
DOUBT_SECONDS, nothing is taught.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from .align import Phone, align_phones
from .foreign_phones import Sound, read_words
from .foreign_text import LANGUAGES, phonemisers
from .texts import read_lines
from .voices import Kokoro

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Letters by which Kokoro's files of style tables name the speaker's language.
STYLE_LETTERS = {"es": "e", "fr": "f", "it": "i", "pt": "p", "hi": "h", "ja": "j", "zh": "z"}
# Medians over ten English voices, where PocketSphinx is at home (310 sounds; mean deviation 24 and 27 ms);
# in the seven languages they are 70 to 80 and 55 to 65 ms, and deviate by 14 to 40 ms.
LATE_START_SECONDS = 0.075
LATE_END_SECONDS = 0.055
DOUBT_SECONDS = 0.06
SPEEDS = (0.75, 1.35)
BLEND_SHARE = 0.5
SAVE_EVERY = 20
Row = tuple[tuple[str, ...], float, float, bool]


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--kokoro", type=Path, required=True)
    parser.add_argument("--styles", type=Path, required=True)
    parser.add_argument("--takes", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    kokoro, speakers = Kokoro(args.kokoro, args.styles), phonemisers()
    texts = {language: read_lines(f"sentences_{language}") for language in LANGUAGES}
    index_path = args.out / "phones.json"
    index = json.loads(index_path.read_text()) if index_path.exists() else {}
    wanted = [
        (take, line, language)
        for take in range(args.takes)
        for line in range(max(len(lines) for lines in texts.values()))
        for language in LANGUAGES
        if line < len(texts[language])
    ]
    for take, line, language in wanted:
        name = f"{language}{line:03d}_{take}"
        if name in index:
            continue
        generator = np.random.default_rng([LANGUAGES.index(language), line, take])
        text = texts[language][line]
        voices = sorted(p.stem for p in args.styles.glob(f"{STYLE_LETTERS[language]}[fm]_*.bin"))
        try:
            samples, index[name] = record(
                kokoro, speakers[language](text), language, voices, generator
            )
        except ValueError as error:
            print(f"{name}: left out, {error}", flush=True)
            continue
        index[name] = {"language": language, "text": text, **index[name]}
        soundfile.write(args.out / f"{name}.flac", samples, 16_000)
        if len(index) % SAVE_EVERY == 0:
            index_path.write_text(json.dumps(index, ensure_ascii=False))
            print(name, index[name]["voice"], text, flush=True)
    index_path.write_text(json.dumps(index, ensure_ascii=False))


def record(
    kokoro: Kokoro,
    ipa: str,
    language: str,
    voices: list[str],
    generator: np.random.Generator,
) -> tuple[NDArray[np.float32], dict[str, object]]:
    """Speak IPA in one of the voices, or a blend of two, and find its phones.

    Raises:
        ValueError: the sounds cannot be aligned.
    """
    first, second = (str(v) for v in generator.choice(voices, 2))
    share = 1.0
    if first != second and generator.random() < BLEND_SHARE:
        share = float(generator.uniform(0.5, 0.9))
    weights = {first: 1.0} if share == 1.0 else {first: share, second: 1.0 - share}
    speed = float(generator.uniform(*SPEEDS))
    samples, times = kokoro.speak_timed(ipa, weights, speed)
    samples = np.clip(samples, -1.0, 1.0)
    words = read_words(ipa, language)
    phones = time_sounds(samples, times, words)
    return samples, {"voice": "+".join(weights), "speed": speed, "ipa": ipa, "phones": phones}


def time_sounds(
    samples: NDArray[np.float32], letter_times: NDArray[np.float64], words: list[list[Sound]]
) -> list[Row]:
    """(allowed phones, start s, end s, is sure) of each unit of each sound.

    Raises:
        ValueError: the sounds cannot be aligned.
    """
    aligned = align_phones(samples, [[u[0] for s in word for u in s.units] for word in words])
    rows: list[Row] = []
    for word, phones in zip(words, aligned, strict=True):
        place = 0
        for sound in word:
            own = phones[place : place + len(sound.units)]
            place += len(sound.units)
            sure = is_sure(own, letter_times[sound.first], letter_times[sound.last])
            rows += [(u, p[1], p[2], sure) for u, p in zip(sound.units, own, strict=True)]
    return rows


def is_sure(phones: list[Phone], start: float, end: float) -> bool:
    """Whether PocketSphinx's phones of a sound and Kokoro's own times (late) agree on its edges."""
    before = phones[0][1] - (start - LATE_START_SECONDS)
    after = phones[-1][2] - (end - LATE_END_SECONDS)
    return bool(max(abs(before), abs(after)) <= DOUBT_SECONDS)


if __name__ == "__main__":
    main()
