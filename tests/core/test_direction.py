# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import pytest

from core.direction import EMOTION_NAMES, UPPER_LIMITS, Direction
from core.errors import MienError


def test_json_round_trip():
    direction = Direction({"happy": 0.6, "surprised": 0.2}, intensity=1.2, seed=7, head_strength=0)
    assert Direction.from_json(json.dumps(direction.to_json())) == direction


def test_weights_follow_the_order_of_names_and_sum_to_one():
    blend = Direction({"sad": 0.25, "happy": 0.25})
    assert tuple(blend.weights) == EMOTION_NAMES
    assert blend.weights["neutral"] == pytest.approx(0.5)
    too_much = Direction({"sad": 1.0, "happy": 1.0})
    assert too_much.weights["sad"] == pytest.approx(0.5)
    assert Direction("angry").weights["angry"] == 1.0


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"emotion": "furious"}, "'furious'"),
        ({"emotion": {"happy": 2.0}}, "emotion happy"),
        ({"emotion": 3}, "emotion is 3"),
        ({"intensity": 1.6}, "intensity"),
        ({"intensity": -0.1}, "intensity"),
        ({"intensity": float("nan")}, "intensity"),
        ({"intensity": "high"}, "intensity"),
        ({"intensity": True}, "intensity"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"smile": 1.0}, "'smile'"),
        ([], "not a JSON object"),
        ("{", "not JSON"),
    ],
)
def test_a_wrong_setting_is_named(data, told):
    with pytest.raises(MienError, match=told) as error:
        Direction.from_json(data)
    assert error.value.code == "bad_direction"
    assert error.value.advice


@pytest.mark.parametrize("name", UPPER_LIMITS)
def test_both_ends_of_each_range_are_allowed(name):
    assert getattr(Direction(**{name: 0}), name) == 0.0
    assert getattr(Direction(**{name: UPPER_LIMITS[name]}), name) == UPPER_LIMITS[name]
