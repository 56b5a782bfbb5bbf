# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.speech.spectrum import BAND_COUNT, band_centres_hz, band_levels


def tone(hz, seconds=1.0, level=0.1):
    return (level * np.sin(2 * np.pi * hz * np.arange(round(16_000 * seconds)) / 16_000)).astype(
        np.float32
    )


@pytest.mark.parametrize("hz", [200.0, 500.0, 1_000.0, 3_000.0])
def test_a_tone_lies_in_its_band_at_its_level(hz):
    bands, _ = band_levels(tone(hz), 62, 256)
    middle = bands[30]
    place = np.log2(hz / band_centres_hz()[0]) * 3
    assert abs(int(middle.argmax()) - place) <= 1.0
    assert 10 * np.log10((10 ** (middle / 10)).sum()) == pytest.approx(
        20 * np.log10(0.1) - 3, abs=1
    )


def test_a_gain_moves_all_bands_alike():
    sound = np.random.default_rng(0).normal(0, 0.05, 16_000).astype(np.float32)
    plain, ringing = band_levels(sound, 62, 256)
    louder, same = band_levels(2 * sound, 62, 256)
    assert np.allclose(louder - plain, 20 * np.log10(2.0), atol=1e-3)
    assert np.allclose(ringing, same, atol=1e-4)


def test_a_voice_rings_more_than_noise():
    buzz = sum(tone(140.0 * n, level=0.1 / n) for n in range(1, 20))
    hiss = np.random.default_rng(0).normal(0, 0.05, 16_000).astype(np.float32)
    assert band_levels(buzz, 62, 256)[1][30] > 2 * band_levels(hiss, 62, 256)[1][5:55].mean()


def test_blocks_do_not_show():
    sound = np.random.default_rng(1).normal(0, 0.05, 256 * 4_100).astype(np.float32)
    whole, _ = band_levels(sound, 4_100, 256)
    late, _ = band_levels(sound[256 * 1_900 :], 200, 256)
    assert np.allclose(whole[1_910:2_090], late[10:190], atol=1e-3)
    assert whole.shape == (4_100, BAND_COUNT)
