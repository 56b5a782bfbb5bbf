# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled
from core.speech import encoder as enc
from core.speech.audio import load_speech

RECORDING = Path(__file__).parents[3] / "demo" / "speech.flac"


@pytest.fixture(scope="module")
def encoder():
    return enc.SpeechEncoder()


@pytest.fixture(scope="module")
def samples():
    return load_speech(RECORDING).samples


@pytest.mark.parametrize("seconds", [0.0, 0.2, 1.0, 11.0])
def test_any_length_gives_50_frames_a_second(encoder, samples, seconds):
    features = encoder.encode(samples[: int(seconds * 16000)])
    assert abs(len(features) - max(seconds * 50, 1)) <= 1
    assert features.shape[1] == enc.FEATURE_SIZE
    assert np.isfinite(features).all()


@pytest.mark.parametrize("frames", [1, 149, 150, 151, 599, 600, 601, 1050, 1051, 90000])
def test_windows_cover_every_frame_with_weights_that_add_up_to_one(frames):
    total = np.zeros(frames)
    for start in enc.window_starts(frames):
        count = min(enc.WINDOW_FRAMES, frames - start)
        assert count > 0
        total[start : start + count] += enc.window_weights(
            count, is_first=start == 0, is_last=start + count == frames
        )
    np.testing.assert_allclose(total, 1.0, atol=1e-6)


@pytest.mark.slow
def test_joins_of_windows_do_not_show(encoder, samples, monkeypatch):
    audio = np.tile(samples, 2)[: 14 * 16000]
    alone = []
    for kept in (0, enc.HOP_FRAMES):
        monkeypatch.setattr(
            enc,
            "window_weights",
            lambda count, is_first, is_last, kept=kept: np.full(
                count, float(is_first == (kept == 0)), np.float32
            ),
        )
        alone.append(encoder.encode(audio))
    fade = slice(enc.HOP_FRAMES + enc.DROPPED_FRAMES, enc.WINDOW_FRAMES - enc.DROPPED_FRAMES)
    first, second = (a[fade] for a in alone)
    scale = np.linalg.norm(alone[0][:600] - alone[0][:600].mean(axis=0), axis=1).mean()
    drift_a_frame = np.linalg.norm(first - second, axis=1).mean() / len(first)
    assert drift_a_frame < 0.01 * scale


def test_level_of_the_recording_does_not_matter(encoder, samples):
    loud, quiet = encoder.encode(samples), encoder.encode(samples * np.float32(0.05))
    assert np.abs(loud - quiet).mean() < 0.01 * loud.std()


def test_progress_is_told_and_can_stop_the_run(encoder, samples):
    told = []
    encoder.encode(samples, told.append)
    assert told[-1] == 1.0

    def stop(_fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        encoder.encode(samples, stop)
