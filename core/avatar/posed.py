# SPDX-License-Identifier: Apache-2.0
"""Gaussians in their place: the mesh carries them, the drive's residual bends them, a camera colours them.

One implementation for training, frames and exports, in torch, so that what was trained is what is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation
from torch import Tensor

from .camera import Camera
from .model import RESIDUAL_PARTS, Avatar, Drive, Gaussians, Pose
from .person import PersonMesh, posed_vertices
from .quaternions import multiply, of_matrices
from .splat import Splats

Floats = NDArray[np.float32]

# Real spherical harmonics of degree 0 and 1.
SH_0, SH_1 = 0.28209479177387814, 0.4886025119029199
# A triangle may not blow its Gaussians up or shrink them beyond this, in length: lids and the corners
# of the mouth fold to slivers.
LEAST_STRETCH, MOST_STRETCH = 0.5, 2.0
# No area or edge is divided by less, in square metres and metres.
TINY = 1e-12
_EDGES = tuple(accumulate(RESIDUAL_PARTS.values(), initial=0))
PART_COLUMNS = {
    name: slice(*ends) for name, ends in zip(RESIDUAL_PARTS, pairwise(_EDGES), strict=True)
}
"""Which columns of a residual are which part."""


@dataclass(frozen=True, eq=False)
class GaussianTensors:
    """`Gaussians` as float32 tensors on one device; see there for shapes and units.

    residual_units: (13,) what a residual of 1 means while it is learned; None for the model's own units.
    """

    triangle: Tensor
    barycentric: Tensor
    offset: Tensor
    rotation: Tensor
    log_scale: Tensor
    opacity_logit: Tensor
    harmonics: Tensor
    residual: Tensor
    residual_units: Tensor | None = None


@dataclass(frozen=True, eq=False)
class DriveTensors:
    """`Drive` as float32 tensors on one device."""

    centre: Tensor
    spread: Tensor
    lowest: Tensor
    highest: Tensor
    hidden_weight: Tensor
    hidden_bias: Tensor
    out_weight: Tensor
    out_bias: Tensor
    looks: Tensor


@dataclass(frozen=True, eq=False)
class PosedGaussians:
    """Gaussians in root space.

    Attributes:
        means: (N, 3) metres.
        quaternions: (N, 4) w x y z.
        scales: (N, 3) metres.
        opacities: (N,) 0..1.
        harmonics: (N, 4, 3), of directions in head space.
        normals: (N, 3) of the carrying triangles, unit length.
    """

    means: Tensor
    quaternions: Tensor
    scales: Tensor
    opacities: Tensor
    harmonics: Tensor
    normals: Tensor


@dataclass(frozen=True, eq=False)
class Carriers:
    """The triangles under the Gaussians in one pose: nothing that is learned.

    Attributes:
        corners: (N, 3, 3) metres, root space, the three corners of each Gaussian's triangle.
        axes: (N, 3, 3) columns: first edge, across it, normal.
        quaternions: (N, 4) the same rotation.
        stretch: (N,) length against rest.
    """

    corners: Tensor
    axes: Tensor
    quaternions: Tensor
    stretch: Tensor


def gaussian_tensors(gaussians: Gaussians, device: torch.device | str = "cpu") -> GaussianTensors:
    """The arrays of an avatar as tensors."""
    return GaussianTensors(
        triangle=torch.as_tensor(np.asarray(gaussians.triangle, np.int64), device=device),
        **{
            name: torch.as_tensor(np.asarray(getattr(gaussians, name), np.float32), device=device)
            for name in Gaussians.__dataclass_fields__
            if name != "triangle"
        },
    )


def drive_tensors(drive: Drive, device: torch.device | str = "cpu") -> DriveTensors:
    """The drive's arrays as tensors."""
    return DriveTensors(
        **{
            name: torch.as_tensor(np.asarray(getattr(drive, name), np.float32), device=device)
            for name in DriveTensors.__dataclass_fields__
        }
    )


def drive_inputs(pose: Pose) -> Floats:
    """What the drive listens to: (55,) the channels and the head's rotation vector, radians."""
    turn = Rotation.from_matrix(pose.head_to_root[:3, :3]).as_rotvec()
    return np.asarray(np.concatenate([pose.values, turn]), np.float32)


def drive_weights(drive: DriveTensors, inputs: Tensor, look: int = 0) -> Tensor:
    """How much of each residual: (K,). Beyond what the film has shown it stays at the film's edge.

    Args:
        drive: of the avatar.
        inputs: `drive_inputs`.
        look: number of the film whose look is worn.
    """
    inside = torch.minimum(torch.maximum(inputs, drive.lowest), drive.highest)
    hidden = torch.tanh(
        drive.hidden_weight @ ((inside - drive.centre) / drive.spread) + drive.hidden_bias
    )
    return drive.out_weight @ hidden + drive.out_bias + drive.looks[look]


def rest_areas(mesh: PersonMesh) -> Floats:
    """Areas of the mesh's triangles at rest: (F,) square metres."""
    a, b, c = (mesh.vertices[mesh.triangles[:, i]] for i in range(3))
    return np.asarray(0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1), np.float32)


