# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.curves import Span
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.mixing.articulation import LipActivity, contact_claim, lip_activity
from core.mixing.displacement import accumulate
from core.mixing.resample import read_at

FRAMES = 40


def layer(**channels):
    values = np.zeros((FRAMES, 57), np.float32)
    for name, value in channels.items():
        values[:, CHANNEL_NAMES.index(name)] = value
    return values


def mix(lips, expression, busy=0.0, claim=0.0, rounding=0.0):
    speech = LipActivity(*(np.full(FRAMES, value) for value in (busy, rounding, claim, busy)))
    return accumulate(lips, expression, speech)


def one(values, name):
    return float(values[FRAMES // 2, CHANNEL_NAMES.index(name)])


def test_no_displacement_leaves_the_lip_track_bit_for_bit():
    lips = np.random.default_rng(0).random((FRAMES, 57), np.float32)
    lips[:, 52:] = 0.0
    lips[:, [ARKIT_NAMES.index(n) for n in ARKIT_NAMES if n.startswith(("eye", "brow"))]] = 0.0
    mixed = mix(lips, layer(), 0.7, 0.4)
    assert mixed.tobytes() == lips.tobytes()


def test_no_channel_leaves_its_range():
    random = np.random.default_rng(1)
    lips = random.random((FRAMES, 57), np.float32)
    expression = random.uniform(-2, 2, (FRAMES, 57)).astype(np.float32)
    mixed = mix(lips, expression, 0.3, 0.2)
    assert mixed[:, :52].min() >= 0.0
    assert mixed[:, :52].max() <= 1.0


def test_angles_are_added_as_they_are():
    mixed = mix(layer(), layer(headPitch=-0.2, gazeYaw=0.3))
    assert one(mixed, "headPitch") == pytest.approx(-0.2)
    assert one(mixed, "gazeYaw") == pytest.approx(0.3)


def test_articulation_takes_the_aperture_and_leaves_the_corners():
    feeling = layer(mouthLowerDownLeft=0.5, mouthSmileLeft=0.6, browInnerUp=0.8)
    resting, speaking = mix(layer(), feeling), mix(layer(), feeling, busy=1.0)
    assert one(speaking, "mouthLowerDownLeft") < 0.4 * one(resting, "mouthLowerDownLeft")
    assert one(speaking, "mouthSmileLeft") > 0.7 * one(resting, "mouthSmileLeft")
    assert one(speaking, "browInnerUp") == one(resting, "browInnerUp")


def test_a_contact_claims_the_aperture_whole():
    feeling = layer(jawOpen=0.3, mouthUpperUpLeft=0.4, mouthFrownLeft=0.5, mouthPressLeft=0.3)
    mixed = mix(layer(), feeling, claim=1.0)
    assert one(mixed, "jawOpen") == 0.0
    assert one(mixed, "mouthUpperUpLeft") == 0.0
    assert one(mixed, "mouthFrownLeft") > 0.4
    assert one(mixed, "mouthPressLeft") == pytest.approx(0.3)


def test_a_smile_yields_to_rounded_lips():
    rounded = mix(layer(mouthPucker=0.6), layer(mouthSmileLeft=0.7), rounding=1.0)
    assert one(rounded, "mouthSmileLeft") < 0.3
    assert one(rounded, "mouthPucker") == pytest.approx(0.6)


def test_a_frown_weakens_the_lip_tracks_smile():
    mixed = mix(layer(mouthSmileLeft=0.4), layer(mouthFrownLeft=0.6))
    assert one(mixed, "mouthSmileLeft") < 0.25
    assert one(mixed, "mouthFrownLeft") == pytest.approx(0.6)


def test_a_blend_keeps_mostly_the_difference_at_the_corners():
    mixed = mix(layer(), layer(mouthSmileLeft=0.5, mouthFrownLeft=0.4))
    assert one(mixed, "mouthSmileLeft") == pytest.approx(0.5 - 0.7 * 0.4, abs=1e-5)


def test_closed_lids_are_neither_wide_nor_squinted():
    mixed = mix(layer(), layer(eyeBlinkLeft=1.0, eyeWideLeft=0.8, eyeSquintLeft=0.5))
    assert one(mixed, "eyeWideLeft") == 0.0
    assert one(mixed, "eyeSquintLeft") < 0.2


def test_contacts_claim_before_and_after_themselves():
    time = np.arange(0, 1, 0.005)
    contacts = (
        Span("bilabial", 0.4, 0.5),
        Span("labiodental", 0.52, 0.6),
        Span("tongue", 0.8, 0.9),
    )
    claim = contact_claim(contacts, time)
    assert claim[(time >= 0.4) & (time <= 0.5)].min() == pytest.approx(1.0)
    assert claim[np.searchsorted(time, 0.56)] == pytest.approx(0.8)
    assert claim[time < 0.31].max() == 0.0
    assert claim[time > 0.7].max() == 0.0
    assert 0.0 < claim[np.searchsorted(time, 0.36)] < 1.0


def test_contacts_outside_the_range_do_no_harm():
    time = np.arange(5) / 24
    assert not contact_claim((Span("bilabial", -2.0, -1.0), Span("bilabial", 7, 8)), time).any()


def test_articulation_is_low_at_rest_and_high_in_speech():
    time = np.arange(200) * 0.02
    lips = np.zeros((200, 52), np.float32)
    lips[100:, ARKIT_NAMES.index("jawOpen")] = 0.2 + 0.15 * np.sin(2 * np.pi * 5 * time[100:])
    busy = lip_activity(lips, time, (), time).articulation
    assert busy[:80].max() < 0.05
    assert busy[120:].min() > 0.4
    assert busy.max() <= 1.0


def test_rounding_is_what_exceeds_running_speech():
    time = np.arange(100) * 0.02
    lips = np.zeros((100, 52), np.float32)
    lips[:, ARKIT_NAMES.index("mouthPucker")] = 0.18
    lips[40:60, ARKIT_NAMES.index("mouthPucker")] = 0.6
    rounding = lip_activity(lips, time, (), np.arange(0, 2, 0.01)).rounding
    assert rounding[:50].max() < 0.01
    assert rounding[95:105].min() > 0.9


def test_a_rounding_contact_is_round_though_the_decoder_hardly_shows_it():
    time = np.arange(100) * 0.02
    lips = np.zeros((100, 52), np.float32)
    contacts = (Span("rounding", 0.8, 0.95), Span("tongue_tip", 1.4, 1.5))
    rounding = lip_activity(lips, time, contacts, time).rounding
    assert rounding[44:48].min() > 0.6
    assert rounding[:30].max() == rounding[65:].max() == 0.0


def test_reading_at_other_times_never_overshoots_and_meets_every_frame():
    random = np.random.default_rng(2)
    values = random.random((60, 3), np.float32)
    values[20:30] = 0.0
    source = np.arange(60) * 0.02
    assert np.array_equal(read_at(values, source, source), values)
    fine = np.linspace(-0.1, 1.3, 999)
    read = read_at(values, source, fine)
    assert read.min() >= 0.0
    assert read.max() <= values.max()
    assert not read[(fine >= 0.4) & (fine <= 0.58)].any()
    assert np.array_equal(read[0], values[0])
    assert np.array_equal(read[-1], values[-1])


def test_reading_follows_a_smooth_curve():
    source = np.arange(100) * 0.02
    values = (0.5 + 0.5 * np.sin(2 * np.pi * 2 * source)).astype(np.float32)[:, None]
    time = np.arange(0, 1.9, 1 / 60)
    error = read_at(values, source, time)[:, 0] - (0.5 + 0.5 * np.sin(2 * np.pi * 2 * time))
    assert np.abs(error).max() < 0.01


def test_reading_a_single_frame_holds_it():
    assert (
        read_at(np.full((1, 2), 0.3, np.float32), np.zeros(1), np.arange(3) / 24).tolist()
        == [[pytest.approx(0.3)] * 2] * 3
    )
