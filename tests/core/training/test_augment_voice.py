# SPDX-License-Identifier: Apache-2.0
"""The changed voice keeps the times of what it says, and moves pitch and formants as it promises."""

from __future__ import annotations

import numpy as np
import pytest

from core.training.augment_voice import Disguise, disguise, draw_disguise, stretch, warp_envelope

RATE = 16_000
PITCH = 120.0


def buzz(seconds=2.0, pitch=PITCH, formant=1200.0):
    """Pulses through one resonance: a vowel of one formant."""
    times = np.arange(int(seconds * RATE)) / RATE
    partials = np.arange(1, 60) * pitch
    gains = np.exp(-(((partials - formant) / 250.0) ** 2)) + 0.01
    waves = gains @ np.sin(2 * np.pi * partials[:, None] * times)
    return waves.astype(np.float32)


def clicks(times, seconds=2.0):
    samples = np.zeros(int(seconds * RATE), np.float32)
    for time in times:
        place = int(time * RATE)
        samples[place : place + 40] = np.hanning(40) * np.tile([1, -1], 20)
    return samples


def pitch_of(samples):
    middle = samples[len(samples) // 4 : len(samples) // 4 + 8192].astype(float)
    match = np.correlate(middle, middle, "full")[len(middle) - 1 :]
    low, high = RATE // 500, RATE // 60
    return RATE / (low + int(np.argmax(match[low:high])))


def centre_of(samples):
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float((power * hertz).sum() / power.sum())


def test_a_plain_disguise_changes_nothing():
    samples = buzz(0.5)
    np.testing.assert_array_equal(disguise(samples, Disguise()), samples)


@pytest.mark.parametrize("pitch", [0.75, 1.6])
def test_pitch_moves_and_length_and_formant_stay(pitch):
    changed = disguise(buzz(), Disguise(pitch=pitch))
    assert len(changed) == 2 * RATE
    assert pitch_of(changed) == pytest.approx(PITCH * pitch, rel=0.04)
    assert centre_of(changed) == pytest.approx(1200.0, rel=0.12)


def test_formants_move_and_pitch_stays():
    changed = warp_envelope(buzz(), 1.25)
    assert centre_of(changed) == pytest.approx(1500.0, rel=0.1)
    assert pitch_of(changed) == pytest.approx(PITCH, rel=0.02)


@pytest.mark.parametrize("tempo", [0.6, 0.85, 1.25])
def test_events_stay_at_their_times(tempo):
    """Within twice the 6 ms that the search for a match may cost, in the time of the source."""
    times = np.array([0.4, 0.9, 1.5])
    changed = np.abs(stretch(clicks(times), tempo, round(2 * RATE / tempo)))
    for time in times / tempo:
        near = changed[int((time - 0.05) * RATE) : int((time + 0.05) * RATE)]
        found = time - 0.05 + int(np.argmax(near)) / RATE
        assert found == pytest.approx(time, abs=0.012 / tempo)


def test_a_whisper_has_no_pitch_but_the_same_loud_places():
    samples = buzz(1.0)
    samples[: RATE // 2] *= 0.01
    changed = disguise(samples, Disguise(is_whispered=True)).astype(float)
    later = changed[RATE // 2 + 800 : -800]
    match = np.correlate(later, later, "full")[len(later) - 1 :] / np.square(later).sum()
    assert match[RATE // 500 : RATE // 60].max() < 0.4
    assert np.std(changed[: RATE // 2 - 800]) < 0.1 * np.std(later)


def test_draws_are_as_often_and_as_wide_as_told():
    generator = np.random.default_rng(0)
    drawn = [draw_disguise(generator, 0.5) for _ in range(400)]
    changed = [d for d in drawn if d != Disguise()]
    assert 150 < len(changed) < 250
    assert min(d.pitch for d in changed) < 0.8
    assert max(d.pitch for d in changed) > 1.7
    assert all(0.8 <= d.tempo <= 1.26 for d in drawn)
