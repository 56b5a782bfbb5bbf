# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.training.expression_blinks import BINS, blink_starts, factors


def test_a_blink_starts_where_the_lid_begins_to_fall():
    lids = np.full(100, 0.08)
    lids[40:46] = (0.2, 0.6, 0.9, 0.7, 0.4, 0.2)
    lids[70:72] = 0.3  # a squint is none
    assert blink_starts(lids) == pytest.approx([39 / 25.0], abs=0.05)


def test_factors_show_where_blinks_gather():
    chance = np.random.default_rng(0)
    clips = []
    for _ in range(60):
        stresses = np.arange(1.0, 28.0, 3.0)
        after = stresses[chance.random(len(stresses)) < 0.7] + 0.6
        clips.append((np.sort(after), {"stress": stresses}, 30.0))
    found = factors(clips, "stress", BINS["stress"])
    cell = BINS["stress"].index(0.55)
    assert found.argmax() == cell
    assert found[cell] > 3.0
    assert found[:3].max() == 0.0
