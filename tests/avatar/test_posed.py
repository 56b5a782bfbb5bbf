# SPDX-License-Identifier: Apache-2.0
"""Gaussians ride on the mesh, bend only as far as the film has shown, and wear the look of a film."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from crude_avatar import crude_avatar
from scipy.spatial.transform import Rotation

from core.avatar.model import Pose
from core.avatar.person import posed_vertices
from core.avatar.posed import (
    Poser,
    drive_tensors,
    drive_weights,
)
from core.avatar.quaternions import multiply, of_matrices


@pytest.fixture(scope="module")
def avatar():
    return crude_avatar(300, residual=0.01)


@pytest.fixture(scope="module")
def still(avatar):
    plain = replace(avatar.gaussians, residual=np.zeros_like(avatar.gaussians.residual))
    return replace(avatar, gaussians=plain)


def turned(degrees=(10.0, 20.0, -5.0)):
    head = np.eye(4)
    head[:3, :3] = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    head[:3, 3] = 0.01, 0.0, 0.02
    values = np.zeros(52, np.float32)
    values[17] = 0.6
    return Pose(values, head)


def test_gaussians_lie_on_the_posed_triangles(still):
    pose = turned()
    placed = Poser(still).pose(pose)
    vertices = posed_vertices(still.mesh, pose.values, pose.head_to_root)
    corners = vertices[still.mesh.triangles[still.gaussians.triangle]]
    wanted = (still.gaussians.barycentric[..., None] * corners).sum(axis=1)
    np.testing.assert_allclose(placed.means.numpy(), wanted, atol=1e-6)
    flat = Rotation.from_quat(placed.quaternions.numpy()[:, [1, 2, 3, 0]]).as_matrix()[:, :, 2]
    np.testing.assert_allclose(flat, placed.normals.numpy(), atol=1e-4)


def test_the_residual_stays_at_the_edge_of_what_the_film_has_shown(avatar):
    drive = drive_tensors(avatar.drive)
    at_edge, beyond = drive.highest.clone(), drive.highest + 3.0
    torch.testing.assert_close(drive_weights(drive, at_edge), drive_weights(drive, beyond))
    inside = 0.5 * (drive.lowest + drive.highest)
    assert not torch.allclose(drive_weights(drive, at_edge), drive_weights(drive, inside))


def test_a_look_adds_to_what_the_curves_drive(avatar):
    looks = np.stack([avatar.drive.looks[0], avatar.drive.looks[0] + 1.0])
    drive = drive_tensors(replace(avatar.drive, looks=looks))
    first, second = (drive_weights(drive, drive.centre, look) for look in (0, 1))
    torch.testing.assert_close(second - first, torch.ones_like(first))


def test_quaternions_of_matrices_agree_with_scipy_also_for_half_turns():
    rotations = Rotation.random(200, random_state=1).as_matrix()
    half = Rotation.from_rotvec(np.pi * np.eye(3)).as_matrix()
    matrices = np.concatenate([rotations, half, np.eye(3)[None]])
    found = of_matrices(torch.as_tensor(matrices)).numpy()
    again = Rotation.from_quat(found[:, [1, 2, 3, 0]]).as_matrix()
    np.testing.assert_allclose(again, matrices, atol=1e-12)


def test_the_product_of_quaternions_turns_first_by_the_second():
    first, second = Rotation.random(2, random_state=3)
    quaternions = [torch.as_tensor(r.as_quat()[[3, 0, 1, 2]])[None] for r in (first, second)]
    found = multiply(*quaternions)[0].numpy()
    wanted = (first * second).as_matrix()
    np.testing.assert_allclose(Rotation.from_quat(found[[1, 2, 3, 0]]).as_matrix(), wanted)
