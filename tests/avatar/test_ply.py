# SPDX-License-Identifier: Apache-2.0
"""The .ply of splats, read back as other programs read it, against what Mien itself draws."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from crude_avatar import crude_avatar, crude_camera
from scipy.spatial.transform import Rotation

from core.avatar.head_pose import head_to_root
from core.avatar.model import Pose
from core.avatar.ply import AXES, export_ply
from core.avatar.posed import Poser, colours_seen
from core.errors import MienError

# Of the original viewer: the factors and signs of a colour's harmonics along a direction (x, y, z).
C0, C1 = 0.28209479177387814, 0.4886025119029199


@pytest.fixture(scope="module")
def avatar():
    plain = crude_avatar(200, residual=0.002)
    random = np.random.default_rng(4)
    harmonics = plain.gaussians.harmonics + random.normal(0, 0.2, (200, 4, 3)).astype(np.float32)
    rotation = random.normal(size=(200, 4)).astype(np.float32)
    rotation /= np.linalg.norm(rotation, axis=1, keepdims=True)
    gaussians = dataclasses.replace(plain.gaussians, harmonics=harmonics, rotation=rotation)
    return dataclasses.replace(plain, gaussians=gaussians, meta={**plain.meta, "sha256": "ab" * 32})


@pytest.fixture(scope="module")
def pose():
    values = np.zeros(52, np.float32)
    values[17] = 0.6
    return Pose(values, head_to_root(0.3, -0.7, 0.4, (0.01, 0.0, -0.02)))


def read(path):
    head, _, body = path.read_bytes().partition(b"end_header\n")
    lines = head.decode("ascii").splitlines()
    names = [line.split()[2] for line in lines if line.startswith("property float ")]
    table = np.frombuffer(body, "<f4").reshape(-1, len(names))
    return lines, dict(zip(names, table.T, strict=True))


def test_layout_is_the_one_that_viewers_know(avatar, tmp_path):
    assert export_ply(tmp_path / "head.ply", avatar) == 200
    lines, columns = read(tmp_path / "head.ply")
    assert lines[:2] == ["ply", "format binary_little_endian 1.0"]
    assert "element vertex 200" in lines
    rest = [f"f_rest_{number}" for number in range(9)]
    places = ["x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"]
    end = ["opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"]
    assert list(columns) == places + rest + end
    assert any(line.startswith("comment Synthetic") for line in lines)
    assert all(np.isfinite(column).all() for column in columns.values())


@pytest.mark.parametrize("axes", AXES)
def test_a_posed_head_looks_the_same_from_its_side(avatar, pose, tmp_path, axes):
    path = tmp_path / "head.ply"
    export_ply(path, avatar, pose, axes)
    _, columns = read(path)
    posed, camera, turn = Poser(avatar).pose(pose), crude_camera(), AXES[axes]
    means = np.stack([columns[name] for name in "xyz"], axis=1)
    assert np.allclose(means, posed.means.numpy() @ turn.T, atol=1e-6)
    assert np.allclose(1 / (1 + np.exp(-columns["opacity"])), posed.opacities.numpy(), atol=1e-5)

    eye = turn @ np.linalg.inv(camera.root_to_camera)[:3, 3]
    x, y, z = ((means - eye) / np.linalg.norm(means - eye, axis=1, keepdims=True)).T
    seen = colours_seen(posed, pose, camera).numpy()
    for channel in range(3):
        first, second, third = (columns[f"f_rest_{3 * channel + k}"] for k in range(3))
        code = C0 * columns[f"f_dc_{channel}"] + C1 * (-y * first + z * second - x * third) + 0.5
        assert np.allclose(np.maximum(code, 0.0), seen[:, channel], atol=1e-5)

    def covariances(quaternions, scales):
        matrices = Rotation.from_quat(quaternions, scalar_first=True).as_matrix()
        return matrices @ (scales[:, :, None] ** 2 * matrices.transpose(0, 2, 1))

    exported = covariances(
        np.stack([columns[f"rot_{k}"] for k in range(4)], axis=1),
        np.exp(np.stack([columns[f"scale_{k}"] for k in range(3)], axis=1)),
    )
    own = turn @ covariances(posed.quaternions.numpy(), posed.scales.numpy()) @ turn.T
    assert np.allclose(exported, own, rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize(("name", "axes"), [("head.obj", "z_up"), ("head.ply", "x_up")])
def test_what_cannot_be_is_told(avatar, tmp_path, name, axes):
    with pytest.raises(MienError):
        export_ply(tmp_path / name, avatar, None, axes)
    assert list(tmp_path.iterdir()) == []
