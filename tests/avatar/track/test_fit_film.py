# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_film import FPS, SIZE, column, synthetic_film

from core.avatar.person import person_mesh
from core.avatar.track.fit_film import fit_film
from core.avatar.track.fit_gaze import IRISES
from core.avatar.track.fit_points import point_costs, point_group
from core.avatar.track.fit_pose import Poses
from core.avatar.track.fit_steady import ANCHORS
from core.face.arkit import CHANNEL_NAMES
from core.face.model import load_face_model

MILLIMETRES = 1e3


@pytest.fixture(scope="module")
def face():
    return load_face_model()


@pytest.fixture(scope="module")
def truth(face):
    return synthetic_film(face)


@pytest.fixture(scope="module")
def fit(truth, face):
    return fit_film(truth.landmarks, face)


def landmarks_of(face, mesh, values):
    """(T, 478, 3) metres."""
    shaped = mesh.vertices + np.tensordot(values[:, :52], mesh.deltas, axes=1)
    places, weights = face.landmark478_vertices, face.landmark478_weights
    return np.einsum("tnkc,nk->tnc", shaped[:, places], weights).astype(np.float64)


def fitted_pixels(fit, truth, points):
    lens = replace(truth.poses.lens, focal=fit.person.focal_pixels)
    poses = Poses(lens, fit.head_to_camera[:, :3, :3], fit.head_to_camera[:, :3, 3])
    return poses.pixels(poses.seen(points))


def opening(face, mesh, values):
    """How far the middle of the lips is opened (T,), mm, against rest."""
    points = landmarks_of(face, mesh, np.concatenate([np.zeros_like(values[:1]), values]))
    height = (points[:, 13, 2] - points[:, 14, 2]) * MILLIMETRES
    return height[1:] - height[0]


def test_points_fall_where_they_were_seen(fit):
    # The noise alone makes 0.42 pixels of two coordinates.
    assert np.median(fit.residual_pixels) < 0.55
    assert fit.residual_pixels.max() < 0.8


def test_the_mesh_falls_where_the_face_was(fit, truth, face):
    mesh = person_mesh(face, fit.person.identity, fit.person.offsets)
    own = fitted_pixels(fit, truth, landmarks_of(face, mesh, fit.values))
    goal = truth.poses.pixels(truth.poses.seen(landmarks_of(face, truth.mesh, truth.values)))
    off = np.sqrt(np.square(own - goal).sum(axis=2).mean(axis=0))
    assert np.median(off) < 0.4
    assert off[point_group("lips")].mean() < 0.8
    assert off[IRISES].max() < 1.2


def test_the_head_moves_as_it_did(fit, truth, face):
    own = fitted_pixels(fit, truth, fit.person.rest)
    points = landmarks_of(face, truth.mesh, 0.0 * truth.values)
    goal = truth.poses.pixels(truth.poses.seen(points))
    skull = point_costs(face).pose_weights > 0.5
    assert np.sqrt(np.square(own - goal)[:, skull].sum(axis=2).mean()) < 0.35
    # Which way a head at rest looks is a convention between the person and the poses.
    turn = truth.poses.rotation.transpose(0, 2, 1) @ fit.head_to_camera[:, :3, :3]
    u, _, vt = np.linalg.svd(turn.mean(axis=0))
    trace = np.einsum("tij,ij->t", turn, u @ vt)
    assert np.degrees(np.arccos(np.clip((trace - 1.0) / 2.0, -1.0, 1.0))).mean() < 1.0


def test_turning_does_not_lag(fit, truth):
    yaw = fit.values[:, CHANNEL_NAMES.index("headYaw")]
    forward = -truth.poses.rotation[:, :, 1]
    goal = np.arctan2(forward[:, 0], -forward[:, 2])
    goal = goal - np.median(goal)
    assert np.corrcoef(yaw, goal)[0, 1] > 0.999
    follows = [np.square(np.roll(yaw, shift) - goal)[3:-3].mean() for shift in (-1, 0, 1)]
    assert np.argmin(follows) == 1


