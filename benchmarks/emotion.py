# SPDX-License-Identifier: Apache-2.0
r"""Does the emotion show, and does it leave the lips in step? The one command.

    python -m benchmarks.emotion --sounds A.flac B.flac C.flac \
        [--quick] [--cache CACHE] [--out REPORT.md] [--sheet SHEET.png]

Faces: every sound in every emotion at three intensities through `core.performance.perform`; frames are
taken evenly over the speech, rendered in two lights, and judged by four nets that other people trained.
``python -m benchmarks.emotion_judges_fetch`` brings them first. Needs bpy and the extra
``judges``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.emotion_faces_photos import photo_lines
from benchmarks.emotion_faces_rig import rig_lines
from benchmarks.emotion_faces_road import INTENSITIES, Shots, spoken_shots
from benchmarks.emotion_faces_section import Verdict, faces_lines
from benchmarks.emotion_judges import JUDGES, LABELS, RIG_FILE, TUNING_JUDGES, judge, load_judges
from benchmarks.emotion_judges_fetch import DEFAULT_FOLDER
from benchmarks.emotion_judges_rig import find_faces
from benchmarks.emotion_render import (
    DEFAULT_CACHE,
    LIGHTS,
    REPOSITORY,
    Pictures,
    faces_of,
    open_studio,
)
from benchmarks.emotion_sheet import SheetRow, save_sheet
from core.direction import EMOTION_NAMES
from core.performance import load_models

_FRAMES = 6
_QUICK_FRAMES = 3
_SHEET_FRAMES = 3


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judges", type=Path, default=DEFAULT_FOLDER, help="folder with the nets")
    parser.add_argument(
        "--sounds", nargs="+", type=Path, default=[REPOSITORY / "demo" / "speech.flac"]
    )
    parser.add_argument("--seconds", type=float, default=4.0, help="the first of each sound")
    parser.add_argument("--quick", action="store_true", help="one sound, fewer frames")
    parser.add_argument(
        "--tuning", action="store_true", help="leave the held-out judge out, to look while tuning"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "out" / "emotion.md")
    parser.add_argument("--sheet", type=Path, default=REPOSITORY / "out" / "emotion.png")
    options = parser.parse_args()

    start = time.perf_counter()
    sounds = options.sounds[:1] if options.quick else options.sounds
    frames = _QUICK_FRAMES if options.quick else _FRAMES
    shots = spoken_shots(sounds, load_models(), frames, options.seconds, options.seed)
    studio = open_studio(options.cache, options.threads)
    pictures = {light: faces_of(shots.values, light, studio) for light in LIGHTS}
    judges = load_judges(options.judges, TUNING_JUDGES if options.tuning else JUDGES)
    verdict = Verdict(shots, {light: judge(shown, judges) for light, shown in pictures.items()})
    found = find_faces(list(pictures[LIGHTS[0]]), options.judges / RIG_FILE)
    names = ", ".join(sound.stem for sound in sounds)
    lines = [f"Measured {dt.datetime.now(dt.UTC):%Y-%m-%d}; sounds: {names}.", ""]
    lines += faces_lines(verdict) + rig_lines(shots, found)
    lines += [] if options.tuning else photo_lines(options.judges, judges)
    report = "\n".join(lines)
    print(report)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report, encoding="utf-8")
    save_sheet(sheet_rows(verdict, pictures), options.sheet)
    print(f"{options.out}, {options.sheet}; {time.perf_counter() - start:.0f} s")


def sheet_rows(verdict: Verdict, pictures: dict[str, Pictures]) -> list[SheetRow]:
    """A row for each emotion: some frames at each intensity, the lights taking turns."""
    lights = list(pictures)
    panels = {light: verdict.panel(TUNING_JUDGES, [light]) for light in lights}
    rows = []
    for emotion in EMOTION_NAMES:
        cells, captions = [], []
        for intensity in INTENSITIES:
            for turn, number in enumerate(_spread(verdict.shots, emotion, intensity)):
                light = lights[turn % len(lights)]
                answer = panels[light][number]
                cells.append(pictures[light][number])
                captions.append(f"{intensity:g} {LABELS[int(answer.argmax())]} {answer.max():.2f}")
        rows.append(SheetRow(emotion, np.stack(cells), captions))
    return rows


def _spread(shots: Shots, emotion: str, intensity: float) -> Sequence[int]:
    """Some shots of an emotion, evenly over sounds and frames."""
    chosen = shots.chosen(emotion, intensity)
    places = (np.arange(_SHEET_FRAMES) + 0.5) / _SHEET_FRAMES * len(chosen)
    return [int(chosen[int(place)]) for place in places]


if __name__ == "__main__":
    main()
