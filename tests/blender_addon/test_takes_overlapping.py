# SPDX-License-Identifier: GPL-3.0-or-later
"""No line hides another one: takes beside each other, overlapping lines, in any order of making."""

from __future__ import annotations

from itertools import permutations

import pytest
from bl_ext.devrepo.mien.strips import StripMap
from take_studio import FRAMES, HEARD, LATER, NEAR, key_of, key_take, values_at

# First frames of four lines of 60 frames: the second overlaps the first, the third follows both.
STARTS = {"One": 11, "Two": 41, "Three": 151, "Four": -69}
# Frames at which only that line speaks.
ALONE = {"One": 25, "Two": 90, "Three": 180, "Four": -40}


def test_a_line_is_seen_after_two_takes_of_another(scene, face, performance):
    columns = performance(FRAMES)
    key_take("Line 1", HEARD, columns, face, None)
    key_take("Line 1", HEARD, columns, face, None, beside=True)
    key_take("Line 2", LATER, columns, face, None)
    shown = values_at(scene, face, LATER.first_frame + 20)["jawOpen"]
    assert shown == pytest.approx(columns["jawOpen"][20], abs=NEAR)
    assert len(key_of(face).animation_data.nla_tracks) == 8


@pytest.mark.parametrize("order", list(permutations(STARTS)), ids="-".join)
def test_every_line_is_seen_where_it_speaks_alone(scene, face, performance, order):
    columns = {name: column for name, column in performance(FRAMES).items() if name < "jawP"}
    for name in order:
        key_take(name, StripMap(0.0, 24.0, STARTS[name], FRAMES), columns, face, None)
    for name, frame in ALONE.items():
        shown = values_at(scene, face, frame)["jawOpen"]
        wanted = columns["jawOpen"][frame - STARTS[name]]
        assert shown == pytest.approx(wanted, abs=NEAR), (name, order)
