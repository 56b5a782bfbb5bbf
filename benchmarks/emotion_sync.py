# SPDX-License-Identifier: Apache-2.0
r"""Does the feeling leave the lips in step? The mix against the lips alone, for every emotion.

    python -m benchmarks.emotion_sync --grid GRID --fitted WORK/grid_fit.npz --phones WORK/grid_phones.json \
        --emodb EMODB --left-out WORK/left_out --ravdess RAVDESS --ljspeech LJSPEECH --cache CACHE \
        [--emotions happy ...] [--quick] [--out REPORT]

Every set is optional. GRID: Pearson r of opening, width and jaw with the filmed mouth, over all frames,
and of what is faster than 1 Hz, which is speech's own. The labelled sets: is every p, b and m shut, does
any open vowel shut, and how far are the edges of closures off (`benchmarks/lip_closures.py`). Emo-DB's
labels are hand-made and its speakers are measured by decoders that never heard them. Beside each emotion
stands what EmoGene's own mixture makes of the same two layers (`benchmarks/emotion_sync_emogene.py`).
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import lip_run, lip_speech
from benchmarks.emotion_sync_emogene import emogene_answer
from benchmarks.emotion_sync_hearing import hearing_once
from benchmarks.lip_clips import spread
from benchmarks.lip_closures import false_closures, seen_recall, seen_timing
from benchmarks.lip_follow import filmed, follow
from benchmarks.lip_measures import lip_points, measures, read_at
from benchmarks.lip_statistics import Figure, correlation_sums, figure, pearson
from benchmarks.lip_systems import FPS, Answer
from benchmarks.lip_tables import markdown, plain
from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES
from core.mixing.one_euro import low_pass
from core.motion.lips import LipDecoder
from core.performance import load_models, perform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.lip_clips import Clip
    from core.curves import Performance
    from core.face.model import FaceModel
    from core.performance import Models

    Pair = tuple[Clip, Answer]
    Row = dict[str, Figure]

INTENSITIES = (1.0, 1.5)
FAST_HZ = 1.0
# The large sets are thinned to so many clips.
MOST_CLIPS = {lip_speech.EMODB: 120, lip_speech.RAVDESS: 48}
# With --quick, to a share of that.
QUICK_SHARE = 3
LABELLED = {"Emo-DB": lip_speech.EMODB, "RAVDESS": lip_speech.RAVDESS, "LJ": lip_speech.LJSPEECH}
FASTEST_OF = 3
RECORDING = Path(__file__).resolve().parents[1] / "demo" / "speech.flac"


@dataclass
class Answers:
    """The mouths of one emotion, and what the way back to channels left over, millimetres a clip."""

    lips: list[Pair] = field(default_factory=list)
    mix: list[Pair] = field(default_factory=list)
    emogene: list[Pair] = field(default_factory=list)
    residual: list[dict[str, float]] = field(default_factory=list)


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("grid", "emodb", "ravdess", "ljspeech"):
        parser.add_argument(f"--{name}", type=Path, help="folder of the set")
    parser.add_argument("--fitted", type=Path, help="grid_fit.npz of core.training.fit_grid")
    parser.add_argument("--phones", type=Path, help="grid_phones.json of core.training.align_grid")
    parser.add_argument("--left-out", type=Path, help="folder of core.training.train_contacts")
    parser.add_argument("--models", type=Path, help="folder with models.json")
    parser.add_argument("--cache", type=Path, default=Path("out/lip_benchmark"))
    parser.add_argument("--emotions", nargs="*", choices=EMOTION_NAMES, default=EMOTION_NAMES)
    parser.add_argument("--quick", action="store_true", help="a third of the clips")
    parser.add_argument("--out", type=Path, help="write REPORT.md and REPORT.json")
    args = parser.parse_args()
    models = load_models(args.models)
    clips = read_clips(args, models)
    rows = sync_rows(clips, hearing_once(models), args.left_out, args.emotions)
    lines = [*markdown("Mix against lips", rows, intervals=False), *speed_lines(models)]
    print("\n".join(lines))
    if args.out:
        args.out.with_suffix(".md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        args.out.with_suffix(".json").write_text(json.dumps(plain(rows), indent=1))


def read_clips(args: argparse.Namespace, models: Models) -> list[Clip]:
    """Clips of the sets that were named, a subset of the large ones."""
    nothing = dict.fromkeys(("facegood", "samples", "read", "sets", "clips"))
    whole = argparse.Namespace(**{**nothing, **vars(args), "quick": False})
    chosen = []
    for name, clips in lip_run.read_sets(whole, models).items():
        most = min(len(clips), MOST_CLIPS.get(name, len(clips)))
        chosen += spread(clips, max(most // QUICK_SHARE, 1) if args.quick else most)
    return chosen


def sync_rows(
    clips: Sequence[Clip], models: Models, left_out: Path | None, emotions: Sequence[str]
) -> dict[str, Row]:
    """The lips alone, and for each emotion and intensity Mien's mix and EmoGene's."""
    rows: dict[str, Row] = {}
    for intensity in INTENSITIES:
        for emotion in emotions:
            if emotion == "neutral" and intensity != 1.0:
                continue
            answers = answers_to(clips, Direction(emotion, intensity=intensity), models, left_out)
            rows.setdefault("lips alone", row(answers.lips))
            name = f"{emotion}, {intensity:g}"
            rows[name] = row(answers.mix) | residual_figures(answers.residual)
            rows[f"{name}, EmoGene's steps"] = row(answers.emogene)
            print(f"{name}: {rows[name]['opening r'].value:.4f}", flush=True)
    return rows


def answers_to(
    clips: Sequence[Clip], direction: Direction, models: Models, left_out: Path | None
) -> Answers:
    """What the mouths do under one direction, through the product's own road."""
    answers = Answers()
    for clip in clips:
        own = models
        if left_out is not None and clip.dataset == lip_speech.EMODB:
            own = replace(models, lip_decoder=_decoder(left_out / clip.speaker))
        take = perform(
            clip.audio,
            direction,
            FPS,
            models=own,
            start_seconds=clip.start_seconds,
            duration_seconds=clip.duration_seconds,
        )
        lips, mix = take.landmarks_lips, take.landmarks_mix
        answers.lips.append((clip, answer(take, take.lips, lips, models.face)))
        answers.mix.append((clip, answer(take, take.values, mix, models.face)))
        answers.emogene.append((clip, emogene_answer(take, models.face)))
        answers.residual.append(dict(take.meta["residual_metres"]))
    return answers


