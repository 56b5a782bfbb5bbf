# SPDX-License-Identifier: Apache-2.0
"""From curves and cameras to frames in linear light; the drawing here is a formula with a known answer."""

from __future__ import annotations

import json

import numpy as np
import pytest
from crude_avatar import crude_camera
from encrypted_zip import encrypt_in_name

from core.avatar.camera import Camera
from core.avatar.camera_json import camera_to_json
from core.avatar.camera_track import CameraTrack, between, load_cameras, resized, turned
from core.avatar.colour import linear_of_srgb, linear_rgba, srgb_of_linear, unmultiplied
from core.avatar.curves_file import Curves, load_curves, with_looks
from core.avatar.head_pose import head_angles, head_to_root
from core.avatar.model import Frame
from core.avatar.sequence import pictures
from core.avatar.shot_of_curves import shot_of_curves
from core.errors import MienError
from core.face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from core.live_link import save_live_link_csv

JAW = CHANNEL_NAMES.index("jawOpen")
YAW = CHANNEL_NAMES.index("headYaw")


@pytest.fixture
def curves():
    """Two seconds at 60 a second: the jaw opens evenly, the head turns by half a radian a second."""
    time = np.arange(121) / 60.0
    values = np.zeros((121, 57), np.float32)
    values[:, JAW] = time / 2.0
    values[:, YAW] = 0.5 * time
    return Curves(time, values)


def standing(camera=None):
    return CameraTrack((0,), (camera or crude_camera(),))


def looking(angle, size=32):
    """A camera a metre away, turned about the head."""
    turn = head_to_root(0.0, angle, 0.0)
    turn[:3, 3] = 0.0
    front = crude_camera(size)
    return Camera(
        size, size, front.focal_x, front.focal_y, size / 2, size / 2, front.root_to_camera @ turn
    )


def test_colours_come_back_and_the_curve_is_the_standards():
    codes = np.linspace(0.0, 1.0, 257, dtype=np.float32)
    assert np.abs(srgb_of_linear(linear_of_srgb(codes)) - codes).max() < 1e-6
    assert np.isclose(linear_of_srgb(np.float32(0.5)), 0.21404114)
    pixel = np.array([[0.25, 0.1, 0.0, 0.5], [0.0, 0.0, 0.0, 0.0]], np.float32)
    assert np.allclose(linear_rgba(pixel)[0], [0.5 * 0.21404114, 0.5 * 0.0331048, 0.0, 0.5])
    assert not unmultiplied(pixel)[1].any()


def test_frames_are_sampled_at_their_own_rate(curves):
    shot = shot_of_curves(curves, standing(), 24.0, first_frame=101)
    assert (shot.frame[0], shot.frame[-1]) == (101, 149)
    assert np.allclose(shot.values[:, 0, JAW], np.arange(49) / 48.0, atol=1e-6)
    assert np.allclose([head_angles(m[0])[1] for m in shot.head_to_root], np.arange(49) / 48.0)
    part = shot_of_curves(curves, standing(), 24.0, first_frame=101, start=110, end=112)
    assert np.array_equal(part.values, shot.values[9:12])


def test_moments_lie_about_the_frame_as_the_shutter_says(curves):
    shot = shot_of_curves(curves, standing(), 24.0, moments=4, shutter=0.5, start=10, end=10)
    frames = 1 + shot.values[0, :, JAW] * 48.0
    assert np.allclose(frames, 10 + np.array([-3, -1, 1, 3]) / 16, atol=1e-4)


@pytest.mark.parametrize(
    "asked", [{"start": 9, "end": 8}, {"moments": 0}, {"moments": 1000}, {"shutter": -1.0}]
)
def test_shots_that_are_none(curves, asked):
    with pytest.raises(MienError) as told:
        shot_of_curves(curves, standing(), 24.0, **asked)
    assert told.value.code == "bad_frames"


def test_gaze_turns_the_eyes_once():
    values = np.zeros((3, 57), np.float32)
    values[:, CHANNEL_NAMES.index("gazeYaw")] = 0.2
    out = ARKIT_NAMES.index("eyeLookOutLeft")
    looks = with_looks(values)
    assert looks[0, out] > 0.3
    assert np.array_equal(with_looks(looks), looks)


def test_every_kind_of_curves_is_read(tmp_path, curves):
    time, values = curves.time_seconds, curves.values
    save_live_link_csv(time, values, 60.0, tmp_path / "take.csv")
    np.savez(tmp_path / "table.npz", values=values, fps=60.0)
    np.savez(tmp_path / "bare.npz", values=values)
    for path, fps in (("take.csv", None), ("table.npz", None), ("bare.npz", 60.0)):
        read = load_curves(tmp_path / path, fps)
        assert np.allclose(read.values, values)
        assert np.allclose(read.time_seconds, time, atol=1e-4)


def test_a_performance_is_read(tmp_path, perform):
    from core.curves import save_performance

    performance = perform()
    save_performance(performance, tmp_path / "take.npz")
    read = load_curves(tmp_path / "take.npz")
    # Its gaze is in its eyes already.
    assert np.array_equal(read.values, performance.values)


