# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.speech import mel

HERE = Path(__file__).parent
RECORDING = HERE.parents[2] / "demo" / "speech.flac"


@pytest.fixture(scope="module")
def numbers():
    samples, _ = soundfile.read(RECORDING, dtype="float32")
    return samples


def test_log_mel_equals_whispers_own(numbers):
    reference = json.loads((HERE / "whisper_mel.json").read_text())
    got = mel.log_mel(numbers[:60000])
    assert list(got.shape) == reference["shape"]
    picked = got[np.ix_(reference["rows"], reference["columns"])]
    np.testing.assert_allclose(picked, reference["values"], atol=1e-4)


def test_blocks_do_not_show(numbers, monkeypatch):
    whole = mel.log_mel(numbers)
    monkeypatch.setattr(mel, "BLOCK_FRAMES", 37)
    np.testing.assert_array_equal(mel.log_mel(numbers), whole)


@pytest.mark.parametrize("count", [0, 1, 200, 201, 3200, 16001])
def test_any_length_gives_its_frames(numbers, count):
    got = mel.log_mel(numbers[:count])
    assert got.shape == (mel.frame_count(count), mel.MEL_BANDS)
    assert np.isfinite(got).all()


def test_silence_is_finite():
    assert np.isfinite(mel.log_mel(np.zeros(16000, np.float32))).all()
