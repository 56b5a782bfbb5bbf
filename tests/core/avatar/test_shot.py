# SPDX-License-Identifier: Apache-2.0
"""A shot travels from the add-on to the avatar's worker, and nothing else is taken for one."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from encrypted_zip import encrypt_in_name

from core.avatar.shot import Shot, load_shot, save_shot
from core.errors import MienError


def make_shot(frames=3, moments=2):
    rng = np.random.default_rng(1)
    poses = np.tile(np.eye(4), (frames, moments, 1, 1))
    poses[..., :3, 3] = rng.normal(size=(frames, moments, 3))
    return Shot(
        frame=np.arange(-1, frames - 1, dtype=np.int32),
        values=rng.random((frames, moments, 52)).astype(np.float32),
        head_to_root=poses,
        root_to_camera=poses[::-1].copy(),
        focal=np.full((frames, moments, 2), 500.0),
        centre=np.full((frames, moments, 2), 31.5),
        size=(64, 48),
        fps=24000 / 1001,
    )


def test_a_shot_comes_back_as_it_was(tmp_path):
    shot = make_shot()
    save_shot(shot, tmp_path / "shot.npz")
    again = load_shot(tmp_path / "shot.npz")
    for name in ("frame", "values", "head_to_root", "root_to_camera", "focal", "centre"):
        np.testing.assert_array_equal(getattr(again, name), getattr(shot, name))
    assert (again.size, again.fps) == (shot.size, shot.fps)
    assert (again.frames, again.moments) == (3, 2)


def test_a_moment_is_a_pose_and_a_camera():
    shot = make_shot()
    camera, pose = shot.camera(2, 1), shot.pose(2, 1)
    assert (camera.width, camera.height, camera.focal_x, camera.centre_y) == (64, 48, 500.0, 31.5)
    np.testing.assert_array_equal(camera.root_to_camera, shot.root_to_camera[2, 1])
    np.testing.assert_array_equal(pose.head_to_root, shot.head_to_root[2, 1])
    np.testing.assert_array_equal(pose.values, shot.values[2, 1])


@pytest.mark.parametrize(
    "changes",
    [
        {"values": np.zeros((3, 2, 51), np.float32)},
        {"values": np.full((3, 2, 52), np.nan, np.float32)},
        {"frame": np.array([1, 1, 2], np.int32)},
        {"size": (0, 48)},
        {"size": (64, 1 << 20)},
        {"fps": 0.0},
        {"focal": np.zeros((3, 1, 2))},
    ],
)
def test_what_is_no_shot_is_refused(changes):
    with pytest.raises(ValueError, match=r".+"):
        replace(make_shot(), **changes)


@pytest.mark.parametrize("damage", ["missing", "cut", "pickle", "other", "encrypted", "claims"])
def test_a_damaged_file_is_told(damage, tmp_path):
    path = tmp_path / "shot.npz"
    save_shot(make_shot(), path)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "pickle":
        np.savez(path, frame=np.array([{}], dtype=object))
    elif damage == "other":
        np.savez(path, x=np.zeros(3))
    elif damage == "encrypted":
        encrypt_in_name(path)
    else:
        header = io.BytesIO()
        claimed = {"descr": "<f4", "fortran_order": False, "shape": (1 << 40, 1, 52)}
        np.lib.format.write_array_header_1_0(header, claimed)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("frame.npy", header.getvalue())
    with pytest.raises(MienError) as told:
        load_shot(path)
    assert told.value.code == "shot_unreadable"
    assert str(path) in told.value.message
