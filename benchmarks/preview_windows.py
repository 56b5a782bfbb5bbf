# SPDX-License-Identifier: Apache-2.0
"""How long the core takes for the frames of one second of a take, its sound heard before.

    python -m benchmarks.preview_windows [--seconds 10 60] [--changes 20]

For each changed setting: milliseconds of the processor and on the wall from the direction to the file
that Blender reads, and the largest difference of a channel from the whole take's. Prints a table.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from core.curves import save_performance
from core.direction import Direction
from core.hearing import Heard, hear
from core.kept import Kept
from core.performance import Models, load_models, perform_heard

RECORDING = Path(__file__).resolve().parents[1] / "demo" / "speech.flac"
FPS = 24.0
TARGET_MS = 60.0
START = Direction({"happy": 0.5, "surprised": 0.3}, 0.8)
CHANGES: dict[str, Callable[[int], Direction]] = {
    "intensity": lambda n: replace(START, intensity=0.3 + 0.05 * n),
    "emotion weight": lambda n: replace(START, emotion={"happy": 0.04 * n, "surprised": 0.2}),
    "brow strength": lambda n: replace(START, brow_strength=0.1 * n),
    "lip strength": lambda n: replace(START, lip_strength=0.1 * (n + 1)),
    "articulation": lambda n: replace(START, articulation=0.1 * n),
    "seed": lambda n: replace(START, seed=n + 1),
}


def silent(_fraction: float, _stage: str) -> None:
    """Nobody listens to the progress."""


def heard_of(seconds: int, models: Models, folder: Path) -> Heard:
    """The recording, repeated to some length, and heard."""
    samples, rate = soundfile.read(RECORDING, dtype="float32")
    path = folder / f"{seconds}.wav"
    times = int(np.ceil(seconds * rate / len(samples)))
    soundfile.write(path, np.tile(samples, times)[: seconds * rate], rate)
    return hear(path, models, silent)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, nargs="+", default=[10, 60])
    parser.add_argument("--changes", type=int, default=20)
    options = parser.parse_args()
    models, folder = load_models(), Path(tempfile.mkdtemp(prefix="mien-benchmark-"))
    print("| strip | changed | processor ms, median / worst | wall ms, median | off by | target |")
    print("|---|---|---|---|---|---|")
    for seconds in options.seconds:
        heard, kept = heard_of(seconds, models, folder), Kept()
        middle = 0.55 * seconds

        def window(
            direction: Direction, heard: Heard = heard, kept: Kept = kept, at: float = middle
        ) -> np.ndarray:
            part = perform_heard(
                heard,
                direction,
                FPS,
                models,
                silent,
                window_seconds=(at - 0.5, at + 0.5),
                kept=kept,
            )
            save_performance(part, folder / "part.npz")
            return part.values

        # As the preview fills it: pieces of three seconds.
        for start in np.arange(0.0, seconds - 0.1, 3.0):
            ends = (float(start), float(start) + 2.9)
            perform_heard(heard, START, FPS, models, silent, window_seconds=ends, kept=kept)
        window(START)
        for name, change in CHANGES.items():
            busy, wall = [], []
            for number in range(options.changes):
                direction = change(number)
                clocks = time.process_time(), time.perf_counter()
                values = window(direction)
                busy.append(1000.0 * (time.process_time() - clocks[0]))
                wall.append(1000.0 * (time.perf_counter() - clocks[1]))
            whole = perform_heard(heard, direction, FPS, models, silent).values
            first = int(np.ceil((middle - 0.5) * FPS - 1e-6))
            off = np.abs(whole[first : first + len(values)] - values).max()
            print(
                f"| {seconds} s | {name} | {statistics.median(busy):.0f} / {max(busy):.0f} "
                f"| {statistics.median(wall):.0f} | {off:.0e} | {TARGET_MS:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
