# SPDX-License-Identifier: Apache-2.0
"""What the lip decoder is taught by."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from ..face.model import FaceModel
from ..motion.mouth_channels import spread_matrix

# Lips and the middle of the chin of the 68 points.
LIP_AND_CHIN = (8, *range(48, 68))
MILLIMETRES = 1e3
DEPTH_WEIGHT = 0.4
SMALLEST_PROBABILITY = 1e-6


def landmark_map(face: FaceModel) -> torch.Tensor:
    """(16, points * 3): mouth channels -> motion of lips and chin, millimetres, depth weighed less."""
    per_channel = face.pieces68.per_channel[:, LIP_AND_CHIN] * np.array([1.0, DEPTH_WEIGHT, 1.0])
    flat = spread_matrix() @ per_channel.reshape(len(per_channel), -1)
    return torch.from_numpy((flat * MILLIMETRES).astype(np.float32))


def mouth_loss(
    got: torch.Tensor, wanted: torch.Tensor, weights: torch.Tensor, landmarks: torch.Tensor
) -> torch.Tensor:
    """Distance of shapes, of their points and of the points' speed.

    Args:
        got: (B, T, 16).
        wanted: (B, T, 16).
        weights: (B, T, 16); 0 for a channel of which the source knows nothing.
        landmarks: from `landmark_map`.
    """
    frames = weights.amax(-1)
    # Channels that are not known move no points.
    off = (got - wanted) * (weights > 0.0)
    points = off @ landmarks
    place = (points.abs().mean(-1) * frames).sum()
    pairs = torch.minimum(frames[:, 1:], frames[:, :-1])
    speed = ((points[:, 1:] - points[:, :-1]).abs().mean(-1) * pairs).sum()
    shape = (off.abs() * weights).mean(-1).sum()
    return (place + 2.0 * speed + 4.0 * shape) / frames.sum().clamp(min=1.0)


def phone_loss(logits: torch.Tensor, allowed: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Negative log of the probability given to the allowed phones; no label, no loss.

    Args:
        logits: (B, T, 40).
        allowed: (B, T, 40) bool.
        weights: (B, T).
    """
    chance = (logits.softmax(-1) * allowed).sum(-1).clamp(min=SMALLEST_PROBABILITY)
    weights = weights * allowed.any(-1)
    return -(chance.log() * weights).sum() / weights.sum().clamp(min=1.0)


def contact_loss(
    logits: torch.Tensor, wanted: torch.Tensor, weights: torch.Tensor, positive: float
) -> torch.Tensor:
    """Binary cross-entropy; `positive` is how much more a missed contact costs than a false one."""
    cost = F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    cost = cost * torch.where(wanted > 0.5, positive, 1.0)
    return (cost * weights).sum() / weights.sum().clamp(min=1.0)
