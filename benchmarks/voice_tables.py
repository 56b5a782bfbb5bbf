# SPDX-License-Identifier: Apache-2.0
"""Recall, confusion and calibration of emotions heard, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.voice_heard import Heard
from core.direction import EMOTION_NAMES
from core.training.emotion_scores import (
    calibration_error,
    confusion,
    recalls,
    softmax,
    unweighted_recall,
)
from core.training.emotion_tables import WHOLE, WINDOW

Table = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

SIX = ("neutral", "happy", "sad", "angry", "fearful", "disgusted")
# A window is judged where the recogniser itself says that it hears a voice.
HEARD_CONFIDENCE = 0.15
# The last of the actors that were looked at while the recogniser was built; see its card.
CHOSEN_BY = "08"


def left_out_lines(path: Path) -> list[str]:
    """The tables of a model on speakers it never met, from `train_emotion`'s file."""
    with np.load(path) as file:
        data = {name: file[name] for name in file.files}
    classes = tuple(str(name) for name in data["classes"])
    is_research = "surprised" in classes
    shown = classes[:-1] if is_research else classes
    labels = np.array([_folded(classes, shown, str(name)) for name in data["emotion"]])
    title = (
        "Research model, RAVDESS, two actors left out"
        if is_research
        else ("Default model, Emo-DB, one speaker left out (calm = boredom)")
    )
    lines = [f"## {title}", ""]
    for kind, what, temperature in (
        (WHOLE, "whole clips", data["temperatures"][1]),
        (WINDOW, "windows of 1.5 s", data["temperatures"][0]),
    ):
        mask = (data["kind"] == kind) & (data["copy"] == 0)
        chances = _fold(
            softmax(data["logits"][mask].astype(np.float64) / temperature), classes, shown
        )
        lines += _section(what, labels[mask], chances, shown)
        if kind == WHOLE:
            lines += _by_group("speaker", labels[mask], chances, data["speaker"][mask])
        altered = (data["kind"] == kind) & (data["copy"] > 0)
        other = _fold(softmax(data["logits"][altered].astype(np.float64)), classes, shown)
        recall = unweighted_recall(labels[altered], other.argmax(axis=1), len(shown))
        lines += [f"The same, altered (other voice, room, telephone, noise): {recall:.3f}", ""]
    return lines


def cross_lines(heard: Sequence[Heard]) -> list[str]:
    """The shipped default model on RAVDESS, six classes."""
    lines = ["## Default model (never met RAVDESS) on RAVDESS, six classes", ""]
    clips = [clip for clip in heard if clip.emotion in (*SIX, "calm")]
    labels = np.array([_folded((*SIX, "calm"), SIX, clip.emotion) for clip in clips])
    actors = np.array([clip.actor for clip in clips])
    chances = np.stack([_six(clip.voice.utterance_probabilities[None])[0] for clip in clips])
    plain = np.array([clip.emotion != "calm" for clip in clips])
    lines += _section("whole clips, calm counted as neutral", labels, chances, SIX)
    lines += _section("whole clips without the calm ones", labels[plain], chances[plain], SIX)
    for title, part in (
        ("actors 01-08, by whom ideas were chosen", actors <= CHOSEN_BY),
        ("actors 09 and on", actors > CHOSEN_BY),
        ("actors 09 and on without calm", (actors > CHOSEN_BY) & plain),
        ("women", np.array([clip.is_woman for clip in clips])),
        ("men", np.array([not clip.is_woman for clip in clips])),
        ("strong acting", np.array([clip.is_strong for clip in clips])),
    ):
        if part.any():
            recall = unweighted_recall(labels[part], chances[part].argmax(axis=1), len(SIX))
            lines.append(f"* {title}: {recall:.3f} of {part.sum()}")
    lines += ["", *_by_group("actor", labels, chances, actors)]
    windows = [
        (label, _six(clip.voice.probabilities[clip.voice.confidence > HEARD_CONFIDENCE]))
        for clip, label in zip(clips, labels, strict=True)
    ]
    window_labels = np.concatenate([np.full(len(rows), label) for label, rows in windows])
    return lines + _section(
        "windows of 1.5 s", window_labels, np.concatenate([rows for _, rows in windows]), SIX
    )


def _six(probabilities: Table) -> Table:
    """(W, 9) -> (W, 6): calm goes to neutral; what the model does not know stays out."""
    columns = probabilities[:, [EMOTION_NAMES.index(name) for name in SIX]].copy()
    columns[:, 0] += probabilities[:, EMOTION_NAMES.index("calm")]
    return columns / columns.sum(axis=1, keepdims=True)


def _folded(classes: Sequence[str], shown: Sequence[str], name: str) -> int:
    assert name in classes
    return shown.index(name) if name in shown else shown.index("neutral")


def _fold(chances: Table, classes: Sequence[str], shown: Sequence[str]) -> Table:
    result = chances[:, : len(shown)].copy()
    for column, name in enumerate(classes):
        if name not in shown:
            result[:, shown.index("neutral")] += chances[:, column]
    return result


def _section(title: str, labels: Labels, chances: Table, names: Sequence[str]) -> list[str]:
    answers = chances.argmax(axis=1)
    recall = unweighted_recall(labels, answers, len(names))
    error = calibration_error(labels, chances)
    head = "| acted | " + " | ".join(names) + " | recall |"
    lines = [
        f"### {title}",
        "",
        (
            f"Unweighted recall {recall:.3f} of {len(labels)}, accuracy {np.mean(answers == labels):.3f}, "
            f"mean confidence {chances.max(axis=1).mean():.3f}, calibration error {error:.3f}"
        ),
        "",
        head,
        "|---" * (len(names) + 2) + "|",
    ]
    shares = recalls(labels, answers, len(names))
    for name, row, share in zip(names, confusion(labels, answers, len(names)), shares, strict=True):
        lines.append(f"| {name} | " + " | ".join(str(n) for n in row) + f" | {share:.2f} |")
    return [*lines, ""]


def _by_group(what: str, labels: Labels, chances: Table, groups: npt.NDArray[np.str_]) -> list[str]:
    answers = chances.argmax(axis=1)
    parts = [
        f"{name} {unweighted_recall(labels[groups == name], answers[groups == name], chances.shape[1]):.2f}"
        for name in np.unique(groups)
    ]
    return [f"By {what}: {', '.join(parts)}", ""]