@pytest.mark.parametrize(
    "kind", ["missing", "text", "no_fps", "shape", "nan", "pickle", "encrypted"]
)
def test_files_without_curves(tmp_path, kind):
    path = tmp_path / "curves.npz"
    values = np.zeros((3, 57), np.float32)
    if kind == "text":
        path.write_text("hello")
    elif kind == "no_fps":
        np.savez(path, values=values)
    elif kind == "shape":
        np.savez(path, values=values[:, :50], fps=24.0)
    elif kind == "nan":
        np.savez(path, values=values + np.nan, fps=24.0)
    elif kind == "pickle":
        np.savez(path, values=np.array([{}], object), fps=24.0)
    elif kind == "encrypted":
        np.savez(path, values=values, fps=24.0)
        encrypt_in_name(path)
    with pytest.raises(MienError) as told:
        load_curves(path)
    assert told.value.code == "curves_unreadable"


def test_a_camera_halfway_keeps_its_distance():
    first, second = looking(-0.1), looking(0.1)
    middle = between(first, second, 0.5)
    front = looking(0.0)
    assert np.allclose(middle.root_to_camera[:3, :3], front.root_to_camera[:3, :3])
    quarter = between(first, second, 0.25).root_to_camera[:3, :3]
    assert np.allclose(quarter, looking(-0.05).root_to_camera[:3, :3])


def test_a_half_turn_has_an_axis():
    for matrix in (np.diag([1.0, -1.0, -1.0]), np.diag([-1.0, -1.0, 1.0])):
        half = turned(matrix, 0.5)
        assert np.allclose(half @ half, matrix)


def test_cameras_do_not_travel_across_a_cut():
    track = CameraTrack((1, 2, 3), (looking(0.0), looking(0.1), looking(1.5)))
    assert np.allclose(
        track.at(1.5).root_to_camera, between(*track.cameras[:2], 0.5).root_to_camera
    )
    assert track.at(2.49) is track.cameras[1]
    assert track.at(2.51) is track.cameras[2]
    assert track.at(-5.0) is track.cameras[0]
    assert track.at(9.0) is track.cameras[2]


def test_another_size_sees_the_same_across():
    camera = looking(0.2, 100)
    wide = resized(camera, 300, 200)
    points = np.array([[0.05, -0.1, 0.2], [-0.03, -0.1, 0.25]])
    assert np.allclose(wide.pixels_of(points), 3.0 * camera.pixels_of(points) - (0.0, 50.0))


def test_camera_files(tmp_path):
    path = tmp_path / "camera.json"
    path.write_text(json.dumps(camera_to_json(looking(0.3))))
    assert np.allclose(load_cameras(path).at(7.0).root_to_camera, looking(0.3).root_to_camera)
    rows = [{"frame": n, **camera_to_json(looking(0.01 * n))} for n in (5, 6)]
    path.write_text(json.dumps({"frames": rows}))
    assert load_cameras(path).frames == (5, 6)
    broken = [
        "",
        "[]",
        "{}",
        '{"frames": []}',
        '{"frames": 3}',
        json.dumps({"frames": rows[::-1]}),
        json.dumps({**rows[0], "root_to_camera": [0.0] * 16}),
        json.dumps({**rows[0], "focal_x": 0}),
        json.dumps({**rows[0], "width": 10**9}),
    ]
    for text in broken:
        path.write_text(text)
        with pytest.raises(MienError) as told:
            load_cameras(path)
        assert told.value.code == "camera_unreadable", text


def disc(pose, camera):
    """A grey column that covers the pixel that the head's yaw points at."""
    yaw = head_angles(pose.head_to_root)[1]
    rgba = np.zeros((4, 32, 4), np.float32)
    depth = np.zeros((4, 32), np.float32)
    column = int(16 + 100 * yaw)
    rgba[:, column] = (0.5, 0.5, 0.5, 1.0)
    depth[:, column] = 1.0 + pose.values[JAW]
    normal = np.zeros((4, 32, 3), np.float32)
    normal[:, column, 2] = -1.0
    return Frame(rgba, depth, normal)


def test_blur_is_a_mean_of_light_and_depth_is_not_blurred(curves):
    shot = shot_of_curves(curves, standing(), 24.0, moments=4, shutter=1.0, start=4, end=6)
    drawn = list(pictures(shot, disc, [1]))
    assert [each.number for each in drawn] == [5]
    rgba, depth = drawn[0].rgba, drawn[0].depth
    assert np.isclose(rgba[..., 3].sum(axis=1), 1.0).all()
    covered = np.flatnonzero(rgba[0, :, 3])
    assert len(covered) > 1
    # Half grey is 0.214 of the light whatever share of the time it was there.
    assert np.allclose(rgba[0, covered, 0] / rgba[0, covered, 3], 0.21404114, atol=1e-5)
    assert np.array_equal(np.flatnonzero(depth[0]), covered)
    assert ((depth[0, covered] > 1.0) & (depth[0, covered] < 1.2)).all()


def test_normals_are_told_in_the_roots_axes(curves):
    shot = shot_of_curves(curves, standing(), 24.0, start=1, end=1)
    normal = next(pictures(shot, disc, [0])).normal
    # Toward the camera, which stands in front of the face.
    assert np.allclose(normal[0, 16], (0.0, -1.0, 0.0))
