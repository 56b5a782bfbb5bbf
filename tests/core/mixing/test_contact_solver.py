# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np

from core.mixing.contact_solver import cheapest_change


def test_the_cheapest_change_keeps_to_the_box_and_reaches_its_aim():
    effect = np.array([[10.0], [-10.0], [2.0]])
    costs = np.array([1.0, 1.0, 1.0])
    start = np.array([[0.1, 0.2, 0.9]])
    moved = cheapest_change(start, np.array([[-6.0]]), effect, costs)
    np.testing.assert_allclose((moved - start) @ effect, [[-6.0]], atol=0.01)
    assert moved.min() >= 0.0


def test_dear_values_move_less():
    effect = np.array([[10.0], [10.0]])
    moved = cheapest_change(np.full((1, 2), 0.8), np.array([[-4.0]]), effect, np.array([1.0, 3.0]))
    np.testing.assert_allclose(0.8 - moved, [[0.3, 0.1]], atol=0.01)


def test_where_walls_leave_no_way_the_soft_aim_yields():
    effect = np.array([[10.0, 5.0], [0.0, -5.0]])
    start = np.array([[0.9, 0.98]])
    moved = cheapest_change(
        start, np.array([[-8.0, 0.0]]), effect, np.ones(2), slack=np.array([1e-3, 3.0])
    )
    got = ((moved - start) @ effect)[0]
    assert abs(got[0] + 8.0) < 0.1
    assert got[1] < -0.3


def test_a_lower_wall_holds_a_value():
    moved = cheapest_change(
        np.array([[0.1, 0.1]]),
        np.array([[6.0]]),
        np.array([[10.0], [10.0]]),
        np.ones(2),
        most=np.array([[0.2, 1.0]]),
    )
    np.testing.assert_allclose(moved, [[0.2, 0.6]], atol=0.01)
