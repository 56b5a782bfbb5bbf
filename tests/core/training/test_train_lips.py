# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest
import torch

from core.motion.lips import LipDecoder
from core.motion.mouth_channels import MOUTH_CHANNELS
from core.motion.phones import CONTACTS, PHONES
from core.training import train_lips
from core.training.batches import Shard
from core.training.export_lips import export_and_register
from core.training.lip_network import REACH_FRAMES, LipNetwork


def shard(frames=400):
    chance = np.random.default_rng(0)
    sets = np.zeros((frames, len(PHONES)), bool)
    sets[np.arange(frames), np.arange(frames) // 20 % len(PHONES)] = True
    arrays = {
        "start": np.array([0, frames]),
        "style": np.zeros(frames, np.float32),
        "features": chance.normal(size=(frames, 384)).astype(np.float16),
        "phone_sets": sets,
        "contacts": (chance.random((frames, len(CONTACTS))) > 0.8).astype(np.float16),
        "contact_weights": np.ones((frames, len(CONTACTS)), np.float16),
        "mouth": chance.uniform(0, 0.5, (frames, len(MOUTH_CHANNELS))).astype(np.float16),
        "mouth_weights": np.ones((frames, len(MOUTH_CHANNELS)), np.float16),
    }
    return Shard("grid", "grid", arrays)


def test_a_broken_run_goes_on_as_if_it_had_not_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(train_lips, "SAVE_EVERY", 2)
    torch.set_num_threads(1)
    whole = train_lips.train([shard()], 4, tmp_path / "whole.pt")
    real_save = train_lips.save

    def save_and_break(path, step, *parts):
        real_save(path, step, *parts)
        raise KeyboardInterrupt

    monkeypatch.setattr(train_lips, "save", save_and_break)
    with pytest.raises(KeyboardInterrupt):
        train_lips.train([shard()], 4, tmp_path / "broken.pt")
    monkeypatch.setattr(train_lips, "save", real_save)
    gone_on = train_lips.train([shard()], 4, tmp_path / "broken.pt")
    for one, other in zip(whole.state_dict().values(), gone_on.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other)
    restored = train_lips.trained(tmp_path / "broken.pt")
    torch.testing.assert_close(restored.state_dict(), gone_on.state_dict())


def test_the_file_gives_what_the_network_gives(tmp_path):
    torch.manual_seed(0)
    network = LipNetwork().eval()
    export_and_register(network, tmp_path)
    features = np.random.default_rng(0).normal(size=(60, 384)).astype(np.float32)
    got = LipDecoder(tmp_path).curves(features, articulation=0.5)
    with torch.no_grad():
        mouth, phones, contacts = network(
            torch.from_numpy(features)[None], torch.tensor([[0.0, 0.5]])
        )
    wanted = (mouth.clamp(0.0, 1.0), phones.softmax(-1), contacts.sigmoid())
    for one, other in zip(got, wanted, strict=True):
        np.testing.assert_allclose(one, other[0], atol=5e-3)


def test_the_network_sees_as_far_as_it_says():
    network = LipNetwork().eval()
    network.mouth.give.weight.data.normal_()
    features = torch.zeros(1, 201, 384, requires_grad=True)
    mouth, phones, contacts = network(features, torch.zeros(1, 2))
    (mouth[0, 100].sum() + phones[0, 100].sum() + contacts[0, 100].sum()).backward()
    seen = features.grad[0].abs().sum(dim=1).nonzero().flatten()
    assert seen.min() == 100 - REACH_FRAMES
    assert seen.max() == 100 + REACH_FRAMES


def test_style_moves_the_mouth_and_nothing_else():
    network = LipNetwork().eval()
    features = torch.randn(1, 30, 384)
    with torch.no_grad():
        person, animator = (network(features, torch.tensor([[s, 0.0]])) for s in (0.0, 1.0))
    assert not torch.equal(person[0], animator[0])
    torch.testing.assert_close(person[1:], animator[1:])
