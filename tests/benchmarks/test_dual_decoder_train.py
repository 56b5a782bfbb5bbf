# SPDX-License-Identifier: Apache-2.0
"""The whole way of the comparison on toy lessons: teaching, keeping, showing, measuring."""

from __future__ import annotations

import json

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from benchmarks import dual_decoder_measures as measures_  # noqa: E402
from benchmarks.dual_decoder import kept  # noqa: E402
from benchmarks.dual_decoder_data import Lessons, taught_prototypes  # noqa: E402
from benchmarks.dual_decoder_systems import (  # noqa: E402
    ONE_FLOW,
    ONE_PLAIN,
    SYSTEMS,
    TWO_FLOW,
    Training,
    teach_systems,
)
from benchmarks.dual_decoder_tables import GROUPS  # noqa: E402
from benchmarks.dual_decoder_train import IS_MOUTH, LIPS, targets  # noqa: E402
from core.face.arkit import ARKIT_NAMES  # noqa: E402
from core.face.model import load_face_model  # noqa: E402
from core.motion.prototypes import MOVED_EMOTIONS  # noqa: E402

CLIPS, FRAMES = 3, 60


def toy_lessons():
    """Clips whose jaw follows the features and whose brows follow the request."""
    chance = np.random.default_rng(0)
    count = CLIPS * FRAMES
    features = chance.normal(size=(count, 2, 384)).astype(np.float16)
    versions = 1 + len(MOVED_EMOTIONS)
    activation = np.concatenate([np.zeros((1, 8)), np.eye(8)])
    expression = np.zeros((versions, count, 57), np.float32)
    expression[1:, :, :52] = taught_prototypes()[:, None]
    expression[:, :, 52:] = 0.05 * chance.normal(size=(count, 5))
    expression[:, :, ARKIT_NAMES.index("browInnerUp")] += 0.1 * chance.random(count)
    face = np.clip(expression, 0.0, 1.0)
    jaw = 0.2 + 0.15 * np.sin(np.arange(count) / 3.0)
    face[:, :, ARKIT_NAMES.index("jawOpen")] = jaw
    spans = {"contacts": [["bilabial", 0.4, 0.5]], "open_vowels": [["AA", 0.8, 1.0]]}
    return Lessons(
        names=np.array([f"c{k}" for k in range(CLIPS)]),
        speakers=np.array(["s1"] * CLIPS),
        acted=np.array(["happy"] * CLIPS),
        filmed=np.ones(CLIPS, bool),
        start=np.arange(CLIPS + 1) * FRAMES,
        features=features,
        prosody=chance.normal(size=(count, 4)).astype(np.float32),
        contacts=(chance.random((count, 4)) > 0.8).astype(np.float32),
        measures=np.stack([20 * jaw, 50 - 5 * jaw, 100 + 20 * jaw], axis=1).astype(np.float32),
        activation=np.repeat(activation[None], CLIPS, axis=0),
        expression=expression,
        face=face.astype(np.float32),
        spans=np.array([json.dumps(spans)] * CLIPS),
        audio=np.array(["none.flac"] * CLIPS),
        prototypes=taught_prototypes(),
    )


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    folder = tmp_path_factory.mktemp("decoders")
    training = Training(budget=20_000, seeds=1, steps=3, data="toy")
    lessons = toy_lessons()
    torch.set_num_threads(1)
    (systems,) = teach_systems(lessons, load_face_model(), folder, training)
    return lessons, systems, folder, training


def test_all_systems_are_of_one_size(taught):
    sizes = [system.parameters for system in taught[1].values()]
    assert max(sizes) <= 20_000
    assert min(sizes) > 0.85 * 20_000


def test_a_second_run_reads_the_same_decoders(taught):
    lessons, systems, folder, training = taught
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    (again,) = teach_systems(lessons, load_face_model(), folder, training)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    # Two systems of two decoders share their lips.
    assert len(before) == 5
    for name in SYSTEMS:
        first, second = (
            s[name].show(lessons, 0, lessons.activation[0, 1], 0).face for s in (systems, again)
        )
        np.testing.assert_array_equal(first, second)


def test_takes_differ_where_there_is_chance_and_only_there(taught):
    lessons, systems, _, _ = taught
    apart = {}
    for name, system in systems.items():
        takes = [system.show(lessons, 0, lessons.activation[0, 1], take).face for take in (0, 1)]
        apart[name] = float(np.abs(takes[0] - takes[1]).max())
    assert apart[ONE_PLAIN] == 0.0
    assert apart[ONE_FLOW] > 0.0
    assert apart[TWO_FLOW] > 0.0


def test_the_lips_are_taught_nothing_of_the_upper_face(taught):
    lips = targets(taught[0], LIPS)
    assert lips.shape == (1, CLIPS * FRAMES, len(ARKIT_NAMES))
    assert not lips[..., IS_MOUTH == 0.0].any()
    assert lips[..., ARKIT_NAMES.index("jawOpen")].max() > 0.3


@pytest.mark.slow
def test_every_measure_is_taken_of_every_system(taught, tmp_path):
    lessons, systems, _, _ = taught
    face = load_face_model()
    for name, system in systems.items():
        path = tmp_path / f"{name}.json"
        sums = kept(
            path,
            lambda s=system: (
                measures_.measure_film(s, lessons, face)
                | measures_.measure_strangers(s, lessons, face)
            ),
        )
        wanted = {metric for names in GROUPS.values() for metric in names} - {"timing"}
        assert wanted <= set(sums)
        assert kept(path, lambda: pytest.fail("measured twice")) == sums
