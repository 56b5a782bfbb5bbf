# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.motion.mouth_channels import MOUTH_CHANNELS
from core.motion.phones import CONTACTS, PHONES, SILENCE
from core.speech.encoder import SpeechEncoder
from core.training.clips import ANIMATOR, Clip
from core.training.quiet_clips import silence_clips
from core.training.scenes import label_clip, make_scene, plain_scene

CHANNELS = len(MOUTH_CHANNELS)
RATE = 16_000
SIL, M = PHONES.index(SILENCE), PHONES.index("M")


@pytest.fixture(scope="module")
def encoder():
    return SpeechEncoder()


@pytest.fixture
def clip():
    """A second of noise with an M, an unknown stretch and a jaw that falls."""
    mouth = np.zeros((51, CHANNELS), np.float32)
    mouth[:, 0] = np.linspace(0.0, 1.0, 51)
    known = np.ones(CHANNELS, bool)
    known[-1] = False
    return Clip(
        "x",
        "test",
        "nobody",
        np.random.default_rng(0).normal(0, 0.05, RATE).astype(np.float32),
        (((M,), 0.2, 0.4), ((), 0.6, 0.8)),
        (("bilabial", 0.2, 0.4),),
        unsure=(("rounding", 0.5, 0.7),),
        mouth=mouth,
        mouth_rate_hz=50.0,
        mouth_known=known,
    )


def labels_at(clip, *times):
    return label_clip(clip, np.array(times), CHANNELS)


def test_phones_are_what_is_said_silence_or_unknown(clip):
    sets = labels_at(clip, 0.1, 0.3, 0.7).phone_sets
    assert [np.flatnonzero(row).tolist() for row in sets] == [[SIL], [M], []]


def test_contacts_count_inside_and_not_at_their_edges_or_where_unsure(clip):
    labels = labels_at(clip, 0.1, 0.205, 0.3, 0.6)
    bilabial, rounding = (CONTACTS.index(n) for n in ("bilabial", "rounding"))
    assert labels.contacts[:, bilabial].tolist() == [0, 1, 1, 0]
    assert labels.contact_weights[:, bilabial].tolist() == [1, 0, 1, 1]
    assert labels.contact_weights[:, rounding].tolist() == [1, 1, 1, 0]
    wide = label_clip(replace(clip, edge_seconds=0.02), np.array([0.215]), CHANNELS)
    assert wide.contact_weights[0, bilabial] == 0


def test_the_mouth_counts_where_it_is_known(clip):
    labels = labels_at(clip, 0.5, 0.7)
    assert labels.mouth[0, 0] == pytest.approx(0.5)
    assert labels.mouth_weights[0].tolist() == [1.0] * (CHANNELS - 1) + [0.0]
    lent = label_clip(replace(clip, is_lent=True), np.array([0.5, 0.7]), CHANNELS)
    assert lent.mouth_weights[1].max() == 0.0
    nothing = label_clip(replace(clip, mouth=None), np.array([0.5]), CHANNELS)
    assert nothing.mouth_weights.max() == 0.0


def test_a_plain_scene_is_the_clip(clip, encoder):
    scene = plain_scene(clip, encoder, CHANNELS)
    own = label_clip(clip, np.arange(len(scene.features)) * 0.02, CHANNELS)
    inside = slice(0, 50)
    np.testing.assert_array_equal(scene.labels.phone_sets[inside], own.phone_sets[inside])
    np.testing.assert_array_equal(scene.labels.mouth[inside], own.mouth[inside])
    assert scene.style == 0.0
    assert scene.features.dtype == np.float16


def test_a_scene_keeps_each_clips_length_between_rests(clip, encoder):
    """The M lasts 0.2 s divided by the tempo drawn, and pauses are silence with a mouth at rest."""
    scene = make_scene(
        [clip, clip],
        np.random.default_rng(1),
        encoder,
        CHANNELS,
        disguise_share=1.0,
        others=[clip.samples],
    )
    frames = int(scene.labels.phone_sets[:, M].sum())
    assert 2 * 7 <= frames <= 2 * 13
    silent = scene.labels.phone_sets[:, SIL]
    assert scene.labels.contacts[silent][:, CONTACTS.index("bilabial")].max() == 0.0
    assert len(scene.features) == len(silent)


def test_an_animators_scene_says_so(clip, encoder):
    assert plain_scene(replace(clip, style=ANIMATOR), encoder, CHANNELS).style == 1.0


def test_silences_are_of_all_kinds_and_at_rest():
    clips = list(silence_clips(12))
    assert any(np.abs(c.samples).max() == 0.0 for c in clips)
    assert all(np.abs(c.samples).max() < 1.5 for c in clips)
    labels = label_clip(clips[4], np.arange(20) * 0.02, CHANNELS)
    assert labels.phone_sets[:, SIL].all()
    assert labels.mouth_weights.min() == 1.0
    assert labels.mouth.max() == 0.0
