# SPDX-License-Identifier: Apache-2.0
"""Measure what the speech encoder's features tell of a sound's place in its window.

    python -m core.training.emotion_places WORK/places.npz FOLDER [FOLDER ...]

The folders hold plain speech; pieces of it fill 12 s windows that begin anywhere, and the mean feature
of speech at each frame of the window is written, (600, 384). See `core.speech.spoken_content`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from ..speech.encoder import FEATURE_RATE_HZ, FEATURE_SIZE, WINDOW_FRAMES, SpeechEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
WINDOWS = 240
PIECE_SECONDS, LATEST_START_SECONDS = 4.0, 2.0
SPEECH_LEVEL, HISS_LEVEL = 0.1, 1e-4
SPEECH_POWER, POWER_SAMPLES = 1e-4, 3200
# The first frames change fast and are kept as they are; later ones are smoothed more and more.
SMOOTHED_SHARE, WIDEST_FRAMES = 0.15, 8.0


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    args = parser.parse_args()
    corpora = [sorted((*f.rglob("*.flac"), *f.rglob("*.wav"))) for f in args.folders]
    places = measure_places(corpora, SpeechEncoder(), np.random.default_rng(0))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(args.out, places=places)
    spread = np.sqrt(np.square(places - places.mean(axis=0)).mean(axis=1))
    print("distance from the mean place:", np.round(spread[[0, 25, 50, 100, 300, 599]], 3))


def measure_places(
    corpora: list[list[Path]], encoder: SpeechEncoder, generator: np.random.Generator
) -> Floats:
    """Mean feature of speech at each frame of a window, (WINDOW_FRAMES, 384)."""
    total = np.zeros((WINDOW_FRAMES, FEATURE_SIZE))
    count = np.zeros(WINDOW_FRAMES)
    length = round(WINDOW_FRAMES / FEATURE_RATE_HZ * RATE_HZ)
    step = round(RATE_HZ / FEATURE_RATE_HZ)
    for _ in range(WINDOWS):
        start = int(generator.integers(round(LATEST_START_SECONDS * RATE_HZ)))
        pieces = [np.zeros(0, np.float32)]
        while sum(map(len, pieces)) < start + length:
            corpus = corpora[generator.integers(len(corpora))]
            pieces.append(_piece(corpus[generator.integers(len(corpus))], generator))
        window = np.concatenate(pieces)[start : start + length]
        power = np.convolve(np.square(window), np.ones(POWER_SAMPLES) / POWER_SAMPLES, "same")
        spoken = power[::step][:WINDOW_FRAMES] > SPEECH_POWER
        hiss = generator.normal(0.0, HISS_LEVEL, length).astype(np.float32)
        total[spoken] += encoder.encode(window + hiss)[:WINDOW_FRAMES][spoken]
        count[spoken] += 1
    return _smoothed(total / np.maximum(count, 1)[:, None])


def _piece(path: Path, generator: np.random.Generator) -> Floats:
    info = soundfile.info(path)
    wanted = round(PIECE_SECONDS * info.samplerate)
    start = int(generator.integers(max(info.frames - wanted, 1)))
    samples, rate = soundfile.read(
        path, frames=wanted, start=start, dtype="float32", always_2d=True
    )
    mono = samples.mean(axis=1)
    if rate != RATE_HZ:
        mono = soxr.resample(mono, rate, RATE_HZ)
    level = float(np.sqrt(np.square(mono).mean())) + 1e-6
    return np.asarray(mono * (SPEECH_LEVEL / level), np.float32)


def _smoothed(table: NDArray[np.float64]) -> Floats:
    frames = np.arange(len(table))
    widths = np.clip(SMOOTHED_SHARE * frames, 0.3, WIDEST_FRAMES)
    weights = np.exp(-0.5 * np.square((frames[None, :] - frames[:, None]) / widths[:, None]))
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(weights @ table, np.float32)


if __name__ == "__main__":
    main()
