# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json

import numpy as np
import pytest

from core.face.arkit import ARKIT_NAMES
from core.face.model import load_face_model
from core.motion.mouth_channels import MOUTH_CHANNELS, spread_matrix
from core.training import fit_grid

# A talking mouth: which channels move, how far, how often a second.
TALK = {"jawOpen": (0.3, 3.0), "mouthPucker": (0.5, 0.7), "mouthUpperUp": (0.3, 1.9)}
FRAMES, FPS, REST_FRAMES, BLACK_FRAMES = 75, 25.0, 20, 6
PIXELS_A_METRE = 1500.0


def talking(phase):
    """(T, 52): rest first, then speech."""
    seconds = np.arange(FRAMES) / FPS
    mouth = np.zeros((FRAMES, len(MOUTH_CHANNELS)), np.float32)
    for name, (most, hertz) in TALK.items():
        wave = 0.5 - 0.5 * np.cos(2.0 * np.pi * hertz * (seconds - 0.8) + phase)
        mouth[:, MOUTH_CHANNELS.index(name)] = most * wave
    mouth[:REST_FRAMES] = 0.0
    return mouth @ spread_matrix()


@pytest.fixture(scope="module")
def face():
    return load_face_model()


@pytest.fixture(scope="module")
def corpus(face, tmp_path_factory):
    """Films of our own head as a tracker would hand them over, the second starting black."""
    folder = tmp_path_factory.mktemp("grid")
    truth = {part: talking(phase) for part, phase in (("train", 0.0), ("dev", 1.0))}
    for part, values in truth.items():
        points = face.landmarks478(values)[:, :, [0, 2, 1]].astype(float) * [1.0, -1.0, 1.0]
        pixels = points * PIXELS_A_METRE + [180.0, 400.0, 0.0]
        found = np.ones(FRAMES, bool)
        if part == "dev":
            found[:BLACK_FRAMES] = False
            pixels[~found] = 0.0
        np.savez(
            folder / f"tracks_{part}.npz",
            clips=np.array([part]),
            start=np.array([0, FRAMES]),
            face_found=found,
            fps=np.float32(FPS),
            landmark_index=np.arange(478),
            landmarks_px_x16=np.round(pixels * 16.0).astype(np.int16).transpose(1, 2, 0),
        )
        words = {part: [[0.0, 0.8, "sil"], [0.8, 3.0, "bin"]]}
        (folder / f"words_{part}.json").write_text(json.dumps(words))
    return folder, np.concatenate(list(truth.values()))


@pytest.fixture(scope="module")
def fitted(corpus, face):
    return fit_grid.fit_tracks(fit_grid.read_tracks(corpus[0]), face)


def full(fitted):
    values = np.zeros((2 * FRAMES, len(ARKIT_NAMES)), np.float32)
    values[:, [ARKIT_NAMES.index(n) for n in fitted["channel_names"]]] = fitted["values"]
    return values


def test_the_film_gives_back_the_lips_that_made_it(corpus, fitted, face):
    seen = fitted["found"]
    position = {n: n for n in range(478)}
    made, got = (
        fit_grid.measures(face.landmarks478(v)[seen].astype(float), position)
        for v in (corpus[1], full(fitted))
    )
    for true, found in zip(made, got, strict=True):
        assert np.corrcoef(true, found)[0, 1] > 0.995
    assert np.abs((made[0] - got[0]) * 1e3).max() < 0.5


def test_the_jaw_is_not_given_to_other_channels(corpus, fitted):
    column = ARKIT_NAMES.index("jawOpen")
    assert np.abs(full(fitted)[:, column] - corpus[1][:, column])[fitted["found"]].max() < 0.05
    for soaks in ("mouthRollLower", "mouthShrugLower", "mouthPressLeft", "jawLeft"):
        assert full(fitted)[:, ARKIT_NAMES.index(soaks)].max() < 0.1


def test_frames_without_a_face_hold_the_clips_own_nearest(fitted):
    black = FRAMES + np.arange(BLACK_FRAMES)
    np.testing.assert_array_equal(np.flatnonzero(~fitted["found"]), black)
    first_seen = FRAMES + BLACK_FRAMES
    for held in ("values", "opening", "width", "jaw"):
        rows = fitted[held]
        np.testing.assert_array_equal(rows[black], np.repeat(rows[[first_seen]], len(black), 0))


def test_a_clip_without_any_face_is_refused():
    with pytest.raises(ValueError, match="2 to 4"):
        fit_grid.nearest_seen(np.array([True, True, False, False]), np.array([0, 2, 4]))


def test_what_the_tracks_cannot_show_is_not_named(fitted):
    names = set(fitted["channel_names"].tolist())
    assert not names & {"jawForward", "tongueOut", "cheekPuff", "mouthFrownLeft"}
    unknown = {n for n in MOUTH_CHANNELS if not {n, f"{n}Left"} & names}
    assert unknown == {"jawForward", "tongueOut"}
