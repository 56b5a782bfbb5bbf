# SPDX-License-Identifier: Apache-2.0
"""Sizes and draws of the networks that are compared."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from benchmarks.dual_decoder_networks import Decoder, parameters, width_for  # noqa: E402
from benchmarks.dual_decoder_systems import SYSTEMS, Training, _spans, plans  # noqa: E402

CONDITIONS, OUTPUTS = 20, 12


def decoder(*, is_generative, contacts=4):
    torch.manual_seed(0)
    return Decoder(CONDITIONS, OUTPUTS, 24, contacts=contacts, is_generative=is_generative).eval()


def heard(frames=40):
    return torch.randn(1, frames, CONDITIONS, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("is_generative", [False, True])
def test_the_budget_is_kept_and_spent(is_generative):
    width = width_for(50_000, CONDITIONS, OUTPUTS, contacts=4, is_generative=is_generative)
    sizes = [
        parameters(Decoder(CONDITIONS, OUTPUTS, w, contacts=4, is_generative=is_generative))
        for w in (width, width + 1)
    ]
    assert sizes[0] <= 50_000 < sizes[1]


def test_every_system_may_have_as_many_parameters():
    training = Training(120_000, 1, 10, "x")
    for name in SYSTEMS:
        assert sum(plan.budget for plan in plans(name, training, 0)) == 120_000


def test_two_systems_share_the_lips_and_differ_in_the_expression():
    training = Training(120_000, 1, 10, "x")
    lips, expressions = zip(*[plans(name, training, 0) for name in SYSTEMS[2:]], strict=True)
    assert lips[0] == lips[1]
    assert expressions[0].is_generative != expressions[1].is_generative


def test_one_noise_gives_one_take():
    network = decoder(is_generative=True)
    with torch.no_grad():
        hidden, contacts = network.hear(heard())
        noise = torch.randn(2, 40, OUTPUTS, generator=torch.Generator().manual_seed(2))
        first, again, other = (network.draw(hidden, noise[k : k + 1], 4) for k in (0, 0, 1))
    assert contacts.shape == (1, 40, 4)
    assert torch.equal(first, again)
    assert (first - other).abs().mean() > 0.1


def test_flow_matching_finds_what_the_condition_says():
    torch.manual_seed(0)
    network = Decoder(2, 1, 16, contacts=0, is_generative=True)
    optimiser = torch.optim.AdamW(network.parameters(), lr=5e-3)
    for _ in range(250):
        told = torch.randn(16, 12, 1).mul(0.5).expand(-1, -1, 2)
        wanted, noise, time = told[..., :1] + 2.0, torch.randn(16, 12, 1), torch.rand(16)
        mixed = torch.lerp(noise, wanted, time[:, None, None])
        hidden, _ = network.hear(told)
        loss = (network.velocity(hidden, mixed, time) - (wanted - noise)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        hidden, _ = network.eval().hear(torch.full((1, 200, 2), 0.5))
        drawn = network.draw(hidden, torch.randn(1, 200, 1), 4)
    assert drawn.mean().item() == pytest.approx(2.5, abs=0.35)
    assert drawn.std().item() < 0.6


def test_contacts_begin_and_end_between_frames():
    chances = np.zeros((10, 4), np.float32)
    chances[4:6, 0] = 1.0
    (span,) = _spans(chances)
    assert span.label == "bilabial"
    assert span.start_seconds == pytest.approx(3.5 / 25.0)
    assert span.end_seconds == pytest.approx(5.5 / 25.0)
