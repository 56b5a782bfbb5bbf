# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.errors import MienError
from core.face.arkit import ARKIT_NAMES
from core.mixing import landmark_database
from core.mixing.landmark_database import (
    LandmarkDatabase,
    database_of_performances,
    database_of_track,
    load_database,
    save_database,
)


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(0).normal(0, 0.003, (40, 68, 3)).astype(np.float32)


def test_it_comes_back_from_its_file(frames, tmp_path):
    save_database(LandmarkDatabase(frames), tmp_path / "face.npz")
    assert np.array_equal(load_database(tmp_path / "face.npz").displacements, frames)


@pytest.mark.parametrize(
    "fields",
    [
        {"displacements": np.zeros((5, 67, 3), np.float32)},
        {"displacements": np.zeros((0, 68, 3), np.float32)},
        {"displacements": np.full((5, 68, 3), np.nan, np.float32)},
        {"displacements": np.full((5, 68, 3), 3.0, np.float32)},
        {"displacements": np.array([{"a": 1}], object)},
        {"points": np.zeros((5, 68, 3), np.float32)},
    ],
)
def test_what_is_no_database_is_refused(fields, tmp_path):
    np.savez(tmp_path / "face.npz", **fields)
    with pytest.raises(MienError) as caught:
        load_database(tmp_path / "face.npz")
    assert caught.value.code == "database_unreadable"


@pytest.mark.parametrize("content", [None, b"", b"not a zip"])
def test_a_file_that_is_missing_or_broken_is_named(content, tmp_path):
    path = tmp_path / "face.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MienError, match=r"face\.npz"):
        load_database(path)


def test_it_cannot_be_written_into_a_folder_that_is_missing(frames, tmp_path):
    with pytest.raises(MienError) as caught:
        save_database(LandmarkDatabase(frames), tmp_path / "none" / "face.npz")
    assert caught.value.code == "not_writable"


def test_performances_give_their_frames(perform, models):
    take = perform(emotion="happy", fps=60.0)
    known = database_of_performances([take, take], models.face)
    assert known.displacements.shape == (2 * take.frames, 68, 3)
    expected = take.landmarks_mix - models.face.pieces68.neutral
    np.testing.assert_allclose(known.displacements[: take.frames], expected, atol=1e-7)


def test_a_long_film_is_thinned(frames, monkeypatch):
    monkeypatch.setattr(landmark_database, "MOST_FRAMES", 10)
    thin = landmark_database.thinned(frames)
    assert len(thin) == 10
    assert np.array_equal(thin[[0, -1]], frames[[0, -1]])


def test_a_track_loses_head_motion_and_unit(models):
    random = np.random.default_rng(1)
    values = np.zeros((60, 52), np.float32)
    values[20:, ARKIT_NAMES.index("jawOpen")] = random.random(40) * 0.5
    values[30:, ARKIT_NAMES.index("browInnerUp")] = 0.6
    points = models.face.landmarks68(values).astype(np.float64)
    angle = 0.2 * np.sin(np.arange(60) / 9)
    turn = np.zeros((60, 3, 3))
    turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angle)
    turn[:, 0, 1], turn[:, 1, 0] = -np.sin(angle), np.sin(angle)
    turn[:, 2, 2] = 1.0
    tracked = np.einsum("tni,tij->tnj", points, turn) * 300.0 + random.normal(0, 5, (60, 1, 3))
    known = database_of_track(tracked.astype(np.float32), models.face)
    expected = points - points[:20].mean(axis=0)
    assert np.abs(known.displacements - expected).max() < 0.001
    assert np.abs(expected).max() > 0.005
