# SPDX-License-Identifier: Apache-2.0
"""What the mixture promises, with the real models on a real voice."""

from __future__ import annotations

import numpy as np
import pytest

from core.direction import EMOTION_NAMES, Direction
from core.face.arkit import ARKIT_NAMES
from core.mixing import landmark_steps
from core.mixing.articulation import lip_activity
from core.mixing.displacement import accumulate, opened_wider
from core.mixing.landmark_database import database_of_performances
from core.mixing.lip_layer import shaped_lips, shut
from core.mixing.mixture import mix_face
from core.mixing.resample import read_at
from core.motion.phones import BILABIAL
from core.speech.audio import load_speech

FACE = len(ARKIT_NAMES)
SHUT_METRES = 0.0005
STRENGTHS = ("brow", "eye", "cheek", "mouth_emotion", "jaw_emotion")
BLENDS = ({"happy": 0.5, "sad": 0.5}, {"angry": 0.6, "surprised": 0.4})


@pytest.fixture(scope="module")
def track(models, recording):
    """What the lip decoder hears in the recording."""
    samples = load_speech(recording).samples
    features = models.encoder.encode(samples, lambda _done: None)
    return models.lip_decoder.track(models.lip_decoder.curves(features, 0.0, lambda _done: None))


def opening(values, face):
    return face.lip_gaps(values[:, :FACE]).mean(axis=1)


@pytest.mark.parametrize("fps", [12.0, 23.976, 30.0, 60.0, 120.0])
def test_without_expression_the_mix_is_the_lip_layer_byte_for_byte(fps, track, models):
    time = np.arange(int(11 * fps)) / fps
    nothing = np.zeros((len(time), 57), np.float32)
    mixture = mix_face(track, time, Direction("angry"), nothing, models.face)
    assert mixture.values.tobytes() == mixture.lips.tobytes()
    assert mixture.lips.any()
    assert not mixture.residual_metres.any()
    assert np.array_equal(mixture.landmarks_mix, mixture.landmarks_lips)


@pytest.mark.parametrize("emotion", [*EMOTION_NAMES, *BLENDS], ids=str)
def test_the_strongest_feeling_keeps_range_and_closures_at_any_rate(
    emotion, track, models, perform
):
    extremes = {f"{name}_strength": 2.0 for name in STRENGTHS}
    take = perform(emotion=emotion, intensity=1.5, fps=60.0, **extremes)
    direction = Direction(emotion, intensity=1.5, **extremes)
    for fps in (12.0, 24.0, 25.0, 60.0, 120.0):
        time = np.arange(int(take.time_seconds[-1] * fps)) / fps
        felt = read_at(take.expression, take.time_seconds, time)
        mixture = mix_face(track, time, direction, felt, models.face)
        channels = mixture.values[:, :FACE]
        assert channels.min() >= 0.0
        assert channels.max() <= 1.0
        made = []
        for layer in (mixture.lips, mixture.values):
            widest = models.face.lip_gaps(layer[:, :FACE]).max(axis=1)
            near = [
                np.abs(time - (s.start_seconds + s.end_seconds) / 2)
                <= max((s.end_seconds - s.start_seconds) / 2, 0.5 / fps + 1e-6)
                for s in track.contacts
                if s.label == BILABIAL
            ]
            made.append([widest[frames].min() < SHUT_METRES for frames in near])
        assert sum(made[0]) > 3
        assert all(mixed or not alone for alone, mixed in zip(*made, strict=True)), fps


@pytest.mark.parametrize("emotion", EMOTION_NAMES)
@pytest.mark.parametrize("intensity", [1.0, 1.5])
def test_the_opening_stays_that_of_the_lips(emotion, intensity, perform, models):
    take = perform(emotion=emotion, intensity=intensity, fps=60.0)
    lips, mix = (opening(layer, models.face) for layer in (take.lips, take.values))
    correlation = {
        lag: np.corrcoef(lips[5 : len(lips) - 5], mix[5 + lag : len(lips) - 5 + lag])[0, 1]
        for lag in range(-5, 6)
    }
    assert correlation[0] > 0.975
    assert max(correlation, key=correlation.get) == 0
    assert mix.min() > models.face.lip_gap_neutral.min() - 0.0005


@pytest.mark.parametrize("emotion", EMOTION_NAMES)
def test_channels_give_what_landmarks_ask_for(emotion, perform):
    residual = perform(emotion=emotion, intensity=1.5, fps=60.0).meta["residual_metres"]
    assert 0.0 < residual["mean"] < 0.0004
    assert residual["percentile_95"] < 0.0008
    assert residual["max"] < 0.0015


def test_landmarks_leave_alone_what_they_do_not_see(track, models, perform):
    take = perform(emotion="disgusted", fps=60.0)
    hidden = [
        column
        for column, name in enumerate(ARKIT_NAMES)
        if name.startswith(("eye", "tongue", "cheek", "noseSneer"))
    ]
    time = take.time_seconds
    activity = lip_activity(track.values, track.time_seconds, track.contacts, time)
    shaped = shaped_lips(track, time, Direction(), models.face)
    prior = accumulate(
        opened_wider(shaped, take.expression, activity, time), take.expression, activity
    )
    closed = shut(prior, track, time, Direction(), models.face)
    mixture = mix_face(track, time, Direction(), take.expression, models.face)
    lids = [column for column in hidden if ARKIT_NAMES[column] != "tongueOut"]
    assert np.array_equal(mixture.values[:, lids], prior[:, lids])
    tongue = ARKIT_NAMES.index("tongueOut")
    np.testing.assert_allclose(mixture.values[:, tongue], closed[:, tongue], atol=0.05)


def test_blocks_of_a_long_take_join_unseen(track, models, perform, monkeypatch):
    take = perform(emotion="happy", fps=60.0)

    def mixed():
        return mix_face(
            track, take.time_seconds, Direction("happy"), take.expression, models.face
        ).values

    whole = mixed()
    monkeypatch.setattr(landmark_steps, "BLOCK_SECONDS", 3.1)
    monkeypatch.setattr(landmark_steps, "MARGIN_SECONDS", 3.0)
    assert np.abs(mixed() - whole).max() < 2e-3


def test_likeness_pulls_toward_a_face_and_leaves_contacts_shut(track, models, perform):
    happy, sad = perform(emotion="happy", fps=60.0), perform(emotion="sad", fps=60.0)
    known = database_of_performances([sad], models.face)
    time = happy.time_seconds

    def mixed(likeness):
        return mix_face(
            track,
            time,
            Direction("happy"),
            happy.expression,
            models.face,
            database=known,
            likeness=likeness,
        )

    assert mixed(0.0).values.tobytes() == happy.values.tobytes()
    away = [
        np.linalg.norm(mixed(p).landmarks_mix - sad.landmarks_mix, axis=2).mean()
        for p in (0.0, 0.5, 1.0)
    ]
    assert away[2] < 0.7 * away[0]
    assert away[2] < away[1] < away[0]
    like = mixed(1.0).values[:, :FACE]
    assert like.min() >= 0.0
    assert like.max() <= 1.0
    widest = models.face.lip_gaps(like).max(axis=1)
    for span in (s for s in happy.contacts if s.label == BILABIAL):
        first, last = np.searchsorted(time, (span.start_seconds, span.end_seconds))
        assert widest[max(first - 1, 0) : last + 1].min() < SHUT_METRES
