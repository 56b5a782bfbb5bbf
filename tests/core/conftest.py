# SPDX-License-Identifier: Apache-2.0
"""The recording, the models and the odd sounds that the core's tests work on."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from worker_under_test import Worker

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))


@pytest.fixture(scope="session")
def repository():
    return REPOSITORY


@pytest.fixture(scope="session")
def recording():
    """A real voice, 11 s: demo/SPEECH.md."""
    return REPOSITORY / "demo" / "speech.flac"


@pytest.fixture(scope="session")
def models_folder():
    return REPOSITORY / "models"


@pytest.fixture(scope="session")
def models(models_folder):
    from core.performance import load_models

    return load_models(models_folder)


@pytest.fixture(scope="session")
def perform(models, recording):
    """Performances of the recording, each made once: perform(emotion=..., intensity=..., fps=...)."""
    from core.direction import Direction
    from core.performance import perform as run

    made = {}

    def make(audio=recording, fps=24.0, **direction):
        key = (str(audio), fps, repr(sorted(direction.items())))
        if key not in made:
            made[key] = run(audio, Direction(**direction), fps, models=models)
        return made[key]

    return make


@pytest.fixture(scope="session")
def prosody(recording, models_folder):
    """Prosody of the recording, and its length in seconds."""
    from core.speech.audio import load_speech
    from core.speech.prosody import PitchTracker, measure_prosody

    speech = load_speech(recording)
    return measure_prosody(speech.samples, PitchTracker(models_folder)), speech.duration_seconds


@pytest.fixture
def write_sound(tmp_path):
    """Write samples (N,) or (N, channels) as a sound file and return its path."""

    def write(samples, rate=16_000, name="sound.wav", subtype="FLOAT"):
        path = tmp_path / name
        soundfile.write(path, np.asarray(samples), rate, subtype=subtype)
        return path

    return write


@pytest.fixture(scope="module")
def worker(repository):
    worker = Worker(repository)
    yield worker
    assert worker.end() == 0


@pytest.fixture(scope="module")
def long_sound(recording, tmp_path_factory):
    """Four minutes: long enough to be called off in mid-run."""
    samples, rate = soundfile.read(recording, dtype="float32")
    path = tmp_path_factory.mktemp("long") / "long.wav"
    soundfile.write(path, np.tile(samples, 22), rate)
    return path


@pytest.fixture(scope="session")
def express_with(models_folder):
    """Expression of a prosody: express_with(prosody, direction, seconds, time, features, voice)."""
    from core.motion.expression import express
    from core.motion.expression_decoder import ExpressionDecoder
    from core.motion.phrasing import time_steps
    from core.motion.prototypes import MOVED_EMOTIONS

    decoder = ExpressionDecoder(models_folder)

    def run(prosody, direction, seconds, time, *, features=None, voice=None, activation=None):
        if features is None:
            features = np.zeros((int(seconds * 50) + 1, 384), np.float32)
        if activation is None:
            asked = [direction.intensity * direction.weights[name] for name in MOVED_EMOTIONS]
            activation = np.tile(asked, (time_steps(seconds), 1))
        return express(
            prosody,
            features,
            voice,
            direction,
            activation,
            duration_seconds=seconds,
            time_seconds=time,
            decoder=decoder,
        )

    return run
