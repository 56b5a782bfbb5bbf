# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.curves import Span
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.mixing.contacts import close_lips
from core.mixing.lip_measures import CHIN_HEIGHT, LOWER_HEIGHT, PROTRUSION, WIDTH, lip_measures

# What a contact promises: gaps under half a millimetre, and at the rest line of the canonical head.
CLOSED_METRES = 0.5e-3
MOUTH = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith("mouth")]
JAW = ARKIT_NAMES.index("jawOpen")
RATES = [12.0, 23.976, 24.0, 25.0, 29.97, 30.0, 60.0, 120.0]


@pytest.fixture(scope="module")
def face():
    return load_face_model()


@pytest.fixture(scope="module")
def measures(face):
    return lip_measures(face)


def wild_mouth(count, seed=0):
    generator = np.random.default_rng(seed)
    values = np.zeros((count, 52), np.float32)
    values[:, MOUTH] = generator.uniform(0.0, 0.4, (count, len(MOUTH)))
    values[:, JAW] = generator.uniform(0.2, 1.0, count)
    return values


def vowel(count):
    """A mouth held 9 mm open."""
    values = np.zeros((count, 52), np.float32)
    values[:, JAW] = 0.22
    for side in ("Left", "Right"):
        values[:, ARKIT_NAMES.index("mouthUpperUp" + side)] = 0.3
    return values


def bilabials(seed=0):
    """40 contacts of 15 to 110 ms, 5 a second at the fastest."""
    generator = np.random.default_rng(seed)
    starts = np.cumsum(generator.uniform(0.2, 0.3, 40))
    return [Span("bilabial", s, s + generator.uniform(0.015, 0.11)) for s in starts]


def babbled(start=0.5, phone_seconds=1 / 12, count=8):
    """ "Bababa": every other phone a b."""
    starts = start + 2 * phone_seconds * np.arange(count)
    return [Span("bilabial", s, s + phone_seconds) for s in starts]


@pytest.mark.parametrize("fps", RATES)
def test_every_bilabial_has_a_closed_frame_at_any_frame_rate(face, fps):
    times = np.arange(int(12 * fps)) / fps
    closed = close_lips(wild_mouth(len(times)), times, bilabials(), face)
    gaps = face.lip_gaps(closed)
    for span in bilabials():
        near = np.abs(times - (span.start_seconds + span.end_seconds) / 2).argmin()
        assert gaps[near].max() < CLOSED_METRES
        assert (gaps[near] < face.lip_gap_neutral + CLOSED_METRES).all()
    assert closed.min() >= 0.0
    assert closed.max() <= 1.0


@pytest.mark.parametrize("phase", [0, 1])
@pytest.mark.parametrize("rate", [23.976, 24.0, 25.0])
def test_contacts_outlive_twos(face, rate, phase):
    """Every second frame dropped, whichever: of most closures a shut frame is left."""
    times = np.arange(int(12 * rate)) / rate
    closed = close_lips(vowel(len(times)), times, bilabials(), face)
    gaps = face.lip_gaps(closed).max(axis=1)[phase::2]
    kept = [
        gaps[np.abs(times[phase::2] - (s.start_seconds + s.end_seconds) / 2).argsort()[:2]].min()
        < CLOSED_METRES
        for s in bilabials()
        if s.end_seconds - s.start_seconds > 0.04
    ]
    assert all(kept)


@pytest.mark.parametrize("shift", np.linspace(0.0, 0.08, 5))
@pytest.mark.parametrize("fps", [12.0, 24.0, 25.0, 30.0, 60.0])
def test_twelve_phones_a_second_close_and_open(face, fps, shift):
    times = np.arange(int(3 * fps)) / fps
    spans = babbled(0.5 + shift)
    gaps = face.lip_gaps(close_lips(vowel(len(times)), times, spans, face)) * 1e3
    for span, following in itertools.pairwise(spans):
        middle = (span.start_seconds + span.end_seconds) / 2
        later = (following.start_seconds + following.end_seconds) / 2
        near = np.abs(times - middle) < 0.5 / fps + 1e-6
        assert gaps[near].max(axis=1).min() < 0.0
        between = gaps[(times > middle) & (times < later), 1]
        assert between.max() > 2.5


