# SPDX-License-Identifier: Apache-2.0
"""The line's text in the sound: Mien's aligner beside PocketSphinx, on voices whose times are exact.

    python -m benchmarks.text_alignment FLITE [--noise-db 10]

FLITE is a folder with the programs flite_cmu_us_slt, flite_cmu_us_rms and flite_cmu_us_awb (Debian
package `flite`), which say when each of their phones is spoken. PocketSphinx comes with
`pip install '.[training]'`. Printed for each aligner: frames of speech with the right viseme, errors
of the phones' onsets, p b m that are found at their time, lines refused, seconds taken.
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import MienError
from core.motion.phones import SILENCE, VISEMES
from core.performance import load_models
from core.speech.audio import load_speech
from core.text.spoken_text import align_text
from core.training.align import align

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

Phone = tuple[str, float, float]
Aligner = Callable[["Floats", str], Sequence[Phone]]

VOICES = ("slt", "rms", "awb")
LINES = (
    "Bob Miller paid forty five dollars for the blue umbrella.",
    "Please move the big brown boxes before the bus arrives.",
    "My family have lived above this village since nineteen ninety nine.",
    "What on earth made you buy such a huge umbrella?",
    "Five wolves followed us through the fog, and never made a sound.",
    "Captain Brandt told Siobhan that the Zorblax had escaped.",
    "We shipped fifteen pumps to Philadelphia in February.",
    "Peter Piper picked a peck of pickled peppers.",
    "She sells sea shells by the sea shore.",
    "The quick brown fox jumps over the lazy dog.",
    "If you ever come back here, I will call the police.",
    "Maybe we should both give up, and simply go home.",
    "Nobody believes that woman, but her mother might.",
    "He vanished at ten thirty on the twenty first of November.",
    "Welcome to the museum, ladies and gentlemen.",
    "You have got to be joking, Barnaby.",
)
# Flite's names for reduced vowels.
REDUCED = {"AX": "AH", "AXR": "ER", "IX": "IH"}
VISEME_OF = {phone: viseme for viseme, members in VISEMES.items() for phone in members}
STEP_SECONDS = 0.005
RATE_HZ = 16_000


@dataclass(frozen=True, eq=False)
class Line:
    """A spoken line: its sound at 16 kHz, its text, and its phones as the voice made them."""

    samples: Floats
    text: str
    phones: Sequence[Phone]


@dataclass(frozen=True)
class Score:
    """How well one line was aligned."""

    right_frames: int
    frames: int
    onset_errors_seconds: tuple[float, ...]
    lips_found: int
    lips: int


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flite", type=Path)
    parser.add_argument("--noise-db", type=float, default=None, help="speech over noise")
    args = parser.parse_args()
    lines = [speak(args.flite, voice, text) for voice in VOICES for text in LINES]
    if args.noise_db is not None:
        lines = [noisy(line, args.noise_db, seed) for seed, line in enumerate(lines)]
    print("aligner       right viseme  onset median  p90     p b m    refused  seconds")
    for name, aligner in (("PocketSphinx", align), ("Mien", own_aligner())):
        report(name, lines, aligner)


def own_aligner() -> Aligner:
    """Mien's, from the sound on."""
    models = load_models()

    def run(samples: Floats, text: str) -> Sequence[Phone]:
        _, heard, _ = models.lip_decoder.curves(models.encoder.encode(samples))
        found = align_text(heard, text).phones
        return [(span.label, span.start_seconds, span.end_seconds) for span in found]

    return run


def speak(folder: Path, voice: str, text: str) -> Line:
    """A line by one of Flite's voices, with its own times."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "line.wav"
        command = [str(folder / f"flite_cmu_us_{voice}"), "-psdur", "-t", text, "-o", str(path)]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        samples = load_speech(path).samples
    phones, start = [], 0.0
    for entry in printed.split():
        name, _, end = entry.partition(":")
        if name != "pau":
            phones.append((REDUCED.get(name.upper(), name.upper()), start, float(end)))
        start = float(end)
    return Line(samples, text, phones)


def noisy(line: Line, decibels: float, seed: int) -> Line:
    """The line under low-passed noise."""
    generator = np.random.default_rng(seed)
    noise = np.convolve(generator.normal(0.0, 1.0, len(line.samples) + 7), np.ones(8), "valid")
    level = np.mean(np.square(line.samples)) / np.mean(np.square(noise)) / 10.0 ** (decibels / 10.0)
    samples = (line.samples + np.sqrt(level) * noise).astype(np.float32)
    return Line(samples, line.text, line.phones)


def report(name: str, lines: Sequence[Line], aligner: Aligner) -> None:
    """Print one aligner's row."""
    scores, refused, started = [], 0, time.process_time()
    for line in lines:
        try:
            scores.append(score(aligner(line.samples, line.text), line))
        except (MienError, ValueError):
            refused += 1
    seconds = time.process_time() - started
    errors = 1000.0 * np.abs([error for s in scores for error in s.onset_errors_seconds])
    right = sum(s.right_frames for s in scores) / sum(s.frames for s in scores)
    found, lips = sum(s.lips_found for s in scores), sum(s.lips for s in scores)
    print(
        f"{name:<14}{right:>12.1%}{np.median(errors):>11.1f} ms{np.quantile(errors, 0.9):>7.1f} ms"
        f"{found:>6}/{lips}{refused:>6}/{len(lines)}{seconds:>9.1f}"
    )


def score(found: Sequence[Phone], line: Line) -> Score:
    """Compare aligned phones with the voice's own."""
    times = np.arange(0.0, len(line.samples) / RATE_HZ, STEP_SECONDS)
    told, true = visemes_at(found, times), visemes_at(line.phones, times)
    speech = true != SILENCE
    matcher = difflib.SequenceMatcher(
        None,
        [VISEME_OF[phone[0]] for phone in found],
        [VISEME_OF[phone[0]] for phone in line.phones],
        autojunk=False,
    )
    errors = [
        found[block.a + place][1] - line.phones[block.b + place][1]
        for block in matcher.get_matching_blocks()
        for place in range(block.size)
    ]
    closures = [phone for phone in line.phones if phone[0] in VISEMES["PP"]]
    met = [
        any(f[0] in VISEMES["PP"] and f[1] < end and f[2] > start for f in found)
        for _, start, end in closures
    ]
    right = int((told == true)[speech].sum())
    return Score(right, int(speech.sum()), tuple(errors), sum(met), len(met))


def visemes_at(phones: Sequence[Phone], times: NDArray[np.float64]) -> NDArray[np.str_]:
    """The viseme at each time."""
    found = np.full(len(times), SILENCE, "<U4")
    for name, start, end in phones:
        found[(times >= start) & (times < end)] = VISEME_OF[name]
    return found


if __name__ == "__main__":
    main()
