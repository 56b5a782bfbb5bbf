# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from film_studio import make_film, opening

from core.errors import MienError
from core.film.landmarks import find_landmarker
from core.training.track_film import main, sound_folder, track_films, write_tracks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    steady = make_film(folder / "anna_happy_0.7.mp4", 4.0, 30)
    steps = np.random.default_rng(0).integers(12, 40, 90) / 600.0
    times = np.concatenate(([0.0], np.cumsum(steps)))
    uneven = make_film(folder / "anna_sad.mkv", float(times[-1]) + 0.04, 25, times=times)
    return folder, [steady, uneven]


@pytest.fixture(scope="module")
def tracks(films):
    folder, paths = films
    out = folder / "anna.npz"
    write_tracks(out, track_films(paths, None, find_landmarker(None)))
    with np.load(out, allow_pickle=False) as data:
        return out, {key: data[key] for key in data.files}


def test_the_file_has_grids_layout_and_the_labels(tracks):
    out, data = tracks
    frames = data["start"][-1]
    assert data["clips"].tolist() == ["anna_happy_0.7", "anna_sad"]
    assert data["landmarks_px_x16"].shape == (len(data["landmark_index"]), 3, frames)
    assert data["landmarks_px_x16"].dtype == np.int16
    assert data["blendshapes"].shape == (frames, 52)
    assert data["head_pose"].shape == (frames, 4, 4)
    assert data["face_found"].all()
    assert data["emotion"].tolist() == ["happy", "sad"]
    assert data["intensity"].tolist() == [0.7, 1.0]
    for clip in data["clips"]:
        assert soundfile.info(sound_folder(out) / f"{clip}.flac").samplerate == 16_000


def test_lips_move_when_the_face_moved_at_an_even_and_an_uneven_rate(tracks):
    _, data = tracks
    index = data["landmark_index"].tolist()
    y = data["landmarks_px_x16"][:, 1].astype(float) / 16.0
    gap = y[index.index(14)] - y[index.index(13)]
    for number in range(2):
        rows = slice(*data["start"][number : number + 2])
        wanted = opening(np.arange(rows.stop - rows.start) / 25.0)
        assert np.corrcoef(gap[rows], wanted)[0, 1] > 0.8, data["clips"][number]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"kind": "none"}, "film_no_face"),
        ({"kind": "two"}, "film_two_faces"),
        ({"has_sound": False}, "film_no_sound"),
        ({"seconds": 0.6}, "film_short"),
        ({"seconds": 14.0, "lag_seconds": 0.32}, "film_out_of_step"),
    ],
)
def test_films_that_cannot_be_used_are_refused_by_name(tmp_path, what, code):
    film = make_film(tmp_path / "bad.mp4", **{"seconds": 2.0, "fps": 25, **what})
    with pytest.raises(MienError, match="bad") as caught:
        track_films([film], None, find_landmarker(None))
    assert caught.value.code == code


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "core.training.track_film", *map(str, arguments)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_written_when_one_film_is_bad_unless_it_may_be_skipped(films, tmp_path):
    good = films[1][0]
    bad = make_film(tmp_path / "bad.mp4", 2.0, 25, has_sound=False)
    out = tmp_path / "out.npz"
    failed = run(good, bad, "-o", out)
    assert failed.returncode != 0
    assert "bad.mp4 has no sound" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["bad.mp4"]
    assert run(good, bad, "-o", out, "--skip-bad").returncode == 0
    assert np.load(out)["clips"].tolist() == ["anna_happy_0.7"]


def test_a_model_that_is_not_there(films, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        sys,
        "argv",
        [
            "track_film",
            str(films[1][0]),
            "-o",
            str(tmp_path / "o.npz"),
            "--face-model",
            "none.task",
        ],
    )
    with pytest.raises(SystemExit, match=r"none\.task"):
        main()
    assert not list(tmp_path.iterdir())