def test_short_vowels_between_closures_open_visibly(face):
    """The vowels of "pump" (70 ms) and of a hurried "maybe" (45 ms)."""
    times = np.arange(120) / 60
    spans = [
        Span("bilabial", 0.5, 0.57),
        Span("bilabial", 0.64, 0.74),
        Span("bilabial", 0.785, 0.85),
    ]
    gaps = face.lip_gaps(close_lips(vowel(120), times, spans, face))[:, 1] * 1e3
    assert gaps[(times > 0.57) & (times < 0.64)].max() > 4.0
    assert gaps[(times > 0.74) & (times < 0.785)].max() > 2.0


def test_lips_close_and_part_at_the_speed_of_lips(face):
    """Filmed: up to 270 mm/s for 15 mm."""
    times = np.arange(240) / 120
    gaps = face.lip_gaps(close_lips(vowel(240), times, [Span("bilabial", 1.0, 1.08)], face))[:, 1]
    speed = np.diff(gaps) * 120 * 1e3
    assert -380 < speed.min() < -100
    assert 80 < speed.max() < 330


def test_a_mouth_that_is_shut_already_is_not_touched(face):
    times = np.arange(60) / 60
    values = np.zeros((60, 52), np.float32)
    values[:, ARKIT_NAMES.index("mouthPressLeft")] = 0.3
    values[:, ARKIT_NAMES.index("mouthPressRight")] = 0.3
    closed = close_lips(values, times, [Span("bilabial", 0.4, 0.5)], face)
    np.testing.assert_allclose(closed, values, atol=1e-6)


def test_closing_keeps_the_width_and_is_not_the_jaws_work(measures, face):
    times = np.arange(60) / 60
    values = vowel(60)
    closed = close_lips(values, times, [Span("bilabial", 0.4, 0.5)], face)
    was, got = measures.at(values), measures.at(closed)
    assert np.abs(got[:, WIDTH] - was[:, WIDTH]).max() < 0.3
    chin = got[:, CHIN_HEIGHT] - was[:, CHIN_HEIGHT]
    assert 0.0 <= chin.max() < 2.0
    assert (closed[:, ARKIT_NAMES.index("mouthClose")] <= closed[:, JAW] + 0.05).all()


def test_a_p_after_breath_is_shut_at_its_burst_only(face):
    times = np.arange(120) / 60
    spans = [Span("bilabial", 0.6, 1.0)]
    breathing, shut = vowel(120), 0.2 * vowel(120)
    opened = face.lip_gaps(close_lips(breathing, times, spans, face))[:, 1] * 1e3
    assert opened[times < 0.8].min() > 5.0
    assert opened[(times > 0.92) & (times < 1.0)].max() < 0.0
    assert face.lip_gaps(close_lips(shut, times, spans, face))[37:60, 1].max() < 0.0


def test_no_tongue_shows_through_shut_lips(face):
    times = np.arange(60) / 60
    values = vowel(60)
    values[:, ARKIT_NAMES.index("tongueOut")] = 0.5
    tongue = close_lips(values, times, [Span("bilabial", 0.4, 0.5)], face)[
        :, ARKIT_NAMES.index("tongueOut")
    ]
    assert tongue[25:30].max() < 1e-6
    assert tongue[:18].min() == tongue[40:].min() == 0.5


def test_a_smile_or_a_snarl_does_not_open_a_contact(face):
    times = np.arange(60) / 60
    values = np.zeros((60, 52), np.float32)
    for name in ("mouthSmile", "mouthUpperUp", "mouthLowerDown", "noseSneer"):
        for side in ("Left", "Right"):
            values[:, ARKIT_NAMES.index(name + side)] = 0.9
    values[:, JAW] = 0.7
    closed = close_lips(values, times, [Span("bilabial", 0.4, 0.5)], face)
    assert face.lip_gaps(closed)[25:30].max() < CLOSED_METRES


