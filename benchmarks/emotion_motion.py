# SPDX-License-Identifier: Apache-2.0
"""Does the face move as people's do? Takes against film, seeds against each other, feelings against labels.

    python -m benchmarks.emotion_motion --grid GRID [--seeds 3] [--out REPORT.md]

GRID's dev clips (one man; nothing was trained on them) are joined into streams of half a minute. Their
film is fitted to the canonical head and set beside neutral takes; the takes of all feelings are measured
among themselves. Needs the folder GRID and nothing that draws.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.emotion_motion_tables import (
    CLIPS_A_STREAM,
    blink_rows,
    feeling_rows,
    film_rows,
    likeness_rows,
    seed_rows,
    voice_rows,
)
from benchmarks.emotion_motion_takes import film_of, hear, take
from core.direction import EMOTION_NAMES, Direction
from core.performance import load_models


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--grid", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    report = "\n".join(motion_lines(options.grid, options.seeds))
    print(report)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(report + "\n", encoding="utf-8")


def motion_lines(grid: Path, seeds: int) -> list[str]:
    """The section in Markdown.

    Args:
        grid: folder of GRID, or of `core.training.film_clips`.
        seeds: takes of each feeling.
    """
    models = load_models()
    film, sounds = film_of(grid)
    spoken = [
        hear(np.concatenate(sounds[first : first + CLIPS_A_STREAM]), models)
        for first in range(0, len(sounds), CLIPS_A_STREAM)
    ]
    began = time.process_time()
    takes = {
        name: [
            [take(s, Direction(name, seed=seed), models) for s in spoken] for seed in range(seeds)
        ]
        for name in EMOTION_NAMES
    }
    cost = (time.process_time() - began) / (
        seeds * len(EMOTION_NAMES) * sum(s.seconds for s in spoken)
    )
    return [
        *film_rows(film, takes["neutral"][0]),
        *feeling_rows(film, takes),
        *blink_rows(film, takes, spoken),
        *voice_rows(film, takes, spoken),
        *seed_rows(film, takes),
        *likeness_rows(takes),
        "",
        f"Expression alone: {cost:.4f} s of one core per second of sound.",
    ]


if __name__ == "__main__":
    main()
