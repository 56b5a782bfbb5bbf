# SPDX-License-Identifier: GPL-3.0-or-later
"""Sounds that are not tidy speech: each gives a take or a sentence, and never a broken scene."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
import soundfile as sf
from studio import add_sound, differences, dump


def tone(seconds, rate, channels=1):
    times = np.arange(int(seconds * rate)) / rate
    wave = 0.4 * np.sin(2 * np.pi * 180 * times) * (1 + np.sin(2 * np.pi * 4 * times)) / 2
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32), rate


def with_nan():
    samples, rate = tone(2.0, 16000)
    samples[8000:8010] = np.nan
    return samples, rate


def clipped():
    samples, rate = tone(2.0, 16000)
    return np.clip(samples * 20, -1, 1), rate


KEYED = {
    "silent": lambda: (np.zeros((32000, 1), np.float32), 16000),
    "0.2_seconds": lambda: tone(0.2, 48000),
    "8_kHz": lambda: tone(2.0, 8000),
    "96_kHz": lambda: tone(2.0, 96000),
    "5.1_channels": lambda: tone(2.0, 48000, 6),
    "clipped": clipped,
    "samples_that_are_no_numbers": with_nan,
}


def stage(scene, face, path):
    scene.render.fps = 24
    add_sound(scene, path)
    scene.mien.target = face


@pytest.mark.parametrize("make", KEYED.values(), ids=KEYED.keys())
def test_an_odd_sound_is_keyed(scene, face, tmp_path, make):
    samples, rate = make()
    path = tmp_path / "odd.wav"
    sf.write(path, samples, rate, subtype="FLOAT")
    stage(scene, face, path)
    assert bpy.ops.mien.generate() == {"FINISHED"}
    scene.frame_set(3)
    values = np.array([block.value for block in face.data.shape_keys.key_blocks])
    assert np.isfinite(values).all()
    assert values.min() >= 0.0
    assert values.max() <= 1.0


def refused(scene, face, words):
    before = dump(face.data.shape_keys)
    with pytest.raises(RuntimeError, match=words):
        bpy.ops.mien.generate()
    assert differences(before, dump(face.data.shape_keys)) == []
    assert bpy.context.window_manager.mien.advice


def test_an_empty_sound_is_said(scene, face, tmp_path):
    path = tmp_path / "empty.wav"
    sf.write(path, np.zeros((0, 1), np.float32), 16000)
    stage(scene, face, path)
    refused(scene, face, "Line 1")


@pytest.mark.slow
def test_three_hours_are_too_much(scene, face, tmp_path):
    path = tmp_path / "lecture.flac"
    with sf.SoundFile(path, "w", samplerate=8000, channels=1) as file:
        for _ in range(180):
            file.write(np.zeros(8000 * 60, np.float32))
    stage(scene, face, path)
    refused(scene, face, "30")
