# SPDX-License-Identifier: Apache-2.0
"""What the sheet of emotions shows, before it is rendered."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("bpy", reason="the sheet is rendered by Blender's Python module")

from benchmarks.look_emotions import INTENSITIES, apex, faces
from core.direction import EMOTION_NAMES, Direction
from core.motion.parts import BROWS, CHEEKS, EYES, JAW, MOUTH


def test_the_sheet_has_whole_rows_and_every_emotion_at_every_intensity():
    labels = list(faces())
    assert len(labels) % len(EMOTION_NAMES) == 0
    for row, intensity in enumerate(INTENSITIES):
        shown = labels[row * len(EMOTION_NAMES) : (row + 1) * len(EMOTION_NAMES)]
        assert shown == [f"{name} {intensity:g}" for name in EMOTION_NAMES]


def test_neutral_is_the_head_at_rest_and_all_else_lies_within_range():
    assert not apex(Direction("neutral")).any()
    for direction in faces().values():
        assert 0.0 <= apex(direction).min() <= apex(direction).max() <= 1.0


@pytest.mark.parametrize(
    ("part", "strengths"),
    [
        (BROWS, ("brow_strength",)),
        (EYES, ("eye_strength",)),
        (CHEEKS, ("cheek_strength",)),
        (MOUTH + JAW, ("mouth_emotion_strength", "jaw_emotion_strength")),
    ],
)
def test_a_strength_of_0_takes_its_part_off_the_face(part, strengths):
    whole = apex(Direction("angry"))
    without = apex(Direction("angry", **dict.fromkeys(strengths, 0.0)))
    assert whole[list(part)].max() > 0.1
    assert not without[list(part)].any()
    others = np.setdiff1d(np.arange(52), part)
    assert np.array_equal(whole[others], without[others])
