# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from core.avatar.film_track import FilmTrack
from core.avatar.track.report import BROW, CHIN, LOWER_LIP, make_report, told_times
from core.face.arkit import CHANNEL_NAMES

PICTURES, FPS, FACE = 500, 25.0, 240.0


def turned(degrees, place=(0.0, 0.0, 1.0)):
    """(T, 4, 4) head to camera: a head that is turned so far to its left, from facing the camera."""
    angle = np.radians(degrees)
    matrix = np.tile(np.eye(4), (len(angle), 1, 1))
    # The head's +X is the picture's right, its -Y comes out of the picture, its +Z is up.
    matrix[:, :3, 0] = np.stack([np.cos(angle), np.zeros_like(angle), np.sin(angle)], axis=1)
    matrix[:, :3, 1] = np.stack([-np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)
    matrix[:, :3, 2] = [0.0, -1.0, 0.0]
    matrix[:, :3, 3] = place
    return matrix


def lively():
    """20 s of a person who does all that is asked for."""
    rng = np.random.default_rng(0)
    values = rng.random((PICTURES, len(CHANNEL_NAMES)), np.float32)
    landmarks = np.zeros((PICTURES, 478, 2), np.float32)
    landmarks[:, CHIN] = [0.0, FACE]
    landmarks[:, LOWER_LIP, 1] = np.abs(np.sin(np.linspace(0, 40, PICTURES))) * 40.0
    landmarks[:, BROW] = 0.0
    return FilmTrack(
        films=("films/anna.mp4",),
        film_of=np.zeros(PICTURES, np.int32),
        picture=np.arange(PICTURES, dtype=np.int32),
        time_seconds=np.arange(PICTURES) / FPS,
        found=np.ones(PICTURES, bool),
        size=(1280, 720),
        focal_pixels=1500.0,
        identity=np.zeros(4, np.float32),
        offsets=np.zeros((7, 3), np.float32),
        values=values,
        head_to_camera=turned(20.0 * np.sin(np.linspace(0, 9, PICTURES))),
        landmarks=landmarks,
        residual_pixels=np.full(PICTURES, 1.0, np.float32),
    )


def well_lit():
    """Brightness, burnt out, sharpness."""
    return np.tile(np.array([0.5, 0.0, 0.3], np.float32), (PICTURES, 1))


def notes(track, looks=None, shot_of=None):
    shots = np.zeros(PICTURES, np.int32) if shot_of is None else shot_of
    report = make_report(track, shots, well_lit() if looks is None else looks, 0.5)
    return {note["code"]: note for note in json.loads(json.dumps(report))["notes"]}


def test_a_good_film_has_no_notes():
    assert notes(lively()) == {}


@pytest.mark.parametrize(
    ("look", "code"),
    [
        ((0.1, 0.0, 0.3), "dark"),
        ((0.9, 0.0, 0.3), "bright"),
        ((0.6, 0.4, 0.3), "bright"),
        ((0.5, 0.0, 0.05), "blurred"),
    ],
)
def test_light_and_focus_are_judged(look, code):
    assert list(notes(lively(), np.tile(np.array(look, np.float32), (PICTURES, 1)))) == [code]


def test_light_that_changes_is_told():
    looks = well_lit()
    looks[250:, 0] = 0.75
    assert list(notes(lively(), looks)) == ["light_changes"]


def test_what_was_never_shown_is_named():
    track = lively()
    track.values[:, CHANNEL_NAMES.index("mouthSmileLeft")] = 0.02
    track.values[:, CHANNEL_NAMES.index("mouthSmileRight")] = 0.02
    track.landmarks[:, LOWER_LIP, 1] = 20.0
    message = notes(track)["few_expressions"]["message"]
    assert "closed lips, a smile (" in message
    assert "mouthSmileLeft, mouthSmileRight)" in message


@pytest.mark.parametrize(
    ("degrees", "middle", "codes"),
    [
        (2.0, 0.0, ["little_turn"]),
        (60.0, 0.0, ["far_turn"]),
        (2.0, 55.0, ["little_turn", "far_turn"]),
    ],
)
def test_turns_of_the_head_are_judged(degrees, middle, codes):
    yaw = middle + degrees * np.sin(np.linspace(0, 9, PICTURES))
    assert list(notes(dataclasses.replace(lively(), head_to_camera=turned(yaw)))) == codes


def test_turns_are_told_against_the_line_to_the_camera():
    track = dataclasses.replace(
        lively(), head_to_camera=turned(np.full(PICTURES, 30.0), (0.5, 0.0, 0.5))
    )
    degrees = make_report(track, np.zeros(PICTURES, np.int32), well_lit(), 0.5)["degrees"]
    assert degrees["yaw"]["middle"] == pytest.approx(75.0, abs=0.1)
    assert degrees["pitch"]["middle"] == pytest.approx(0.0, abs=0.1)


def test_size_misfit_and_length_are_judged():
    track = lively()
    small = dataclasses.replace(
        track, landmarks=track.landmarks * 0.3, residual_pixels=track.residual_pixels * 4
    )
    assert list(notes(small)) == ["small_face", "misfit"]
    assert list(notes(dataclasses.replace(track, time_seconds=track.time_seconds * 20))) == ["long"]
    assert list(notes(dataclasses.replace(track, time_seconds=track.time_seconds / 5))) == ["short"]


def test_lost_faces_and_cuts_are_told_with_their_times():
    track = lively()
    track.found[100:120] = False
    track.found[200:202] = False
    track.values[~track.found] = np.nan
    shots = np.zeros(PICTURES, np.int32)
    shots[300:] = 1
    told = notes(track, shot_of=shots)
    assert told["lost"]["message"] == "anna.mp4: no face is seen at 4.00-4.80 s."
    assert told["cuts"]["message"] == "anna.mp4 cuts at 12.00 s."


def test_many_times_are_told_short():
    assert told_times([(1.0,)] * 9) == ", ".join(["1.00 s"] * 6) + " and 3 more"