def carry(
    mesh: PersonMesh,
    areas: Floats,
    pose: Pose,
    triangle: Tensor,
) -> Carriers:
    """Where a pose puts the triangles under the Gaussians.

    Args:
        mesh: the person.
        areas: of its triangles at rest, `rest_areas`.
        pose: of the frame.
        triangle: (N,) each Gaussian's triangle.
    """
    vertices = torch.as_tensor(posed_vertices(mesh, pose.values, pose.head_to_root))
    # A head's Gaussians share triangles, five to one, and most triangles carry none.
    used, of_gaussian = torch.unique(triangle.cpu(), return_inverse=True)
    corners = vertices[torch.as_tensor(mesh.triangles)[used].long()]
    a, b, c = corners.unbind(1)
    along = b - a
    normal = torch.linalg.cross(along, c - a)
    area = 0.5 * normal.norm(dim=1)
    along = along / along.norm(dim=1, keepdim=True).clamp_min(TINY)
    normal = normal / normal.norm(dim=1, keepdim=True).clamp_min(TINY)
    axes = torch.stack([along, torch.linalg.cross(normal, along), normal], dim=2)
    stretch = (area / torch.as_tensor(areas)[used].clamp_min(TINY)).sqrt()
    stretch = stretch.clamp(LEAST_STRETCH, MOST_STRETCH)
    parts = (corners, axes, of_matrices(axes), stretch)
    return Carriers(*(part.index_select(0, of_gaussian).to(triangle.device) for part in parts))


def place(gaussians: GaussianTensors, carriers: Carriers, weights: Tensor) -> PosedGaussians:
    """Gaussians on their triangles, with the residual that the drive asks for. Differentiable.

    Args:
        gaussians: of the avatar.
        carriers: `carry` of the frame.
        weights: (K,) of `drive_weights`.
    """
    count = len(gaussians.triangle)
    extra = (weights @ gaussians.residual.reshape(len(weights), -1)).reshape(count, -1)
    if gaussians.residual_units is not None:
        extra = extra * gaussians.residual_units
    part = {name: extra[:, columns] for name, columns in PART_COLUMNS.items()}
    stretch = carriers.stretch[:, None]
    base = (gaussians.barycentric[:, :, None] * carriers.corners).sum(dim=1)
    local = (gaussians.offset + part["offset"]) * stretch
    means = base + (carriers.axes * local[:, None, :]).sum(dim=2)
    turn = torch.cat([torch.ones_like(extra[:, :1]), 0.5 * part["turn"]], dim=1)
    quaternions = multiply(carriers.quaternions, multiply(turn, gaussians.rotation))
    harmonics = torch.cat(
        [gaussians.harmonics[:, :1] + part["colour"][:, None], gaussians.harmonics[:, 1:]], dim=1
    )
    return PosedGaussians(
        means,
        torch.nn.functional.normalize(quaternions, dim=1),
        torch.exp(gaussians.log_scale + part["growth"]) * stretch,
        torch.sigmoid(gaussians.opacity_logit + part["opacity"][:, 0]),
        harmonics,
        carriers.axes[:, :, 2],
    )


def colours_seen(posed: PosedGaussians, pose: Pose, camera: Camera) -> Tensor:
    """Colour of each Gaussian from a camera: (N, 3), sRGB-coded, not negative."""
    root_to_head = np.linalg.inv(pose.head_to_root)
    eye = root_to_head @ np.linalg.inv(camera.root_to_camera)[:, 3]
    device = posed.means.device
    turn = torch.as_tensor(root_to_head[:3, :3], dtype=torch.float32, device=device)
    shift = torch.as_tensor(root_to_head[:3, 3] - eye[:3], dtype=torch.float32, device=device)
    way = torch.nn.functional.normalize(posed.means.detach() @ turn.T + shift, dim=1)
    basis = torch.stack(
        [torch.full_like(way[:, 0], SH_0), -SH_1 * way[:, 1], SH_1 * way[:, 2], -SH_1 * way[:, 0]],
        dim=1,
    )
    return ((basis[:, :, None] * posed.harmonics).sum(dim=1) + 0.5).clamp_min(0.0)


def splats_seen(
    posed: PosedGaussians, pose: Pose, camera: Camera, *, normals: bool = False
) -> Splats:
    """What the rasteriser draws."""
    return Splats(
        posed.means,
        posed.quaternions,
        posed.scales,
        posed.opacities,
        colours_seen(posed, pose, camera),
        posed.normals if normals else None,
    )


class Poser:
    """An avatar made ready for one frame after another.

    Args:
        avatar: the person.
        device: where the Gaussians are placed and drawn.
        look: which of the films' looks is worn.
    """

    def __init__(self, avatar: Avatar, device: torch.device | str = "cpu", look: int = 0) -> None:
        self.mesh = avatar.mesh
        self.gaussians = gaussian_tensors(avatar.gaussians, device)
        self.drive = drive_tensors(avatar.drive, device)
        self.look = look
        self._areas = rest_areas(avatar.mesh)

    def pose(self, pose: Pose) -> PosedGaussians:
        """The Gaussians of one frame, without gradients."""
        with torch.no_grad():
            inputs = torch.as_tensor(drive_inputs(pose), device=self.drive.centre.device)
            carriers = carry(self.mesh, self._areas, pose, self.gaussians.triangle)
            return place(self.gaussians, carriers, drive_weights(self.drive, inputs, self.look))
