# SPDX-License-Identifier: Apache-2.0
"""What answers come to, on answers made by hand."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("h5py", reason="needs the extra 'judges'")
pytest.importorskip("PIL", reason="needs the extra 'judges'")

from benchmarks.emotion_faces_measures import (
    first_shares,
    interval,
    mean_of,
    rises,
)
from benchmarks.emotion_faces_road import Shot, Shots, asked, frame_numbers
from benchmarks.emotion_faces_section import Verdict, faces_lines
from benchmarks.emotion_judges import HELD_OUT, JUDGES, LABELS
from core.curves import Span


def certain(*labels: str) -> np.ndarray:
    return np.eye(len(LABELS), dtype=np.float32)[[LABELS.index(label) for label in labels]]


def all_shots() -> Shots:
    shots = tuple(Shot(0, emotion, intensity, 0) for emotion, intensity in asked())
    return Shots(shots, np.zeros((len(shots), 57), np.float32))


def graded_answers(shots: Shots) -> np.ndarray:
    """The asked label as probable as the intensity, neutral the rest; contempt and calm neutral."""
    answers = certain(*(["neutral"] * len(shots.shots)))
    for row, shot in zip(answers, shots.shots, strict=True):
        if shot.emotion in LABELS and shot.emotion != "neutral":
            row[LABELS.index("neutral")] = 1.0 - shot.intensity
            row[LABELS.index(shot.emotion)] = shot.intensity
    return answers


def test_each_judge_weighs_the_same() -> None:
    answers = {"a": certain("angry"), "b": certain("happy"), "c": certain("happy")}
    mean = mean_of(answers, ("a", "b"))
    assert mean[0, LABELS.index("angry")] == 0.5
    assert mean[0, LABELS.index("happy")] == 0.5


def test_first_answers_are_counted() -> None:
    shares = first_shares(certain("sad", "sad", "happy", "neutral"))
    assert shares[LABELS.index("sad")] == 0.5
    assert shares[LABELS.index("happy")] == 0.25
    assert shares.sum() == 1.0


@pytest.mark.parametrize(
    ("values", "rising"), [([0.1, 0.2, 0.3], True), ([0.1, 0.1, 0.3], False), ([0.2, 0.1], False)]
)
def test_rising_is_strict(values: list[float], rising: bool) -> None:
    assert rises(values) is rising


def test_an_interval_draws_within_groups_alone() -> None:
    values = np.array([1.0, 1.0, 3.0, 3.0])
    groups = np.array([0, 0, 1, 1])
    assert interval(groups, lambda rows: float(values[rows].mean())) == (2.0, 2.0)
    low, high = interval(np.zeros(4, np.intp), lambda rows: float(values[rows].mean()))
    assert low < 2.0 < high


def test_perfect_faces_get_full_marks() -> None:
    shots = all_shots()
    answers = graded_answers(shots)
    lines = faces_lines(Verdict(shots, {"lamp": dict.fromkeys(JUDGES, answers)}))
    assert "| all four | 7 of 7 | 1.00 (1.00 to 1.00) | 6 of 6 |" in lines


def test_a_confused_judge_shows() -> None:
    shots = all_shots()
    answers = graded_answers(shots)
    sad = shots.chosen("sad", 1.0)
    answers[sad] = certain("angry")
    told = dict.fromkeys(JUDGES, graded_answers(shots)) | {HELD_OUT: answers}
    lines = faces_lines(Verdict(shots, {"lamp": told}))
    assert "| face-api alone (held out) | 6 of 7 | 0.86 (0.86 to 0.86) | 5 of 6 |" in lines
    assert "| three judges of tuning | 7 of 7 | 1.00 (1.00 to 1.00) | 6 of 6 |" in lines


def test_neutral_is_performed_once_and_chosen_at_every_intensity() -> None:
    shots = all_shots()
    assert len(shots.shots) == 1 + 8 * 3
    assert shots.chosen("neutral", 0.3).tolist() == shots.chosen("neutral", 1.0).tolist() == [0]
    assert len(shots.chosen("calm", 0.7)) == 1


def test_frames_lie_one_in_each_part_of_the_speech() -> None:
    phones = (Span("AA", 1.0, 1.5), Span("M", 2.5, 3.0))
    assert frame_numbers(phones, np.full(4, 0.5)) == [31, 43, 56, 68]
    assert frame_numbers(phones, np.array([0.0, 0.99])) == [25, 74]


def test_silence_has_no_frames() -> None:
    with pytest.raises(ValueError, match="Nothing is spoken"):
        frame_numbers((), np.full(4, 0.5))
