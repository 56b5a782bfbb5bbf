# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import soundfile

from core.speech.audio import load_speech
from core.speech.encoder import WINDOW_FRAMES, SpeechEncoder
from core.speech.prosody import PitchTracker
from core.speech.spoken_content import SpokenContent
from core.training.emotion_clips import read_clips
from core.training.emotion_tables import WHOLE, WINDOW, read_rows
from core.training.prepare_emotion import Ears, encode_in_company, plain_takes, ravdess_takes, save

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def ears():
    return Ears(SpeechEncoder(), PitchTracker(), np.zeros((WINDOW_FRAMES, 384), np.float32))


@pytest.fixture(scope="module")
def work(ears, recording, tmp_path_factory):
    """Two takes of three seconds, as they are and altered."""
    folder, work = (tmp_path_factory.mktemp(name) for name in ("ravdess", "work"))
    samples = load_speech(recording).samples
    for number, name in enumerate(("03-01-05-02-01-02-07", "03-01-01-01-02-01-08")):
        piece = samples[(1 + 4 * number) * RATE_HZ :][: 3 * RATE_HZ]
        soundfile.write(folder / f"{name}.flac", piece, RATE_HZ)
    takes = ravdess_takes(folder)
    for copy in (0, 1):
        save(work / f"ravdess_{copy}.npz", takes, copy, ears)
    return work


def test_names_of_ravdess_are_read(work):
    quiet, loud = sorted(read_clips(work / "ravdess_0.npz"), key=lambda clip: clip.speaker)[::-1]
    assert (quiet.emotion, quiet.speaker, quiet.strength, quiet.text) == (
        "neutral",
        "08",
        "01",
        "02-01",
    )
    assert (loud.emotion, loud.strength) == ("angry", "02")


def likeness(first, second):
    """Correlation of two stretches of features, (T, 384) each."""
    first, second = (part - part.mean(axis=0) for part in (first, second))
    return (first * second).sum() / np.sqrt((first**2).sum() * (second**2).sum())


def test_features_are_cut_where_the_take_lies(ears, recording):
    samples = load_speech(recording).samples
    sounds = [samples[start * RATE_HZ :][: 2 * RATE_HZ] for start in (1, 4, 6)]
    heard = encode_in_company(sounds, ears, np.random.default_rng(3))
    for sound, features in zip(sounds, heard, strict=True):
        alone, own = (part.astype(np.float32) for part in (ears.features(sound), features))
        assert len(own) == len(alone) == 100
        early, exact, late = (likeness(own[20 + n : 80 + n], alone[20:80]) for n in (-2, 0, 2))
        assert exact > 0.8
        assert exact > max(early, late) + 0.1


def test_the_same_copy_is_the_same_sound(work, ears, tmp_path, recording):
    samples = load_speech(recording).samples[RATE_HZ : 4 * RATE_HZ]
    soundfile.write(tmp_path / "03-01-05-02-01-02-07.flac", samples, RATE_HZ)
    for name in ("first", "second"):
        save(tmp_path / f"{name}_1.npz", ravdess_takes(tmp_path), 1, ears)
    first, second = (read_clips(tmp_path / f"{name}_1.npz")[0] for name in ("first", "second"))
    assert np.array_equal(first.features, second.features)
    plain = read_clips(work / "ravdess_0.npz")[1]
    assert plain.emotion == "angry"
    assert not np.array_equal(first.features[:50], plain.features[:50])


def test_rows_are_whole_clips_and_windows(work):
    content = SpokenContent(
        np.zeros((WINDOW_FRAMES, 384), np.float32),
        np.zeros((384, 2), np.float32),
        np.zeros(2, np.float32),
        np.zeros((2, 384), np.float32),
    )
    rows = read_rows(work, "ravdess", content)
    assert set(rows.kind) == {WHOLE, WINDOW}
    assert (rows.kind == WHOLE).sum() == 4
    assert (rows.kind == WINDOW).sum() >= 8
    assert set(rows.copy) == {0, 1}
    assert np.isfinite(rows.melody).all()
    assert np.isfinite(rows.encoder).all()
    with pytest.raises(FileNotFoundError, match="prepare_emotion"):
        read_rows(work, "emodb", content)


def test_long_plain_recordings_are_cut(tmp_path):
    soundfile.write(tmp_path / "long.wav", np.zeros(10 * RATE_HZ, np.float32), RATE_HZ)
    soundfile.write(tmp_path / "short.wav", np.zeros(RATE_HZ, np.float32), RATE_HZ)
    takes = plain_takes("corpus", tmp_path)
    assert [(take.path.stem, take.start_seconds) for take in takes] == [
        ("long", 0.0),
        ("long", 4.0),
        ("short", 0.0),
    ]
