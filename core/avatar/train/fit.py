# SPDX-License-Identifier: Apache-2.0
"""The training itself: one picture a step, drawn, compared, and the Gaussians moved a little."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from ...errors import MienError
from ..camera import Camera
from ..posed import (
    PosedGaussians,
    carry,
    drive_inputs,
    drive_weights,
    place,
    rest_areas,
    splats_seen,
)
from ..splat import Drawn, draw
from .checkpoint import load_checkpoint, save_checkpoint
from .learned import Learned, learn_from
from .losses import alpha_loss, offset_loss, picture_loss
from .memory import memory_told
from .recycle import recycle
from .start import start_drive, start_gaussians, start_size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from .options import Options
    from .training_set import TrainingSet

    Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Told:
    """News of a step.

    Attributes:
        step: steps done.
        steps: of all.
        loss: smoothed over about 100 steps.
    """

    step: int
    steps: int
    loss: float


@dataclass(frozen=True, eq=False)
class Target:
    """One picture as tensors: colour (H, W, 3), alpha and care (H, W), all 0..1."""

    colour: Tensor
    alpha: Tensor
    care: Tensor


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture of the state, and the Gaussians in it."""

    drawn: Drawn
    posed: PosedGaussians


@dataclass(frozen=True, eq=False)
class Moment:
    """Which picture a step sees, at half size or not; and the mesh's areas at rest."""

    index: int
    coarse: bool
    areas: Floats


def fit(
    data: TrainingSet,
    options: Options,
    *,
    device: torch.device | str = "cpu",
    checkpoint: Path | None = None,
    run: dict[str, object] | None = None,
    tell: Callable[[Told, Learned], None] = lambda _told, _learned: None,
) -> Learned:
    """Train.

    Args:
        data: the pictures.
        options: the numbers.
        device: "cpu" or "cuda".
        checkpoint: where the state is kept and taken up again; None to keep none.
        run: what is trained, for the checkpoint.
        tell: called after every step; may raise `Cancelled` after a checkpoint was written.

    Raises:
        MienError: of the checkpoint, the device or memory; ``avatar_diverged``.
    """
    gaussians = start_gaussians(data, options)
    learned = learn_from(gaussians, start_drive(data, options), options, device)
    size = start_size(data.mesh, gaussians.triangle)
    named = run or {}
    saved = 0
    if checkpoint is not None and checkpoint.exists():
        saved = load_checkpoint(checkpoint, learned, named)
    begun = saved
    areas = rest_areas(data.mesh)
    pull = torch.zeros(options.gaussians, device=device)
    order = _order(len(data), options)
    smooth = 0.0
    for step in range(begun, options.steps):
        with memory_told(saved):
            rng = np.random.default_rng((options.seed, 2, step))
            learned.set_rates(step / options.steps)
            coarse = step < options.coarse_share * options.steps
            loss = _step(data, options, learned, Moment(int(order[step]), coarse, areas), rng)
            learned.bound_sizes(options.thinnest * size, options.largest * size)
            pull += learned.tensors["offset"].grad.norm(dim=1)
            _check_loss(loss, step)
            smooth = loss if step == begun else 0.99 * smooth + 0.01 * loss
            done = step + 1
            if done % options.recycle_every == 0:
                if done <= options.recycle_until * options.steps:
                    recycle(learned, pull, rng)
                pull.zero_()
            if checkpoint is not None and done % options.checkpoint_every == 0:
                save_checkpoint(checkpoint, learned, done, named)
                saved = done
        with memory_told(saved):
            tell(Told(done, options.steps, smooth), learned)
    return learned


def _check_loss(loss: float, step: int) -> None:
    if not math.isfinite(loss):
        raise MienError(
            "avatar_diverged",
            f"The training has lost its way in step {step + 1}: its loss is no number any more.",
            "Train again with another --seed or fewer --gaussians; the last checkpoint is whole.",
        )


def _order(count: int, options: Options) -> NDArray[np.int64]:
    """Which picture in which step: all of them, shuffled, again and again."""
    rng = np.random.default_rng((options.seed, 3))
    rounds = -(-options.steps // count)
    return np.concatenate([rng.permutation(count) for _ in range(rounds)])


def _step(
    data: TrainingSet, options: Options, learned: Learned, moment: Moment, rng: np.random.Generator
) -> float:
    device = learned.tensors["offset"].device
    target, camera = target_of(data, moment.index, device, coarse=moment.coarse)
    seen = draw_learned(data, learned, moment.areas, moment.index, camera)
    drawn = seen.drawn
    background = torch.as_tensor(rng.random(3), dtype=torch.float32, device=device)
    over = drawn.colour + (1.0 - drawn.alpha[..., None]) * background
    wanted = target.colour * target.alpha[..., None] + (1.0 - target.alpha[..., None]) * background
    loss = (
        picture_loss(over, wanted, target.care, options.structure)
        + options.alpha * alpha_loss(drawn.alpha, target.alpha, target.care)
        + options.opacity_cost * seen.posed.opacities.mean()
        + options.scale_cost * seen.posed.scales.mean()
        + options.offset_cost * offset_loss(learned.tensors["offset"])
    )
    learned.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    learned.optimiser.step()
    return float(loss.detach())


def draw_learned(
    data: TrainingSet, learned: Learned, areas: Floats, index: int, camera: Camera
) -> Seen:
    """The state's picture of one frame, with gradients."""
    pose = data.pose(index)
    drive = learned.drive()
    inputs = torch.as_tensor(drive_inputs(pose), device=drive.centre.device)
    carriers = carry(data.mesh, areas, pose, learned.fixed["triangle"])
    posed = place(
        learned.gaussians(), carriers, drive_weights(drive, inputs, int(data.look[index]))
    )
    return Seen(draw(splats_seen(posed, pose, camera), camera), posed)


def target_of(
    data: TrainingSet, index: int, device: torch.device | str, *, coarse: bool
) -> tuple[Target, Camera]:
    """One picture and its camera; at half size where `coarse`."""
    colour, alpha, care = (
        torch.as_tensor(part[index].astype(np.float32) / 255.0, device=device)
        for part in (data.colour, data.alpha, data.care)
    )
    camera = data.cameras[index]
    if not coarse:
        return Target(colour, alpha, care), camera
    covered = _halved(torch.cat([colour * alpha[..., None], alpha[..., None], care[..., None]], 2))
    alpha = covered[..., 3]
    colour = covered[..., :3] / alpha.clamp_min(1e-3)[..., None]
    height, width = alpha.shape
    return (
        Target(colour, alpha, covered[..., 4]),
        Camera(
            width,
            height,
            camera.focal_x / 2,
            camera.focal_y / 2,
            camera.centre_x / 2,
            camera.centre_y / 2,
            camera.root_to_camera,
        ),
    )


def _halved(picture: Tensor) -> Tensor:
    """(H, W, C) -> (H // 2, W // 2, C), means of four."""
    return avg_pool2d(picture.permute(2, 0, 1)[None], 2)[0].permute(1, 2, 0)