@cache
def _decoder(folder: Path) -> LipDecoder:
    return LipDecoder(folder)


def answer(
    take: Performance,
    values: NDArray[np.float32],
    landmarks: NDArray[np.float32],
    face: FaceModel,
) -> Answer:
    """One layer's mouth; lips that press count as shut, not as more than shut."""
    gap = face.lip_gaps(values[:, : len(ARKIT_NAMES)]).max(axis=1).astype(np.float64) * 1e3
    return Answer(
        take.time_seconds,
        measures(landmarks),
        lip_points=lip_points(landmarks),
        lip_gap=np.maximum(gap, 0.0),
    )


def row(pairs: Sequence[Pair]) -> Row:
    """All figures of one mouth."""
    figures: Row = {}
    films = [(clip, answer) for clip, answer in pairs if clip.film is not None]
    if films:
        figures |= {f"{name} r": follow(films, name) for name in ("opening", "width", "jaw")}
        figures |= {f"{name} r, fast": fast(films, name) for name in ("opening", "width", "jaw")}
        figures |= closure_figures("GRID", films)
    for name, dataset in LABELLED.items():
        own = [(clip, answer) for clip, answer in pairs if clip.dataset == dataset]
        figures |= closure_figures(name, own) if own else {}
    return figures


def closure_figures(name: str, pairs: Sequence[Pair]) -> Row:
    """How well closures are shown in one set."""
    return {
        f"{name} closures seen": seen_recall(pairs),
        f"{name} false": false_closures(pairs),
        f"{name} timing, ms": seen_timing(pairs),
    }


def fast(pairs: Sequence[Pair], measure: str) -> Figure:
    """Pearson's r of what is faster than FAST_HZ in film and answer."""
    rows, speakers = [], []
    for clip, answer, film in filmed(pairs):
        guess = read_at(answer.curves[measure], answer.times, film.times)
        curves = np.stack([guess, film.measures[measure]], axis=1)
        left, right = (curves - low_pass(curves, FAST_HZ, film.times)).T
        rows.append(correlation_sums(left, right))
        speakers.append(clip.speaker)
    return figure(rows, pearson, speakers)


def residual_figures(residual: Sequence[dict[str, float]]) -> Row:
    """Mean, largest 95th percentile of a clip, and largest of all, millimetres."""
    return {
        "residual, mm": Figure(1e3 * float(np.mean([each["mean"] for each in residual]))),
        "95 %, mm": Figure(1e3 * max(each["percentile_95"] for each in residual)),
        "largest, mm": Figure(1e3 * max(each["max"] for each in residual)),
    }


def speed_lines(models: Models) -> list[str]:
    """Seconds of processor time a second of sound, expression and mixture at 60 frames a second."""
    seconds = perform(RECORDING, Direction(), FPS, models=models).time_seconds[-1]
    runs = []
    for _ in range(FASTEST_OF):
        spent: dict[str, float] = {}
        last = [time.process_time()]

        def note(_fraction: float, stage: str) -> None:
            now = time.process_time()
            spent[stage] = spent.get(stage, 0.0) + now - last[0]  # noqa: B023 - called within the round
            last[0] = now  # noqa: B023

        perform(RECORDING, Direction("happy"), FPS, models=models, on_progress=note)
        runs.append({stage: value / float(seconds) for stage, value in spent.items()})
    best = {stage: min(run[stage] for run in runs) for stage in ("expression", "mixing")}
    parts = ", ".join(f"{stage} {seconds:.4f}" for stage, seconds in best.items())
    return [f"{parts}, together {sum(best.values()):.4f} s of one core a second of sound."]


if __name__ == "__main__":
    main()
