# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.errors import MienError
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.film.landmarks import SCORE_NAMES
from core.film.resample import FaceTrack
from core.training.film_checks import Quality
from core.training.film_clips import held_back, write_corpora
from core.training.film_labels import FilmLabel
from core.training.fit_grid import read_tracks
from core.training.track_film import SOUND_HZ, TrackedFilm, write_tracks

FRAMES, FPS = 75, 25.0
QUALITY = Quality(3.0, 25.0, 1.0, 300.0, 2.0, 0.0, 0.5, 0.5, ())


def film(name, speaker, emotion, face, phase):
    """A tracked film of our own head: it rests for a second, then speaks; happy ones smile at rest."""
    times = np.arange(FRAMES) / FPS
    values = np.zeros((FRAMES, len(ARKIT_NAMES)), np.float32)
    speaks = times >= 1.0
    values[:, ARKIT_NAMES.index("jawOpen")] = speaks * (0.2 - 0.2 * np.cos(14.0 * times + phase))
    if emotion == "happy":
        for side in ("Left", "Right"):
            values[:, ARKIT_NAMES.index(f"mouthSmile{side}")] = 0.7
    points = face.landmarks478(values)[:, :, [0, 2, 1]].astype(float) * [1.0, -1.0, 1.0]
    track = FaceTrack(
        times,
        np.ones(FRAMES, bool),
        points * 1500.0 + [300.0, 500.0, 0.0],
        np.zeros((FRAMES, len(SCORE_NAMES))),
        np.tile(np.eye(4), (FRAMES, 1, 1)),
    )
    fine = np.arange(3 * SOUND_HZ) / SOUND_HZ
    voice = sum(np.sin(2.0 * np.pi * 140.0 * k * fine) / k for k in range(1, 9))
    samples = (0.1 * voice * (fine >= 1.0)).astype(np.float32)
    return TrackedFilm(name, FilmLabel(speaker, emotion, 0.8), track, (600, 800), samples, QUALITY)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    face = load_face_model()
    anna = [film(f"n{k}", "anna", "neutral", face, 0.3 * k) for k in range(5)]
    anna += [film(f"h{k}", "anna", "happy", face, 0.4 * k) for k in range(3)]
    write_tracks(folder / "anna.npz", anna)
    write_tracks(folder / "ben.npz", [film("b0", "ben", "", face, 0.0)])
    return write_corpora([folder / "anna.npz", folder / "ben.npz"], folder / "corpus", face), folder


def test_each_speaker_gets_a_folder_that_grids_reader_takes(corpus):
    folders, _ = corpus
    assert sorted(folders) == ["anna", "ben"]
    tracks = read_tracks(folders["anna"])
    assert sorted(tracks["clips"]) == ["h0", "h1", "h2", "n0", "n1", "n2", "n3", "n4"]
    assert list(tracks["clips"][tracks["part"] == "dev"]) == ["n4"]
    for clip, part in zip(tracks["clips"], tracks["part"], strict=True):
        info = soundfile.info(folders["anna"] / "audio" / part / f"{clip}.flac")
        assert (info.samplerate, info.channels, info.frames) == (SOUND_HZ, 1, 3 * SOUND_HZ)
    labels = json.loads((folders["anna"] / "labels.json").read_text(encoding="utf-8"))
    assert labels["h1"] == {"emotion": "happy", "intensity": 0.8}


def test_rest_is_taken_from_neutral_silence(corpus):
    folders, _ = corpus
    words = json.loads((folders["anna"] / "words_train.json").read_text(encoding="utf-8"))
    start, end, word = words["n0"][0]
    assert (start, word) == (0.0, "sil")
    assert end == pytest.approx(1.0, abs=0.15)
    assert {word for _, _, word in words["h0"]} == {"pause", "speech"}


def test_a_smile_that_lasts_is_seen_against_the_neutral_clips(corpus):
    folders, _ = corpus
    fit = np.load(folders["anna"] / "fit.npz")
    names = fit["channel_names"].tolist()
    smile = fit["values"][:, names.index("mouthSmileLeft")]
    means = {
        clip: smile[fit["start"][i] : fit["start"][i + 1]].mean()
        for i, clip in enumerate(fit["clips"])
    }
    assert min(means[f"h{k}"] for k in range(3)) > 0.4
    assert max(means[f"n{k}"] for k in range(5)) < 0.1
    jaw = fit["values"][:, names.index("jawOpen")]
    assert 0.3 < jaw.max() < 0.5


def test_few_films_of_a_stranger_are_enough(corpus):
    folders, _ = corpus
    assert list(np.load(folders["ben"] / "fit.npz")["part"]) == ["train"]


def test_a_second_run_replaces_the_folder_and_leaves_nothing_beside(corpus):
    folders, folder = corpus
    stray = folders["ben"] / "stray"
    stray.write_text("old", encoding="utf-8")
    write_corpora([folder / "ben.npz"], folder / "corpus", load_face_model())
    assert not stray.exists()
    assert sorted(p.name for p in (folder / "corpus").iterdir()) == ["anna", "ben"]


def test_the_command_says_where_each_speaker_went(corpus, tmp_path):
    _, folder = corpus
    run = subprocess.run(
        [
            *(sys.executable, "-m", "core.training.film_clips"),
            *(str(folder / "ben.npz"), "-o", str(tmp_path / "corpus")),
        ],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == f"ben: {tmp_path / 'corpus' / 'ben'}"
    assert (tmp_path / "corpus" / "ben" / "fit.npz").exists()


def test_dev_is_every_tenth_of_each_emotion():
    dev = held_back(["happy"] * 25 + ["sad"] * 5 + ["angry"] * 2)
    assert [i for i, is_dev in enumerate(dev) if is_dev] == [9, 19, 29]


def test_other_files_are_refused(tmp_path):
    np.savez(tmp_path / "other.npz", clips=np.array(["a"]))
    (tmp_path / "text.npz").write_text("no", encoding="utf-8")
    for name in ("other.npz", "text.npz", "none.npz"):
        with pytest.raises(MienError, match=name):
            write_corpora([tmp_path / name], tmp_path / "out", load_face_model())
    assert not (tmp_path / "out").exists()
