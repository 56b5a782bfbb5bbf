# SPDX-License-Identifier: Apache-2.0
"""What the lip decoder is taught by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from ..face.landmarks import CHIN, LIP_GAP_PAIRS, NOSE_BRIDGE, OUTER_MOUTH_CORNERS
from ..motion.mouth_channels import spread_matrix

if TYPE_CHECKING:
    from ..face.model import FaceModel

# Lips and the middle of the chin of the 68 points.
LIP_AND_CHIN = (CHIN, *range(48, 68))
UPPER_INNER, LOWER_INNER = zip(*LIP_GAP_PAIRS, strict=True)
MIDDLES = (51, 57)
MILLIMETRES = 1e3
DEPTH_WEIGHT = 0.4
SMALLEST_PROBABILITY = 1e-6
# How far film moves opening, width, jaw and protrusion (standard deviations, mm): their unit here.
MEASURE_SPREADS = (4.0, 2.0, 2.2, 1.0)
CHANNEL_WEIGHT, MEASURE_WEIGHT = 4.0, 3.0
# Lips nearer than this count as shut; trackers of film stop 0.3 to 1 mm short of it.
SHUT_MILLIMETRES = 0.2


@dataclass(frozen=True, eq=False)
class MouthMaps:
    """Linear maps from mouth channels, in millimetres.

    points (16, 63): motion of lips and chin, depth weighed less; measures (16, 4): opening, width,
    jaw drop and protrusion in units of MEASURE_SPREADS; gaps (16, 3) with rest_gaps (3,): the
    three openings between the inner lips.
    """

    points: torch.Tensor
    measures: torch.Tensor
    gaps: torch.Tensor
    rest_gaps: torch.Tensor


def mouth_maps(face: FaceModel) -> MouthMaps:
    """The maps of a head."""
    moves = np.tensordot(spread_matrix(), face.pieces68.per_channel, 1) * MILLIMETRES
    points = moves[:, LIP_AND_CHIN] * np.array([1.0, DEPTH_WEIGHT, 1.0])
    measures = [
        moves[:, UPPER_INNER, 2].mean(axis=1) - moves[:, LOWER_INNER, 2].mean(axis=1),
        moves[:, OUTER_MOUTH_CORNERS[1], 0] - moves[:, OUTER_MOUTH_CORNERS[0], 0],
        moves[:, NOSE_BRIDGE, 2] - moves[:, CHIN, 2],
        moves[:, NOSE_BRIDGE, 1] - moves[:, MIDDLES, 1].mean(axis=1),
    ]
    gaps = spread_matrix() @ face.lip_gap_per_channel * MILLIMETRES
    return MouthMaps(
        _tensor(points.reshape(len(points), -1)),
        _tensor(np.stack(measures, axis=1) / np.array(MEASURE_SPREADS)),
        _tensor(gaps),
        _tensor(face.lip_gap_neutral * MILLIMETRES),
    )


def _tensor(array: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, np.float32))


def mouth_loss(
    got: torch.Tensor, wanted: torch.Tensor, weights: torch.Tensor, maps: MouthMaps
) -> torch.Tensor:
    """Distance of shapes, of their points and measures, and of the speed of these.

    Channels and points are judged by their absolute distance, which forgives what film got wrong;
    measures by its square, which does not forgive a mouth that stays near the middle.

    Args:
        got: (B, T, 16).
        wanted: (B, T, 16).
        weights: (B, T, 16); 0 for a channel of which the source knows nothing.
        maps: from `mouth_maps`.
    """
    frames = weights.amax(-1)
    pairs = torch.minimum(frames[:, 1:], frames[:, :-1])
    # Channels that are not known move nothing.
    off = (got - wanted) * (weights > 0.0)
    points, measures = off @ maps.points, off @ maps.measures
    place = points.abs().mean(-1) + MEASURE_WEIGHT * measures.square().mean(-1)
    speed = points.diff(dim=1).abs().mean(-1) + MEASURE_WEIGHT * measures.diff(dim=1).square().mean(
        -1
    )
    shape = (off.abs() * weights).mean(-1)
    total = (place * frames).sum() + 2.0 * (speed * pairs).sum() + CHANNEL_WEIGHT * shape.sum()
    return total / frames.sum().clamp(min=1.0)


def parting_loss(mouth: torch.Tensor, closed: torch.Tensor, maps: MouthMaps) -> torch.Tensor:
    """Millimetres by which lips stand apart where they are known to meet.

    Args:
        mouth: (B, T, 16).
        closed: (B, T) 1 inside labelled closures.
        maps: from `mouth_maps`.
    """
    apart = F.relu(mouth @ maps.gaps + maps.rest_gaps - SHUT_MILLIMETRES).mean(-1)
    return (apart * closed).sum() / closed.sum().clamp(min=1.0)


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
