# SPDX-License-Identifier: Apache-2.0
r"""Does the emotion show, does the face move as people's do, and are the lips left in step?

    python -m benchmarks.emotion --sounds A.flac B.flac C.flac [--grid GRID] [--fitted WORK/grid_fit.npz] \
        [--phones WORK/grid_phones.json] [--emodb EMODB] [--left-out WORK/left_out] [--ravdess RAVDESS] \
        [--ljspeech LJSPEECH] [--quick] [--cache CACHE] [--out REPORT.md] [--sheet SHEET.png]

Faces: every sound in every emotion at three intensities through `core.performance.perform`; frames are
taken over all of the speech by lot, rendered in two lights, and judged by four nets that other people
trained; ``python -m benchmarks.emotion_judges_fetch`` brings them first. Motion: `benchmarks.emotion_motion`
against GRID's film. Sync: `benchmarks.emotion_sync` on the sets that are named. What has no data is said to
be missing. Needs bpy and the extra ``judges``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
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
_SYNC_SETS = ("grid", "fitted", "phones", "emodb", "left-out", "ravdess", "ljspeech")


def main() -> None:
    """Command line of the module docstring."""
    options = read_arguments()
    start = time.perf_counter()
    lines = [f"Measured {dt.datetime.now(dt.UTC):%Y-%m-%d}.", "", *faces_section(options)]
    quick = ["--quick"] if options.quick else []
    seeds = ["--seeds", "2"] if options.quick else []
    lines += other_section("emotion_motion", named(options, ("grid",)), seeds)
    lines += other_section("emotion_sync", named(options, _SYNC_SETS), quick)
    report = "\n".join(lines)
    print(report)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report + "\n", encoding="utf-8")
    print(f"{options.out}, {options.sheet}; {time.perf_counter() - start:.0f} s")


def read_arguments() -> argparse.Namespace:
    """The options of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judges", type=Path, default=DEFAULT_FOLDER, help="folder with the nets")
    parser.add_argument(
        "--sounds", nargs="+", type=Path, default=[REPOSITORY / "demo" / "speech.flac"]
    )
    for name in _SYNC_SETS:
        parser.add_argument(f"--{name}", type=Path, help="handed on to emotion_sync")
    parser.add_argument("--seconds", type=float, default=4.0, help="the first of each sound")
    parser.add_argument("--frames", type=int, default=_FRAMES, help="judged of each performance")
    parser.add_argument("--quick", action="store_true", help="one sound, fewer frames and clips")
    parser.add_argument(
        "--tuning", action="store_true", help="leave the held-out judge out, to look while tuning"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=DEFAULT_CACHE, help="keeps pictures")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "out" / "emotion.md")
    parser.add_argument("--sheet", type=Path, default=REPOSITORY / "out" / "emotion.png")
    return parser.parse_args()


def faces_section(options: argparse.Namespace) -> list[str]:
    """Render, judge and track the faces; save the sheet."""
    sounds = options.sounds[:1] if options.quick else options.sounds
    frames = _QUICK_FRAMES if options.quick else options.frames
    shots = spoken_shots(sounds, load_models(), frames, options.seconds, options.seed)
    studio = open_studio(options.cache, options.threads)
    pictures = {light: faces_of(shots.values, light, studio) for light in LIGHTS}
    judges = load_judges(options.judges, TUNING_JUDGES if options.tuning else JUDGES)
    verdict = Verdict(shots, {light: judge(shown, judges) for light, shown in pictures.items()})
    save_sheet(sheet_rows(verdict, pictures), options.sheet)
    found = find_faces(list(pictures[LIGHTS[0]]), options.judges / RIG_FILE)
    lines = [*faces_lines(verdict), *rig_lines(shots, found)]
    lines += [] if options.tuning else photo_lines(options.judges, judges)
    names = ", ".join(sound.stem for sound in sounds)
    return [*lines, f"Sounds: {names}; {frames} frames each, seed {options.seed}.", ""]


def named(options: argparse.Namespace, names: Sequence[str]) -> list[str]:
    """The given ones of some options, as a command line has them."""
    given = {name: getattr(options, name.replace("-", "_")) for name in names}
    return [part for name, value in given.items() if value for part in (f"--{name}", str(value))]


def other_section(module: str, arguments: list[str], more: list[str]) -> list[str]:
    """A section of another module, in a process of its own, which has no Blender in it."""
    title = [f"### {module}", ""]
    if not arguments:
        return [*title, "Missing: no data was named.", ""]
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments, *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [*title, *done.stdout.splitlines(), ""]


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
