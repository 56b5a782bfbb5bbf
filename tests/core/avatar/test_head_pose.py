# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.avatar.head_pose import NECK_PIVOT, head_angles, head_to_root

FACE, UP = np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("angles", "axis", "toward"),
    [
        ((0.3, 0.0, 0.0), FACE, (2, 1)),  # looks up
        ((0.0, 0.3, 0.0), FACE, (0, 1)),  # to the character's left, which is +X
        ((0.0, 0.0, 0.3), UP, (0, 1)),  # the top of the head goes to the left shoulder
    ],
)
def test_each_angle_turns_the_way_that_its_name_says(angles, axis, toward):
    turned = head_to_root(*angles)[:3, :3] @ axis
    column, sign = toward
    assert np.isclose(turned[column], sign * np.sin(0.3))


def test_the_neck_stays_where_it_is_and_a_shift_moves_it():
    matrix = head_to_root(0.4, -0.7, 0.2)
    assert np.allclose(matrix[:3, :3] @ NECK_PIVOT + matrix[:3, 3], NECK_PIVOT)
    moved = head_to_root(0.4, -0.7, 0.2, (0.01, 0.02, -0.03))
    assert np.allclose(moved[:3, 3] - matrix[:3, 3], (0.01, 0.02, -0.03))


def test_angles_come_back():
    random = np.random.default_rng(1)
    for angles in random.uniform(-1.2, 1.2, (50, 3)):
        shift = random.normal(0.0, 0.05, 3)
        pitch, yaw, roll, found = head_angles(head_to_root(*angles, shift))
        assert np.allclose((pitch, yaw, roll), angles)
        assert np.allclose(found, shift)


def test_pitch_and_yaw_alone_say_where_the_face_looks():
    straight, rolled = (head_to_root(0.2, 0.5, roll)[:3, :3] @ FACE for roll in (0.0, 0.6))
    assert np.allclose(straight, rolled)
