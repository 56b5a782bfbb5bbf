# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fit is asked for: frames of contacts, tolerances by what a channel moves."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.devrepo.mien import keys

CHANNELS = ["browInnerUp", "jawOpen", "mouthFunnel", "mouthClose"]


def test_contacts_are_met_in_their_middle_by_the_channels_that_make_them():
    spans = np.array([[0.5, 0.7], [1.0, 1.2], [3.0, 3.2]])
    labels = ["bilabial", "rounding", "some new kind"]
    rows = keys.contact_rows(labels, spans, CHANNELS, np.arange(100) / 10)
    assert rows == [[], [6, 11], [11], [6]]
    curves = keys.fit_many(np.random.default_rng(1).random((100, 4)), 0, tolerance=0.3, exact=rows)
    assert {6, 11} <= set(curves[1].frames)


def test_a_channel_that_moves_less_may_miss_more():
    found = keys.visible_tolerances(np.array([0.04, 0.02, 0.001, 0, 0.08]), 0.01, full_travel=0.04)
    np.testing.assert_allclose(found, [0.01, 0.02, 0.03, 0.03, 0.01])
    for wrong in ({"full_travel": 0}, {"full_travel": 1, "most": 0.5}):
        with pytest.raises(ValueError, match="widened"):
            keys.visible_tolerances(np.ones(2), 0.01, **wrong)
