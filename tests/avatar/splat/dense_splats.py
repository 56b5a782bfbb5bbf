# SPDX-License-Identifier: Apache-2.0
"""Every Gaussian at every pixel, in torch's double precision: slow, plain, and written from the formulas."""

from __future__ import annotations

import numpy as np
import torch

from core.avatar.camera import Camera
from core.avatar.splat import Drawn, Splats

NAMES = ("means", "quaternions", "scales", "opacities", "colours", "normals")


def rotations(quaternions):
    w, x, y, z = (quaternions / quaternions.norm(dim=1, keepdim=True)).unbind(1)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


def seen_by(splats: Splats, camera: Camera):
    """Middles (N, 2), covariances (N, 2, 2) before the blur, and depths (N,)."""
    view = torch.from_numpy(np.asarray(camera.root_to_camera, np.float64))
    x, y, z = (splats.means @ view[:3, :3].T + view[:3, 3]).unbind(1)
    focal_x, focal_y, centre_x, centre_y = (
        camera.focal_x,
        camera.focal_y,
        camera.centre_x,
        camera.centre_y,
    )
    margin_x, margin_y = 0.15 * camera.width / focal_x, 0.15 * camera.height / focal_y
    u = (x / z).clamp(
        -centre_x / focal_x - margin_x, (camera.width - centre_x) / focal_x + margin_x
    )
    v = (y / z).clamp(
        -centre_y / focal_y - margin_y, (camera.height - centre_y) / focal_y + margin_y
    )
    zero = torch.zeros_like(z)
    jacobian = torch.stack(
        [
            torch.stack([focal_x / z, zero, -focal_x * u / z], 1),
            torch.stack([zero, focal_y / z, -focal_y * v / z], 1),
        ],
        1,
    )
    spread = rotations(splats.quaternions) * splats.scales[:, None, :]
    flat = jacobian @ view[:3, :3] @ spread
    middles = torch.stack([focal_x * x / z + centre_x, focal_y * y / z + centre_y], 1)
    return middles, flat @ flat.transpose(1, 2), z


def composite(splats: Splats, camera: Camera) -> Drawn:
    """What `core.avatar.splat.draw` must give."""
    near = (
        camera.root_to_camera[2, :3] @ splats.means.detach().numpy().T + camera.root_to_camera[2, 3]
    )
    kept = torch.from_numpy(np.flatnonzero(near >= 0.01))
    splats = Splats(*(None if (t := getattr(splats, n)) is None else t[kept] for n in NAMES))
    middles, covariances, z = seen_by(splats, camera)
    blurred = covariances + 0.3 * torch.eye(2, dtype=torch.float64)
    inverse = torch.linalg.inv(blurred)
    opacities = splats.opacities * (torch.det(covariances) / torch.det(blurred)).clamp(min=0).sqrt()
    rows, columns = torch.meshgrid(
        torch.arange(camera.height) + 0.5, torch.arange(camera.width) + 0.5, indexing="ij"
    )
    away = middles[:, None, None] - torch.stack([columns, rows], 2).double()
    power = 0.5 * torch.einsum("nhwi,nij,nhwj->nhw", away, inverse, away)
    alphas = (opacities[:, None, None] * torch.exp(-power)).clamp(max=0.999)
    left = torch.ones(camera.height, camera.width, dtype=torch.float64)
    going = torch.ones_like(left, dtype=torch.bool)
    features = [splats.colours, z[:, None]] + ([] if splats.normals is None else [splats.normals])
    features = torch.cat(features, 1)
    image = torch.zeros(camera.height, camera.width, features.shape[1], dtype=torch.float64)
    for i in torch.argsort(z.detach(), stable=True):
        shows = alphas[i] >= 1 / 255
        going = going & ~(shows & (left * (1 - alphas[i]) <= 1e-4))
        alpha = torch.where(shows & going, alphas[i], torch.zeros_like(left))
        image = image + (alpha * left)[..., None] * features[i]
        left = left * (1 - alpha)
    alpha = 1 - left
    depth = image[..., 3] / torch.where(alpha > 0, alpha, torch.ones_like(alpha))
    return Drawn(image[..., :3], alpha, depth, None if splats.normals is None else image[..., 4:])


def view_from_front():
    """Root to camera from 0.8 m before the face, which looks along -Y."""
    view = np.eye(4)
    view[:3, :3] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    view[:3, 3] = [0, 0, 0.8]
    return view


def random_splats(count, seed, *, normals=False):
    """A cloud 20 cm across of Gaussians of about 1 cm."""
    generator = torch.Generator().manual_seed(seed)

    def noise(*shape):
        return torch.randn(*shape, generator=generator)

    return Splats(
        noise(count, 3) * 0.1,
        noise(count, 4),
        torch.exp(noise(count, 3) * 0.6) * 0.01,
        torch.sigmoid(noise(count) * 2 + 1),
        torch.rand(count, 3, generator=generator),
        noise(count, 3) if normals else None,
    )


def leaves(splats, dtype):
    """Copies in a kind of number, to be differentiated by."""
    tensors = (getattr(splats, name) for name in NAMES)
    return Splats(
        *(None if t is None else t.to(dtype, copy=True).requires_grad_() for t in tensors)
    )
