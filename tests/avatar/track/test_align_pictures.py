# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from painted_film import painted
from synthetic_film import SIZE, nodding

from core.avatar.film_track import FilmTrack
from core.avatar.person import person_mesh
from core.avatar.track.align_pictures import refine_poses
from core.avatar.track.fit_pose import Poses, turned
from core.avatar.track.fit_steady import ANCHORS
from core.face.model import load_face_model

PICTURES, FPS = 30, 25.0
# How far off the landmarks' poses are: radians and metres, about half a pixel at the face.
WOBBLE = np.array([0.004, 0.004, 0.003, 0.0005, 0.0005, 0.001])


@pytest.fixture(scope="module")
def face():
    return load_face_model()


@pytest.fixture(scope="module")
def true_poses():
    return nodding(np.arange(PICTURES) / FPS, 1.2 * max(SIZE))


@pytest.fixture(scope="module")
def pictures(face, true_poses):
    mesh = person_mesh(face)
    return painted(mesh, face.quads[skin_quads(face)], true_poses, SIZE)


def skin_quads(face):
    return face.vertex_part[face.quads[:, 0]] == face.part_names.index("skin")


@pytest.fixture(scope="module")
def track(face, true_poses):
    steps = np.random.default_rng(2).normal(size=(PICTURES, 6)) * WOBBLE
    return FilmTrack(
        films=("freckles.mp4",),
        film_of=np.zeros(PICTURES, np.int32),
        picture=np.arange(PICTURES, dtype=np.int32),
        time_seconds=np.arange(PICTURES) / FPS,
        found=np.ones(PICTURES, bool),
        size=SIZE,
        focal_pixels=true_poses.lens.focal,
        identity=np.zeros(len(face.identity_names), np.float32),
        offsets=np.zeros_like(face.vertices),
        values=np.zeros((PICTURES, 57), np.float32),
        head_to_camera=turned(true_poses, steps).matrices(),
        landmarks=np.zeros((PICTURES, 478, 2), np.float32),
        residual_pixels=np.zeros(PICTURES, np.float32),
    )


def wobble(head_to_camera, true_poses):
    """Root mean square distance in pixels of the face's corners, what is constant taken off."""
    poses = Poses(true_poses.lens, head_to_camera[:, :3, :3], head_to_camera[:, :3, 3])
    off = poses.pixels(poses.seen(ANCHORS)) - true_poses.pixels(true_poses.seen(ANCHORS))
    return np.sqrt(np.square(off - off.mean(axis=0)).mean())


def test_the_texture_holds_the_head_still(track, pictures, face, true_poses):
    aligned = refine_poses(track, lambda: iter(pictures), face)
    before = wobble(track.head_to_camera, true_poses)
    assert before > 0.4
    assert wobble(aligned.head_to_camera, true_poses) < 0.1


def rows(track, chosen):
    per_picture = ("film_of", "picture", "time_seconds", "found", "values", "head_to_camera")
    return replace(
        track,
        **{
            name: getattr(track, name)[chosen]
            for name in (*per_picture, "landmarks", "residual_pixels")
        },
    )


def test_a_known_texture_serves_other_pictures_in_other_light(track, pictures, face, true_poses):
    first, second = slice(0, 20), slice(20, PICTURES)
    known = refine_poses(rows(track, first), lambda: iter(pictures[first]), face).texture
    darker = [(picture * 0.6).astype(np.uint8) for picture in pictures[second]]
    aligned = refine_poses(rows(track, second), lambda: iter(darker), face, texture=known)
    assert aligned.texture is known
    assert wobble(aligned.head_to_camera, true_poses[second]) < 0.15


def test_pictures_at_another_size_and_without_a_face(track, pictures, face, true_poses):
    smaller = [picture[::2, ::2] for picture in pictures]
    found = track.found.copy()
    found[5] = False
    lost = replace(track, found=found)
    aligned = refine_poses(lost, lambda: iter(smaller), face)
    np.testing.assert_array_equal(aligned.head_to_camera[5], track.head_to_camera[5])
    kept = replace(
        true_poses, rotation=true_poses.rotation[found], translation=true_poses.translation[found]
    )
    assert wobble(aligned.head_to_camera[found], kept) < 0.25
