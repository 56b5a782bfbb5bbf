# SPDX-License-Identifier: GPL-3.0-or-later
"""A strip that is cut in mid-word leaves no mouth hanging open, and disturbs no strip after it."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from bl_ext.devrepo.mien import compat, settle, takes
from bl_ext.devrepo.mien.strips import StripMap
from studio import add_sound, trim
from take_studio import NEAR, key_take, values_at

FPS = 24.0
FRAMES = 30
MID_VOWEL_SECONDS = 2.78  # in the AY of "types"


def columns_ending_at(jaw, smile):
    ramp = np.linspace(0.0, 1.0, FRAMES, dtype=np.float32)
    return {"jawOpen": jaw * ramp, "mouthSmileLeft": smile * ramp}


def test_the_mouth_rests_and_the_feeling_stays():
    mix, lips = columns_ending_at(0.6, 0.7), columns_ending_at(0.5, 0.0)
    settled = settle.with_rest(mix, lips, FPS)[0]
    assert len(settled["jawOpen"]) == FRAMES + round(settle.SETTLE_SECONDS * FPS)
    assert settled["jawOpen"][-1] == pytest.approx(0.1, abs=NEAR)
    assert np.all(np.diff(settled["jawOpen"][FRAMES - 1 :]) < 0.0)
    assert np.all(settled["mouthSmileLeft"][FRAMES:] == mix["mouthSmileLeft"][-1])
    assert np.array_equal(settled["jawOpen"][:FRAMES], mix["jawOpen"])


def test_lips_at_rest_get_no_more_keys():
    mix = columns_ending_at(0.3, 0.7)
    assert len(settle.with_rest(mix, columns_ending_at(0.01, 0.0), FPS)[0]["jawOpen"]) == FRAMES


def test_no_channel_falls_below_zero():
    settled = settle.with_rest(columns_ending_at(0.2, 0.0), columns_ending_at(0.6, 0.0), FPS)[0]
    assert settled["jawOpen"].min() == 0.0


def test_a_strip_cut_in_mid_word_lets_the_mouth_rest_after_it(scene, face, recording):
    scene.render.fps = 24
    strip = add_sound(scene, recording, frame=1)
    trim(strip, 0, int(compat.strip_frames(strip).content_frames - MID_VOWEL_SECONDS * FPS))
    scene.mien.target = face
    assert bpy.ops.mien.generate() == {"FINISHED"}
    last = int(MID_VOWEL_SECONDS * FPS)
    open_jaw = values_at(scene, face, last)["jawOpen"]
    assert open_jaw > 0.08
    assert values_at(scene, face, last + 12)["jawOpen"] < 0.3 * open_jaw


def test_the_strip_after_a_cut_speaks_its_own_frames(scene, face, performance):
    first = performance(FRAMES)
    second = {name: 0.9 - 0.5 * values for name, values in performance(FRAMES).items()}
    key_take("Line 1", StripMap(0.0, FPS, 1, FRAMES), first, face, None, lips=first)
    key_take("Line 2", StripMap(0.0, FPS, 1 + FRAMES, FRAMES), second, face, None)
    assert len(takes.take_ids_on(face.data.shape_keys)) == 2
    for i in (0, 1, 3, 5, 10):
        values = values_at(scene, face, 1 + FRAMES + i)
        assert values["jawOpen"] == pytest.approx(float(second["jawOpen"][i]), abs=NEAR)
