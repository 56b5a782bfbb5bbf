# SPDX-License-Identifier: GPL-3.0-or-later
"""From strip to keys: however a strip is laid, the jaw moves with its sound within half a frame."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
import soundfile as sf
from bl_ext.devrepo.mien import compat, strips
from studio import add_sound, needs_sound, trim
from take_studio import played
from test_strips import CASES, lay, needs_keys

SILENCE_SECONDS = 1.0
SPEECH_SECONDS = 6.0


@pytest.fixture(scope="module")
def line(recording, tmp_path_factory):
    """A second of silence and six of speech."""
    samples, rate = sf.read(recording, dtype="float32")
    silence = np.zeros(int(SILENCE_SECONDS * rate), np.float32)
    path = tmp_path_factory.mktemp("sounds") / "line.wav"
    sf.write(path, np.concatenate([silence, samples[: int(SPEECH_SECONDS * rate)]]), rate)
    return path


@pytest.fixture(scope="module")
def spoken(line):
    """Seconds and jaw of the whole line, straight from the core."""
    from core.direction import Direction
    from core.performance import perform

    whole = perform(line, Direction(emotion="neutral", intensity=0.0, head_strength=0.0), 200.0)
    return whole.time_seconds, whole.values[:, list(whole.channel_names).index("jawOpen")]


def speak(scene, face, strip):
    """Generate; frames and values of the jaw's keys, without those in which it comes to rest."""
    scene.mien.strip_name, scene.mien.target = strip.name, face
    scene.mien.emotion, scene.mien.intensity = "neutral", 0.0
    assert bpy.ops.mien.generate() == {"FINISHED"}
    frames, keyed = played(face.data.shape_keys)
    values = keyed['key_blocks["jawOpen"].value', 0]
    heard = frames < compat.strip_frames(strip).right
    return frames[heard], values[heard]


def lag_seconds(times, values, spoken):
    """How much later than `spoken` the jaw moves: the shift at which both agree best."""
    shifts = np.arange(-0.1, 0.1, 0.001)
    inside = (times > spoken[0][0] + 0.1) & (times < spoken[0][-1] - 0.1)
    misses = [
        np.mean((np.interp(times[inside] - shift, *spoken) - values[inside]) ** 2)
        for shift in shifts
    ]
    return float(shifts[int(np.argmin(misses))])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_jaw_meets_the_sound(scene, face, line, spoken, case):
    strip = lay(scene, line, case)
    if case.speed_percent != 100:
        needs_keys(strip)
    frames, values = speak(scene, face, strip)
    fps, speed = case.fps / case.fps_base, case.speed_percent / 100
    seconds = ((frames - case.frame) / fps - case.delay_seconds) * speed + case.hard_left / fps
    assert abs(lag_seconds(seconds, values, spoken)) < 0.5 / fps * speed


def test_the_jaw_meets_the_sound_of_an_mp3(scene, face, line, spoken, tmp_path):
    needs_sound()
    samples, rate = sf.read(line)
    sf.write(tmp_path / "line.mp3", samples, rate)
    scene.render.fps, scene.render.fps_base = 30, 1.001
    strip = add_sound(scene, tmp_path / "line.mp3", frame=91)
    trim(strip, 13, 8)
    frames, values = speak(scene, face, strip)
    fps = strips.scene_fps(scene)
    assert abs(lag_seconds((frames - 91) / fps, values, spoken)) < 0.5 / fps