def test_nothing_far_from_a_contact_changes(face):
    times = np.arange(120) / 60
    values = wild_mouth(120)
    closed = close_lips(values, times, [Span("bilabial", 1.0, 1.08)], face)
    away = (times < 0.85) | (times > 1.25)
    np.testing.assert_array_equal(closed[away], values[away])


def test_lips_near_a_contact_only_close(face):
    times = np.arange(120) / 60
    values = wild_mouth(120)
    closed = close_lips(values, times, [Span("bilabial", 1.0, 1.08)], face)
    assert (face.lip_gaps(closed) <= face.lip_gaps(values) + 1e-5).all()


def test_firmness_goes_from_nothing_over_less_to_pressed(face):
    times = np.arange(60) / 60
    values, spans = vowel(60), [Span("bilabial", 0.4, 0.5)]
    np.testing.assert_array_equal(close_lips(values, times, spans, face, 0.0), values)
    middle = [
        face.lip_gaps(close_lips(values, times, spans, face, f))[27, 1] * 1e3
        for f in (0.0, 0.5, 1.0, 2.0)
    ]
    assert middle[0] - middle[1] == pytest.approx((middle[0] - middle[2]) / 2, abs=0.2)
    assert middle[3] < middle[2] - 0.7


def test_f_puts_the_lower_lip_to_the_upper_teeth_and_shows_them(measures, face):
    times = np.arange(60) / 60
    values = vowel(60)
    got = close_lips(values, times, [Span("labiodental", 0.2, 0.3)], face)
    was, now = measures.at(values)[15], measures.at(got)[15]
    over_teeth = now[LOWER_HEIGHT] - (measures.rest[LOWER_HEIGHT] - 3.1)
    assert -0.6 < over_teeth < 2.6
    assert got[15, ARKIT_NAMES.index("mouthRollLower")] > 0.3
    assert 1.5e-3 < face.lip_gaps(got)[15, 1] < 6e-3
    assert abs(now[CHIN_HEIGHT] - was[CHIN_HEIGHT]) < 1.0
    assert abs(now[WIDTH] - was[WIDTH]) < 0.3
    np.testing.assert_array_equal(got[:6], values[:6])


def test_oo_narrows_and_stands_out_and_leaves_opening_and_jaw(measures, face):
    times = np.arange(60) / 60
    values = vowel(60)
    got = close_lips(values, times, [Span("rounding", 0.5, 0.7)], face)
    was, now = measures.at(values)[37], measures.at(got)[37]
    assert now[PROTRUSION] > measures.rest[PROTRUSION] + 3.0
    assert now[WIDTH] < measures.rest[WIDTH] - 3.0
    np.testing.assert_allclose(now[:3], was[:3], atol=0.2)
    assert abs(now[CHIN_HEIGHT] - was[CHIN_HEIGHT]) < 0.5
    np.testing.assert_array_equal(got[0], values[0])


def test_tongue_tips_leave_the_lips_alone(face):
    times = np.arange(60) / 60
    values = wild_mouth(60)
    got = close_lips(values, times, [Span("tongue_tip", 0.2, 0.3)], face)
    np.testing.assert_array_equal(got, values)


def test_contacts_outside_the_range_and_empty_tracks_are_no_trouble(face):
    times = np.arange(10) / 24
    values = wild_mouth(10)
    np.testing.assert_array_equal(
        close_lips(values, times, [Span("bilabial", 5.0, 5.1)], face), values
    )
    assert close_lips(np.zeros((0, 52), np.float32), np.zeros(0), [], face).shape == (0, 52)
    one = close_lips(vowel(1), np.zeros(1), [Span("bilabial", 0.0, 0.1)], face)
    assert face.lip_gaps(one).max() < CLOSED_METRES
