# SPDX-License-Identifier: Apache-2.0
"""Held-out pictures reach every system with a camera and a pose that fall on the picture."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from benchmarks.avatar_views import check_same_person, film_views
from benchmarks.avatar_views_truth import mesh_landmarks
from core.avatar.camera import Camera
from core.avatar.film_track import FilmTrack
from core.avatar.model import Pose
from core.avatar.person import person_mesh
from core.avatar.track_folder import write_track
from core.face.model import load_face_model

WIDTH, HEIGHT, PICTURES, FOCAL = 160, 120, 26, 200.0
SIZE = 96
# Where a mark beside the head lies in the film: rows, columns, and the middle of it.
MARK, MARK_MIDDLE = (slice(40, 48), slice(40, 48)), (44.0, 44.0)


@pytest.fixture(scope="module")
def face():
    return load_face_model()


def head_to_camera(turn_degrees):
    turn = np.deg2rad(turn_degrees)
    matrix = np.eye(4)
    before = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    yaw = [[np.cos(turn), -np.sin(turn), 0.0], [np.sin(turn), np.cos(turn), 0.0], [0.0, 0.0, 1.0]]
    matrix[:3, :3] = before @ np.array(yaw)
    matrix[:3, 3] = (0.0, 0.16, 0.8)
    return matrix


def write_film(path):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", Fraction(25))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "1"}
        picture = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
        picture[MARK] = 220
        for _ in range(PICTURES):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def track_of(film, face):
    poses = np.stack([head_to_camera(5.0 * np.sin(number)) for number in range(PICTURES)])
    values = np.zeros((PICTURES, 57), np.float32)
    values[:, 24] = np.linspace(0.0, 0.5, PICTURES)
    mesh = person_mesh(face)
    landmarks = [
        mesh_landmarks(
            mesh,
            face,
            Pose(row[:52], np.eye(4)),
            Camera(WIDTH, HEIGHT, FOCAL, FOCAL, WIDTH / 2, HEIGHT / 2, pose),
        )
        for row, pose in zip(values, poses, strict=True)
    ]
    return FilmTrack(
        films=(str(film),),
        film_of=np.zeros(PICTURES, np.int32),
        picture=np.arange(PICTURES, dtype=np.int32),
        time_seconds=np.arange(PICTURES) / 25.0,
        found=np.arange(PICTURES) != 5,
        size=(WIDTH, HEIGHT),
        focal_pixels=FOCAL,
        identity=np.zeros(len(face.identity_names), np.float32),
        offsets=np.zeros_like(face.vertices),
        values=values,
        head_to_camera=poses,
        landmarks=np.stack(landmarks),
        residual_pixels=np.zeros(PICTURES, np.float32),
    )


def test_crop_camera_and_landmarks_fall_on_each_other(face, tmp_path):
    film = tmp_path / "film.mp4"
    write_film(film)
    track = track_of(film, face)
    mask = np.zeros((256, 256), np.uint8)
    mask[60:200, 90:160] = 3
    masks = [(0, number, mask) for number in range(PICTURES)]
    write_track(tmp_path / "film.mientrack", track, masks, {}, b"")
    views = film_views(tmp_path / "film.mientrack", face, SIZE, 5)
    assert [view.name for view in views] == [f"film {n}" for n in (0, 6, 11, 16, 21)]
    mesh = person_mesh(face)
    for view in views:
        seen = mesh_landmarks(mesh, face, view.pose, view.camera)
        assert np.abs(seen - view.landmarks).max() < 0.05
    view = views[0]
    scale = view.camera.focal_x / FOCAL
    column = int(view.camera.centre_x + (MARK_MIDDLE[0] - WIDTH / 2) * scale)
    row = int(view.camera.centre_y + (MARK_MIDDLE[1] - HEIGHT / 2) * scale)
    # The mark is seen where the crop's camera says, and behind the head as well.
    assert view.rgba[row, column, 0] == pytest.approx(220 / 255, abs=0.03)
    assert view.backdrop[row, column, 0] == pytest.approx(220 / 255, abs=0.03)
    assert not view.head[row, column]
    nose = view.landmarks[4].astype(int)
    assert view.head[nose[1], nose[0]]


def test_films_tracked_with_another_person_are_refused(face, tmp_path):
    track = track_of(tmp_path / "film.mp4", face)
    check_same_person(track, track)
    other = FilmTrack(**{**vars(track), "identity": track.identity + 0.1})
    with pytest.raises(ValueError, match="person of the training"):
        check_same_person(track, other)
