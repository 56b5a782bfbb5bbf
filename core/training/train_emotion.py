# SPDX-License-Identifier: Apache-2.0
"""Train the emotion recogniser, measure it on speakers left out, and write its file.

    python -m core.training.train_emotion WORK
    python -m core.training.train_emotion WORK --research

WORK was filled by `emotion_places`, `emotion_phones` and `prepare_emotion`. The default model learns from Emo-DB and
plain speech alone and goes to models/. With --research, RAVDESS is learned from as well, and the model
goes to models/research/, under RAVDESS's licence. Out-of-fold logits go to WORK/out_of_fold_*.npz, from
which `benchmarks.voice_emotion` makes its tables.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .emotion_clips import read_content
from .emotion_effort import Effort, fit_effort
from .emotion_fit import Linear, Recipe, fit_mean
from .emotion_scores import best_temperature, softmax, unweighted_recall
from .emotion_tables import WHOLE, WINDOW, Rows, join, read_rows
from .register_model import DEFAULT_MODELS_FOLDER, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..speech.spoken_content import SpokenContent

    Table = NDArray[np.float64]

PLAIN_CORPORA = ("kokoro", "foreign", "grid", "facegood", "samples")
EMODB_CLASSES = ("neutral", "happy", "sad", "angry", "fearful", "disgusted", "calm")
RAVDESS_CLASSES = (*EMODB_CLASSES[:6], "surprised", "calm")
EMODB_WOMEN = ("08", "09", "13", "14", "16")
DEFAULT_RECIPES = (Recipe(encoder_parts=1, transplants=4, penalty=0.05, has_forms=True),)
# The corpus is four times as large and bears more: maps of other statistics and divisions, averaged.
RESEARCH_RECIPES = (
    Recipe(encoder_parts=1, transplants=0, penalty=0.02, iterations=120),
    Recipe(encoder_parts=1, transplants=0, penalty=0.02, iterations=120, floor=0.2),
    Recipe(encoder_parts=3, transplants=0, penalty=0.005, iterations=120),
    Recipe(encoder_parts=3, transplants=0, penalty=0.02, iterations=120, floor=0.2),
    Recipe(encoder_parts=1, transplants=2, penalty=0.02, iterations=80),
    Recipe(encoder_parts=3, transplants=2, penalty=0.02, iterations=80),
)
RESEARCH_EMODB_COPIES = 2


@dataclass(frozen=True, eq=False)
class Task:
    """One model to train.

    Attributes:
        name: ``default`` or ``research``.
        rows: what is learned and measured by leaving out.
        extra: rows that are always learned from.
        plain: corpora of plain speech.
        classes: answers.
        recipes: how it is fitted.
        folds: (R,) number of the part each row is left out with.
        hard_folds: the same for a harder division, on which probabilities are calibrated.
    """

    name: str
    rows: Rows
    extra: Rows | None
    plain: list[Rows]
    classes: tuple[str, ...]
    recipes: tuple[Recipe, ...]
    folds: NDArray[np.int64]
    hard_folds: NDArray[np.int64]

    def learn(self, mask: NDArray[np.bool_]) -> Linear:
        """Fit on the marked rows."""
        kept = self.rows.where(mask)
        rows = join([kept, self.extra]) if self.extra else kept
        return fit_mean(rows, self.plain, self.classes, self.recipes)

    def labels(self) -> NDArray[np.int64]:
        """(R,) places among the classes."""
        return np.array([self.classes.index(name) for name in self.rows.emotion])


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--research", action="store_true")
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS_FOLDER)
    args = parser.parse_args()
    content = read_content(args.work)
    if args.research:
        # RAVDESS says two sentences alone: there, phones taken out cost 0.015 of recall.
        content = content.with_phones()
    plain = [read_rows(args.work, name, content, with_windows=False) for name in PLAIN_CORPORA]
    make = research_task if args.research else default_task
    task = make(args.work, content, plain)
    labels = task.labels()
    easy, hard = (out_of_fold(task, folds) for folds in (task.folds, task.hard_folds))
    # Never sharpened: a corpus it has not met is harder than any division of the one it has.
    temperatures = [
        max(best_temperature(labels[task.rows.kind == kind], hard[task.rows.kind == kind]), 1.0)
        for kind in (WINDOW, WHOLE)
    ]
    np.savez(
        args.work / f"out_of_fold_{task.name}.npz",
        logits=easy.astype(np.float32),
        hard_logits=hard.astype(np.float32),
        temperatures=temperatures,
        classes=task.classes,
        **{key: getattr(task.rows, key) for key in ("emotion", "speaker", "strength", "text")},
        **{key: getattr(task.rows, key) for key in ("clip", "copy", "kind")},
    )
    for title, logits in (("speakers left out", easy), ("harder division", hard)):
        print_recalls(title, task, labels, logits)
    emodb = task.extra if args.research else task.rows
    effort = fit_effort(emodb, plain)
    model = task.learn(np.ones(len(labels), bool))
    export(args, task, model, effort=effort, temperatures=temperatures, content=content)


def default_task(work: Path, content: SpokenContent, plain: list[Rows]) -> Task:
    """Emo-DB: one speaker left out at a time; harder, one sex at a time."""
    rows = read_rows(work, "emodb", content)
    names = np.unique(rows.speaker)
    is_woman = np.isin(rows.speaker, [f"emodb {name}" for name in EMODB_WOMEN])
    folds = np.searchsorted(names, rows.speaker)
    return Task(
        "default", rows, None, plain, EMODB_CLASSES, DEFAULT_RECIPES, folds, is_woman.astype(int)
    )


def research_task(work: Path, content: SpokenContent, plain: list[Rows]) -> Task:
    """RAVDESS: two actors left out at a time; Emo-DB is always learned from."""
    rows = read_rows(work, "ravdess", content)
    actors = np.array([int(name.split()[1]) for name in rows.speaker])
    pairs, quarters = (actors - 1) // 2, (actors - 1) // 4
    extra = read_rows(work, "emodb", content)
    extra = extra.where(extra.copy < RESEARCH_EMODB_COPIES)
    return Task("research", rows, extra, plain, RAVDESS_CLASSES, RESEARCH_RECIPES, pairs, quarters)


def out_of_fold(task: Task, folds: NDArray[np.int64]) -> Table:
    """(R, K) logits of each row by the model that never met its part."""
    logits = np.zeros((len(task.rows), len(task.classes)))
    for number in np.unique(folds):
        left = folds == number
        logits[left] = task.learn(~left).logits(task.rows.where(left))
    return logits


def print_recalls(title: str, task: Task, labels: NDArray[np.int64], logits: Table) -> None:
    """Unweighted recall of whole clips and windows, as they are and altered."""
    answers = softmax(logits).argmax(axis=1)
    for kind, what in ((WHOLE, "clips"), (WINDOW, "windows")):
        for altered in (False, True):
            mask = (task.rows.kind == kind) & ((task.rows.copy > 0) == altered)
            recall = unweighted_recall(labels[mask], answers[mask], len(task.classes))
            state = "altered" if altered else "as they are"
            print(f"{task.name}, {title}: {what} {state}: {recall:.3f} of {mask.sum()}", flush=True)


def export(
    args: argparse.Namespace,
    task: Task,
    model: Linear,
    *,
    effort: Effort,
    temperatures: list[float],
    content: SpokenContent,
) -> None:
    """Write and register the model's file."""
    folder = args.models / "research" if args.research else args.models
    folder.mkdir(exist_ok=True)
    name = "emotion_recogniser"
    path = folder / f"{name}_research.npz" if args.research else folder / f"{name}.npz"
    np.savez_compressed(
        path,
        classes=np.array(task.classes),
        weights=model.weights.astype(np.float32),
        bias=model.bias,
        temperatures=np.array(temperatures),
        **{
            name: getattr(content, name).astype(np.float16)
            for name in ("places", "phone_weights", "phone_bias", "phone_means")
        },
        effort_weights=effort.weights,
        effort_bias=np.array(effort.bias),
    )
    source = "Berlin Emo-DB (7 speakers); GRID s1, FACEGOOD, Kokoro, Piper joe, MFA samples as plain speech"
    register(
        folder,
        name,
        path,
        licence="CC-BY-NC-SA-4.0" if args.research else "Apache-2.0",
        source=f"RAVDESS speech, actors 01-16; {source}" if args.research else source,
        made_by="core/training/train_emotion.py",
        card=f"{path.stem}.md",
    )
    print(f"wrote {path}, temperatures {np.round(temperatures, 2)}")


if __name__ == "__main__":
    main()
