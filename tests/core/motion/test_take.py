# SPDX-License-Identifier: Apache-2.0
"""Takes: between nothing felt and all of it, and what the face makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from core.direction import Direction
from core.face.arkit import ARKIT_NAMES, mirrored_name
from core.motion.dose import LARGEST_DOSE, dose_curve
from core.motion.envelope import emotion_curves
from core.motion.expression_decoder import ExpressionDecoder
from core.motion.feeling import bent, felt_face, recruited
from core.motion.idle import add_idle, add_rest
from core.motion.phrasing import find_phrasing
from core.motion.prototypes import MOVED_EMOTIONS, prototype_table
from core.motion.take import draw_take
from core.motion.take_channels import take_channels
from core.motion.tremor import add_tremor
from core.speech.emotion import VoiceEmotion

MIRRORED = [ARKIT_NAMES.index(mirrored_name(name)) for name in ARKIT_NAMES]


@pytest.fixture(scope="module")
def acted(prosody, models_folder):
    """acted(emotion, intensity, seed): phrasing, activation and take of the recording."""
    measured, seconds = prosody
    decoder = ExpressionDecoder(models_folder)
    phrasing = find_phrasing(measured, seconds)
    features = np.zeros((int(seconds * 50) + 1, 384), np.float32)

    def make(emotion, intensity=1.0, seed=0):
        activation = np.zeros((len(phrasing.time_seconds), len(MOVED_EMOTIONS)))
        activation[:, MOVED_EMOTIONS.index(emotion)] = intensity
        take = draw_take(
            decoder, measured, phrasing, features, activation, seed=seed, on_progress=lambda _: None
        )
        return phrasing, activation, take

    return make


def felt(acted, emotion, intensity=1.0, seed=0, **asked):
    phrasing, activation, take = acted(emotion, intensity, seed)
    direction = Direction(emotion, seed=seed, **asked)
    table = prototype_table()
    curves = emotion_curves(phrasing, table, activation, direction)
    dose = np.ones(len(curves))
    return felt_face(take, table, activation, curves, dose=dose, direction=direction)


def test_half_a_feeling_moves_half_way(acted):
    """Micro-motion lies on the straight line from the neutral take to the felt one."""
    micro = slice(0, take_channels().column("gainBrows"))
    none, half, full = (acted("angry", x)[2].values[:, micro] for x in (0.0, 0.5, 1.0))
    assert np.allclose(half, 0.5 * (none + full), atol=1e-6)
    assert np.abs(full - none).max() > 0.05


def test_what_multiplies_the_feeling_does_not_depend_on_its_intensity(acted):
    weak, strong = (acted("happy", x)[2]["gainMouth"] for x in (0.2, 1.5))
    assert np.allclose(weak, strong, atol=1e-6)
    assert strong.std() > 0.03


def test_gains_leave_the_apex_at_the_prototypes_strength(acted):
    weights = prototype_table().emotions[MOVED_EMOTIONS.index("happy")].weights
    smile = ARKIT_NAMES.index("mouthSmileLeft")
    shown = np.quantile([felt(acted, "happy", seed=s)[:, smile] for s in range(3)], 0.9)
    assert shown == pytest.approx(float(bent(weights[smile : smile + 1])[0]), abs=0.12)


@pytest.mark.parametrize("emotion", ["happy", "sad", "angry", "fearful"])
def test_without_asymmetry_a_face_is_its_own_mirror(emotion, acted):
    phrasing, activation, take = acted(emotion)
    direction = Direction(emotion, asymmetry=0.0)
    table = prototype_table()
    curves = emotion_curves(phrasing, table, activation, direction)
    dose = np.ones(len(curves))
    face = felt_face(take, table, activation, curves, dose=dose, direction=direction)
    add_rest(face, activation, direction)
    add_idle(face, take, direction)
    add_tremor(face, phrasing, curves, direction)
    weights = table.emotions[MOVED_EMOTIONS.index(emotion)].weights
    even = np.flatnonzero(weights == weights[MIRRORED])
    assert np.allclose(face[:, even], face[:, MIRRORED][:, even], atol=1e-6)
    lively = felt(acted, emotion, asymmetry=2.0)
    assert np.abs(lively - lively[:, MIRRORED]).max() > 0.02


def test_idle_0_is_still_and_idle_2_stays_in_range(acted):
    _, activation, take = acted("fearful", 1.5)
    face = np.zeros((len(activation), 52), np.float32)
    add_rest(face, activation, Direction(idle_strength=0.0))
    add_idle(face, take, Direction(idle_strength=0.0))
    assert not face.any()
    ones = dict.fromkeys(("brow_strength", "eye_strength", "cheek_strength"), 2.0)
    for level in (0.0, 0.5, 1.0):
        face = np.full((len(activation), 52), level, np.float32)
        add_idle(face, take, Direction(idle_strength=2.0, asymmetry=2.0, **ones))
        assert face.min() >= 0.0
        assert face.max() <= 1.0


def test_fear_trembles_and_joy_does_not(acted):
    def trembling(emotion):
        phrasing, activation, _ = acted(emotion)
        face = np.full((len(activation), 52), 0.5, np.float32)
        add_tremor(face, phrasing, activation, Direction(emotion))
        lid = face[:, ARKIT_NAMES.index("eyeWideLeft")].astype(np.float64)
        power = np.abs(np.fft.rfft(lid - lid.mean())) ** 2
        hertz = np.fft.rfftfreq(len(lid), 0.01)
        return lid.std(), power[(hertz > 3.5) & (hertz < 8.0)].sum() / max(power.sum(), 1e-12)

    deviation, share = trembling("fearful")
    assert 0.01 < deviation < 0.08
    assert share > 0.95
    assert trembling("happy")[0] == 0.0


def voice_of(effort, seconds=11.0):
    time = np.arange(int(seconds / 0.25) + 1) * 0.25
    flat = np.zeros(len(time))
    rows = np.full((len(time), 9), 1.0 / 9.0)
    return VoiceEmotion(
        time_seconds=time,
        probabilities=rows,
        arousal=flat,
        valence=flat,
        confidence=flat,
        effort=np.full(len(time), effort),
        utterance_probabilities=rows[0],
        utterance_arousal=0.0,
        utterance_valence=0.0,
        utterance_confidence=0.0,
    )


def test_the_dose_is_1_at_ordinary_effort_and_follows_it(prosody):
    phrasing = find_phrasing(*prosody)
    assert np.array_equal(dose_curve(phrasing, None, 1.0), np.ones(len(phrasing.time_seconds)))
    assert np.allclose(dose_curve(phrasing, voice_of(0.0), 2.0), 1.0)
    assert np.allclose(dose_curve(phrasing, voice_of(0.8), 0.0), 1.0)
    weak, strong = (dose_curve(phrasing, voice_of(e), 1.0).mean() for e in (-0.25, 0.25))
    assert np.log(strong / weak) > 0.2
    assert dose_curve(phrasing, voice_of(1.5), 2.0).max() <= LARGEST_DOSE


def test_what_an_apex_cannot_show_its_companions_do():
    plain = np.zeros((3, 52), np.float32)
    inner, down = ARKIT_NAMES.index("browInnerUp"), ARKIT_NAMES.index("browDownLeft")
    plain[:, inner], plain[:, down] = 0.9, 0.3
    dose = np.array([1.0, 0.7, LARGEST_DOSE])
    dosed = (plain * dose[:, None]).astype(np.float32)
    shown = recruited(dosed, dose)
    assert np.array_equal(shown[:2], bent(dosed)[:2])
    assert shown[2, down] > 1.1 * 0.3 * LARGEST_DOSE
    assert shown.max() <= 1.0
    assert not shown[:, ARKIT_NAMES.index("browOuterUpLeft")].any()


def test_more_effort_shows_in_the_whole_upper_face(prosody, express_with):
    measured, seconds = prosody
    time = np.arange(int(seconds * 25)) / 25
    upper = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("brow", "cheek", "eyeWide"))]
    for emotion in ("happy", "sad", "angry"):
        weak, strong = (
            express_with(
                measured,
                Direction(emotion, blink_strength=0.0),
                seconds,
                time,
                voice=voice_of(effort),
            ).values[:, upper]
            for effort in (-0.25, 0.25)
        )
        assert np.log(strong.mean() / weak.mean()) > 0.1, emotion


def test_a_raised_voice_shuts_no_eyes(acted):
    phrasing, activation, take = acted("sad")
    direction = Direction("sad")
    table = prototype_table()
    curves = emotion_curves(phrasing, table, activation, direction)
    plain, raised = (
        felt_face(
            take, table, activation, curves, dose=np.full(len(curves), d), direction=direction
        )
        for d in (1.0, LARGEST_DOSE)
    )
    lids = ARKIT_NAMES.index("eyeBlinkLeft")
    assert np.allclose(raised[:, lids], plain[:, lids], atol=1e-5)
    add_rest(plain, activation, direction)
    assert plain[:, lids].min() >= 0.099
