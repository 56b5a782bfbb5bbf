# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest

from core.face.model import load_face_model
from core.motion.mouth_channels import MOUTH_CHANNELS
from core.motion.phones import BILABIAL
from core.training import facegood

TABLE = json.loads(facegood.TABLE_PATH.read_text(encoding="utf-8"))
NAMES = ("(unused)", *(row["control"] for row in TABLE["controls"]))


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def controls(frames, **curves):
    values = np.zeros((frames, len(NAMES)), np.float32)
    for name, curve in curves.items():
        values[:, NAMES.index(name)] = curve
    return values


def column(values, name):
    return values[:, MOUTH_CHANNELS.index(name)]


def write_take(folder, name, values, fps=30.0):
    np.savez(folder / f"{name}.npz", controls=values, control_names=np.array(NAMES), fps=fps)


def test_a_take_is_read_with_its_sound_and_what_it_says_nothing_of(tmp_path):
    write_take(tmp_path, "one", controls(4, mouth_stretch_c=0.4, mouth_pucker_l=0.5))
    (take,) = facegood.read_facegood(tmp_path)
    name, audio, values, known = take
    assert (name, audio) == ("one", tmp_path / "audio" / "one.flac")
    assert values.shape == (4, len(MOUTH_CHANNELS))
    np.testing.assert_allclose(column(values, "jawOpen"), 0.4, atol=1e-6)
    np.testing.assert_allclose(column(values, "mouthPucker"), 0.25, atol=1e-6)
    unknown = {n for n, k in zip(MOUTH_CHANNELS, known, strict=True) if not k}
    assert unknown == {"tongueOut", "jawForward"}


def test_both_sides_at_full_give_a_full_channel_and_never_more():
    full = controls(1, **{row["control"]: 1.0 for row in TABLE["controls"]})
    values = facegood.mouth_values(full, NAMES)
    assert values.max() == 1.0
    known = [n for n in MOUTH_CHANNELS if n not in TABLE["unknown"]]
    assert all(column(values, n)[0] > 0.99 for n in known)


def test_a_late_take_is_moved_earlier(tmp_path):
    (late,) = TABLE["late_seconds"]
    ramp = np.arange(10, dtype=np.float32) / 30.0
    for name in (late, "other"):
        write_take(tmp_path, name, controls(10, mouth_stretch_c=ramp))
    first, other = (column(t.values, "jawOpen") for t in facegood.read_facegood(tmp_path))
    moved = TABLE["late_seconds"][late]
    np.testing.assert_allclose(first[:-1] - other[:-1], moved, atol=1e-5)


def test_another_rate_or_rig_is_refused(tmp_path):
    write_take(tmp_path, "fast", controls(2), fps=60.0)
    with pytest.raises(ValueError, match="60"):
        facegood.read_facegood(tmp_path)
    with pytest.raises(ValueError, match="mouth_stretch_c"):
        facegood.mouth_values(np.zeros((1, 1), np.float32), ("mouth_oh_c",))


def test_closed_controls_close_the_lips_and_an_open_jaw_opens_them(face):
    values = facegood.mouth_values(controls(3, mouth_stretch_c=[0.0, 0.2, 0.4]), NAMES)
    gap = facegood.lip_gap(values, face) * 1e3
    assert abs(gap[0]) < 0.01
    assert 4.0 < gap[1] < 8.0
    assert 10.0 < gap[2] < 16.0


def test_rounded_vowels_narrow_the_mouth_and_keep_it_open(face):
    for vowel, least in (("mouth_oh_c", 2.0), ("mouth_oo_c", 2.0)):
        open_jaw = controls(1, mouth_stretch_c=0.2)
        rounded = controls(1, mouth_stretch_c=0.2, **{vowel: 0.5})
        plain, round_ = (facegood.mouth_values(c, NAMES) for c in (open_jaw, rounded))
        points = [face.landmarks68(v @ facegood.spread_matrix())[0] for v in (plain, round_)]
        widths = [(p[54] - p[48])[0] * 1e3 for p in points]
        assert widths[0] - widths[1] > least
        assert facegood.lip_gap(round_, face)[0] > 0.003


def test_closures_are_pressed_lips_and_not_resting_ones(face):
    stretch = np.full(40, 0.3)
    stretch[10:20] = 0.0
    stretch[30:] = 0.0
    press = np.zeros(40)
    press[12:16] = 0.3
    roll = np.zeros(40)
    roll[32:36] = 0.3
    take = controls(
        40,
        mouth_stretch_c=stretch,
        mouth_press_l=press,
        mouth_press_r=press,
        mouth_suck_dl=roll,
        mouth_suck_dr=roll,
    )
    values = facegood.mouth_values(take, NAMES)
    ((gesture, start, end),) = facegood.facegood_closures(values, face)
    assert gesture == BILABIAL
    assert start == pytest.approx(11.5 / 30.0)
    assert end == pytest.approx(15.5 / 30.0)


def test_pressed_lips_that_stand_open_are_no_closure(face):
    take = controls(5, mouth_stretch_c=0.3, mouth_press_l=0.3, mouth_press_r=0.3)
    assert facegood.facegood_closures(facegood.mouth_values(take, NAMES), face) == ()
