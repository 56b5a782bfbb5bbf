# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import torch

from core.face.model import load_face_model
from core.motion.mouth_channels import MOUTH_CHANNELS, spread_matrix
from core.training.losses import MEASURE_SPREADS, mouth_loss, mouth_maps, parting_loss

CHANNELS = len(MOUTH_CHANNELS)


@pytest.fixture(scope="module")
def face():
    return load_face_model()


@pytest.fixture(scope="module")
def maps(face):
    return mouth_maps(face)


def test_measures_are_those_of_the_heads_landmarks(face, maps):
    values = np.random.default_rng(0).uniform(0.0, 0.5, (5, CHANNELS)).astype(np.float32)
    points = face.landmarks68(values @ spread_matrix()) - face.landmarks68(np.zeros((1, 52)))
    opening = points[:, (61, 62, 63), 2].mean(1) - points[:, (67, 66, 65), 2].mean(1)
    got = (torch.from_numpy(values) @ maps.measures)[:, 0] * MEASURE_SPREADS[0]
    np.testing.assert_allclose(got, opening * 1e3, atol=1e-3)


def test_unknown_channels_cost_nothing(maps):
    wanted = torch.zeros(1, 10, CHANNELS)
    got = wanted.clone()
    got[..., 3] = 0.7
    weights = torch.ones_like(wanted)
    assert mouth_loss(got, wanted, weights, maps) > 0.1
    weights[..., 3] = 0.0
    assert mouth_loss(got, wanted, weights, maps) == 0.0


def test_shiver_costs_more_than_an_offset(maps):
    wanted = torch.zeros(1, 20, CHANNELS)
    offset, shiver = wanted.clone(), wanted.clone()
    offset[..., 0] = 0.1
    shiver[:, ::2, 0] = 0.1
    shiver[:, 1::2, 0] = -0.1
    weights = torch.ones_like(wanted)
    assert mouth_loss(shiver, wanted, weights, maps) > 2 * mouth_loss(offset, wanted, weights, maps)


def test_lips_apart_cost_only_inside_closures(face, maps):
    mouth = torch.zeros(1, 10, CHANNELS)
    mouth[..., MOUTH_CHANNELS.index("jawOpen")] = 0.3
    closed = torch.zeros(1, 10)
    assert parting_loss(mouth, closed, maps) == 0.0
    closed[:, 4:6] = 1.0
    assert parting_loss(mouth, closed, maps) > 1.0
    assert parting_loss(torch.zeros_like(mouth), closed, maps) == pytest.approx(0.0, abs=0.05)
