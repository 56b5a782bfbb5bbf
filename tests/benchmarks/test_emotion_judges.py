# SPDX-License-Identifier: Apache-2.0
"""Cropping on small pictures; the nets themselves where they were fetched."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("h5py", reason="needs the extra 'judges'")
pytest.importorskip("PIL", reason="needs the extra 'judges'")

from benchmarks.emotion_judges import (
    FILES,
    JUDGES,
    LABELS,
    PHOTOS,
    PORTRAIT_SCALE,
    TUNING_JUDGES,
    Judge,
    crop,
    face_box,
    judge,
    load_judges,
    portrait,
)
from benchmarks.emotion_judges_fetch import DEFAULT_FOLDER

POINTS = np.array([[40.0, 30.0], [80.0, 30.0], [60.0, 90.0]])


def plain(size: int, scale: float, raised: float = 0.0) -> Judge:
    return Judge(size, scale, raised, lambda inputs: inputs, lambda inputs: inputs)


def test_the_box_is_a_square_around_the_points() -> None:
    assert face_box(POINTS) == (60.0, 60.0, 60.0)


def test_a_portrait_has_the_box_in_its_middle() -> None:
    picture = np.zeros((120, 120, 3), np.uint8)
    picture[30:90, 30:90] = 255
    cut = portrait(picture, POINTS, 160)
    lit = cut[80, :, 0] > 127
    assert lit.sum() == pytest.approx(160 / PORTRAIT_SCALE, abs=2)
    assert lit[::-1].tolist() == lit.tolist()


def test_a_crop_of_scale_1_shows_the_box_alone() -> None:
    picture = np.zeros((160, 160, 3), np.uint8)
    picture[29:131, 29:131] = 200
    seen = crop(picture, plain(48, 1.0))
    assert seen.shape == (48, 48, 3)
    assert seen.min() == 200
    assert crop(picture, plain(48, 1.1)).min() == 0


def test_a_raised_crop_shows_what_lies_higher() -> None:
    picture = np.zeros((160, 160, 3), np.uint8)
    picture[:80] = 255
    low, high = (crop(picture, plain(64, 1.0, raised)) for raised in (0.0, 0.25))
    assert (low[:, 0, 0] > 127).sum() == 32
    assert (high[:, 0, 0] > 127).sum() == 48


def test_what_lies_outside_repeats_the_edge() -> None:
    picture = np.full((20, 20, 3), 9, np.uint8)
    assert (portrait(picture, POINTS / 5, 32) == 9).all()


def test_each_picture_is_seen_in_a_mirror_too() -> None:
    bright_left = np.zeros((1, 64, 64, 3), np.uint8)
    bright_left[:, :, :32] = 255
    left = Judge(8, 1.0, 0.0, lambda inputs: inputs, lambda inputs: inputs[:, 0, :7, 0] / 255)
    answer = judge(bright_left, {"left": left})["left"][0]
    assert np.allclose(answer, 0.5)


def test_nobody_who_tunes_is_held_out() -> None:
    assert set(TUNING_JUDGES) < set(JUDGES)
    assert set(FILES) == set(JUDGES)


@pytest.mark.slow
def test_every_judge_knows_a_smile() -> None:
    pytest.importorskip("mediapipe", reason="needs the extra 'judges'")
    if not (DEFAULT_FOLDER / PHOTOS).exists():
        pytest.skip("the judges' nets are not here: python -m benchmarks.emotion_judges_fetch")
    from PIL import Image

    from benchmarks.emotion_judges import RIG_FILE
    from benchmarks.emotion_judges_rig import find_faces

    photo = np.asarray(Image.open(DEFAULT_FOLDER / PHOTOS / "happy_0.png").convert("RGB"))
    (face,) = find_faces([photo], DEFAULT_FOLDER / RIG_FILE)
    assert face is not None
    shown = portrait(photo, face.points)[None]
    for name, answer in judge(shown, load_judges(DEFAULT_FOLDER, JUDGES)).items():
        assert answer[0].sum() == pytest.approx(1.0, abs=1e-4)
        assert LABELS[int(answer[0].argmax())] == "happy", name
