# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.motion.mouth_channels import MOUTH_CHANNELS
from core.motion.phones import CONTACTS, PHONES
from core.training.batches import (
    ARTICULATION_FACTOR,
    BATCH,
    LENGTH_FRAMES,
    Batches,
    Shard,
    articulate,
)

JAW = MOUTH_CHANNELS.index("jawOpen")


def stretch(frames=100):
    """A second of silence, then a jaw that swings between 0.2 and 0.4 with a closure in the middle."""
    sets = np.zeros((frames, len(PHONES)), bool)
    sets[:50, 0] = True
    sets[50:, PHONES.index("AA")] = True
    contacts = np.zeros((frames, len(CONTACTS)), np.float32)
    contacts[70:80, 0] = 1.0
    mouth = np.zeros((frames, len(MOUTH_CHANNELS)), np.float32)
    mouth[50:, JAW] = 0.3 + 0.1 * np.sin(np.arange(frames - 50) * 0.6)
    return {
        "phone_sets": sets,
        "contacts": contacts,
        "contact_weights": np.ones_like(contacts),
        "mouth": mouth,
        "valid": np.ones(frames, np.float32),
    }


@pytest.mark.parametrize("articulation", [-1.0, 0.5, 1.0])
def test_speech_swings_wider_or_less_about_the_same_posture(articulation):
    row = stretch()
    moved = articulate(row, articulation)
    spoken = np.r_[55:66, 84:100]
    before = row["mouth"][spoken, JAW] - row["mouth"][50:, JAW].mean()
    after = moved[spoken, JAW] - row["mouth"][50:, JAW].mean()
    np.testing.assert_allclose(after, before * ARTICULATION_FACTOR**articulation, atol=1e-5)


def test_closures_and_silence_keep_their_shape():
    row = stretch()
    moved = articulate(row, 1.0)
    np.testing.assert_allclose(moved[:47], row["mouth"][:47], atol=1e-6)
    np.testing.assert_allclose(moved[73:77], row["mouth"][73:77], atol=1e-6)


def scenes(value, style):
    frames = 90
    return {
        "phone_sets": np.zeros((frames, len(PHONES)), bool),
        "contacts": np.zeros((frames, len(CONTACTS)), np.float32),
        "contact_weights": np.zeros((frames, len(CONTACTS)), np.float32),
        "mouth": np.full((frames, len(MOUTH_CHANNELS)), value, np.float32),
        "mouth_weights": np.ones((frames, len(MOUTH_CHANNELS)), np.float32),
        "features": np.full((frames, 384), value, np.float16),
        "start": np.array([0, 40, frames]),
        "style": np.full(frames, style, np.float32),
    }


def test_a_batch_keeps_scenes_and_styles_apart():
    shards = [
        Shard("grid", "grid", scenes(0.25, 0.0)),
        Shard("facegood", "facegood", scenes(0.75, 1.0)),
    ]
    batches = Batches(shards, np.random.default_rng(0))
    for _ in range(10):
        batch = batches.draw()
        assert batch["features"].shape == (BATCH, LENGTH_FRAMES, 384)
        lengths = batch["valid"].sum(dim=1)
        assert set(lengths.tolist()) <= {40.0, 50.0}
        first = batch["features"][:, 0, 0]
        np.testing.assert_array_equal(batch["style"][:, 0] == 1.0, first == 0.75)
        assert batch["style"][:, 1].abs().max() <= 1.0
