# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.curves import Span
from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.mixing.contacts import cheapest_change, close_lips

CLOSED_METRES = 0.5e-3
MOUTH = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith("mouth")]
JAW = ARKIT_NAMES.index("jawOpen")


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def wild_mouth(count, seed=0):
    generator = np.random.default_rng(seed)
    values = np.zeros((count, 52), np.float32)
    values[:, MOUTH] = generator.uniform(0.0, 0.4, (count, len(MOUTH)))
    values[:, JAW] = generator.uniform(0.2, 1.0, count)
    return values


def bilabials(seed=0):
    """40 contacts of 15 to 110 ms, 5 a second at the fastest."""
    generator = np.random.default_rng(seed)
    starts = np.cumsum(generator.uniform(0.2, 0.3, 40))
    return [Span("bilabial", s, s + generator.uniform(0.015, 0.11)) for s in starts]


@pytest.mark.parametrize("fps", [12.0, 23.976, 24.0, 25.0, 29.97, 30.0, 60.0, 120.0])
def test_every_bilabial_has_a_closed_frame_at_any_frame_rate(face, fps):
    times = np.arange(int(12 * fps)) / fps
    closed = close_lips(wild_mouth(len(times)), times, bilabials(), face)
    gaps = face.lip_gaps(closed).max(axis=1)
    for span in bilabials():
        near = np.abs(times - (span.start_seconds + span.end_seconds) / 2).argmin()
        assert gaps[near] < CLOSED_METRES
    assert closed.min() >= 0.0
    assert closed.max() <= 1.0


def test_a_smile_or_a_snarl_does_not_open_a_contact(face):
    times = np.arange(60) / 60
    values = np.zeros((60, 52), np.float32)
    for name in ("mouthSmile", "mouthUpperUp", "mouthLowerDown", "noseSneer"):
        for side in ("Left", "Right"):
            values[:, ARKIT_NAMES.index(name + side)] = 0.9
    values[:, JAW] = 0.7
    closed = close_lips(values, times, [Span("bilabial", 0.4, 0.5)], face)
    assert face.lip_gaps(closed)[24:30].max() < CLOSED_METRES


def test_nothing_far_from_a_contact_changes(face):
    times = np.arange(120) / 60
    values = wild_mouth(120)
    closed = close_lips(values, times, [Span("bilabial", 1.0, 1.08)], face)
    away = (times < 0.9) | (times > 1.15)
    np.testing.assert_array_equal(closed[away], values[away])


def test_lips_near_a_contact_only_close(face):
    times = np.arange(120) / 60
    values = wild_mouth(120)
    closed = close_lips(values, times, [Span("bilabial", 1.0, 1.08)], face)
    assert (face.lip_gaps(closed) <= face.lip_gaps(values) + 1e-5).all()


def test_firmness_0_changes_nothing_and_2_presses_harder(face):
    times = np.arange(60) / 60
    values, spans = wild_mouth(60), [Span("bilabial", 0.4, 0.5)]
    np.testing.assert_array_equal(close_lips(values, times, spans, face, 0.0), values)
    gaps = [face.lip_gaps(close_lips(values, times, spans, face, f))[27].max() for f in (1.0, 2.0)]
    assert gaps[1] < gaps[0]


def test_f_tucks_the_lower_lip_and_oo_puckers(face):
    times = np.arange(60) / 60
    values = np.zeros((60, 52), np.float32)
    values[:, JAW] = 0.5
    spans = [Span("labiodental", 0.2, 0.3), Span("rounding", 0.6, 0.8)]
    got = close_lips(values, times, spans, face)
    assert got[15, ARKIT_NAMES.index("mouthRollLower")] > 0.39
    assert got[15, JAW] < 0.15
    assert got[42, ARKIT_NAMES.index("mouthPucker")] > 0.3
    assert got[0].max() == 0.5


def test_contacts_outside_the_range_and_empty_tracks_are_no_trouble(face):
    times = np.arange(10) / 24
    values = wild_mouth(10)
    np.testing.assert_array_equal(
        close_lips(values, times, [Span("bilabial", 5.0, 5.1)], face), values
    )
    assert close_lips(np.zeros((0, 52), np.float32), np.zeros(0), [], face).shape == (0, 52)


def test_the_cheapest_change_keeps_to_the_box_and_reaches_its_aim():
    effect = np.array([[10.0], [-10.0], [2.0]])
    costs = np.array([1.0, 1.0, 1.0])
    start = np.array([[0.1, 0.2, 0.9]])
    moved = cheapest_change(start, np.array([[-6.0]]), effect, costs)
    np.testing.assert_allclose((moved - start) @ effect, [[-6.0]], atol=0.01)
    assert moved.min() >= 0.0