def test_the_mouth_opens_and_shuts_as_it_did(fit, truth, face):
    mesh = person_mesh(face, fit.person.identity, fit.person.offsets)
    gap, goal = opening(face, mesh, fit.values), opening(face, truth.mesh, truth.values)
    assert np.corrcoef(gap, goal)[0, 1] > 0.99
    assert np.sqrt(np.square(gap - goal).mean()) < 0.6
    shut = goal < 0.05
    assert np.abs(gap[shut]).max() < 0.8
    assert np.abs(np.median(gap[shut])) < 0.1


def test_the_right_channels_do_it(fit, truth):
    for name, least in (("jawOpen", 0.98), ("mouthPucker", 0.95), ("browInnerUp", 0.95)):
        own, goal = fit.values[:, column(name)], truth.values[:, column(name)]
        assert np.corrcoef(own, goal)[0, 1] > least, name
        assert np.abs(own - goal).mean() < 0.08, name
    for name in ("cheekPuff", "jawLeft", "jawRight", "mouthRollLower"):
        assert fit.values[:, column(name)].max() < 0.2, name


def test_blinks_shut_and_eyes_open(fit, truth):
    own = fit.values[:, [column("eyeBlinkLeft"), column("eyeBlinkRight")]].mean(axis=1)
    goal = truth.values[:, column("eyeBlinkLeft")]
    assert own[goal > 0.98].min() > 0.85
    assert own[goal < 0.02].max() < 0.15


def test_eyes_look_where_they_did(fit, truth):
    open_eyes = truth.values[:, column("eyeBlinkLeft")] < 0.05
    for axis, name in enumerate(("gazePitch", "gazeYaw")):
        own = fit.values[open_eyes, CHANNEL_NAMES.index(name)]
        goal = truth.gaze[open_eyes, axis]
        assert np.corrcoef(own, goal)[0, 1] > 0.95
        assert 0.75 < np.polyfit(goal, own, 1)[0] < 1.25


def test_a_still_head_is_still(face):
    truth = synthetic_film(face, 5.0, still=True)
    fit = fit_film(truth.landmarks, face)
    seen = fitted_pixels(fit, truth, ANCHORS)
    assert np.diff(seen, axis=0).std() < 0.05
    assert seen.std(axis=0).max() < 0.2


def test_the_lens_is_found_where_the_head_moves(face):
    wide = fit_film(synthetic_film(face, 8.0, focal=0.8).landmarks, face).person
    long = fit_film(synthetic_film(face, 8.0, focal=2.2).landmarks, face).person
    assert wide.focal_pixels < 1.1 * max(SIZE)
    assert long.focal_pixels > 1.4 * max(SIZE)
    assert min(wide.focal_sureness, long.focal_sureness) > 0.4


def test_a_person_is_held_for_another_film(fit, face):
    other = synthetic_film(face, 4.0, seed=3)
    found = other.landmarks.found.copy()
    found[:20] = found[60:64] = False
    pixels = other.landmarks.pixels.copy()
    pixels[~found] = np.nan
    again = fit_film(replace(other.landmarks, pixels=pixels, found=found), face, person=fit.person)
    assert again.person is fit.person
    assert np.isfinite(again.values).all()
    np.testing.assert_array_equal(again.values[0], again.values[20])
    assert not again.rest_frames[~found].any()
    goal = other.values[found, column("jawOpen")]
    assert np.corrcoef(again.values[found, column("jawOpen")], goal)[0, 1] > 0.97


def test_nothing_is_smoothed_over_a_cut(fit, truth, face):
    half = len(truth.landmarks.times) // 2
    film_of = (np.arange(2 * half) >= half).astype(np.int32)
    order = np.r_[half : 2 * half, :half]
    cut = replace(
        truth.landmarks,
        pixels=truth.landmarks.pixels[order],
        found=truth.landmarks.found[order],
        times=np.tile(np.arange(half) / FPS, 2),
        film_of=film_of,
    )
    own = fit_film(cut, face, person=fit.person)
    step = np.abs(np.diff(own.head_to_camera[half - 1 : half + 1, 0, 3]))
    assert step > 0.5 * np.abs(np.diff(truth.poses.translation[order[half - 1 : half + 1], 0]))


def test_no_face_at_all_is_an_error(truth, face):
    nobody = replace(truth.landmarks, found=np.zeros_like(truth.landmarks.found))
    with pytest.raises(ValueError, match="no picture"):
        fit_film(nobody, face)
