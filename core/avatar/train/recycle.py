# SPDX-License-Identifier: Apache-2.0
"""Gaussians that nobody sees any more, put beside those that the pictures pull at most.

The number stays the same, as in 3D Gaussian splatting as Markov chain Monte Carlo (Kheradmand and
others, NeurIPS 2024); where to put them is told by the gradient, as in the original's densification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from .learned import PER_GAUSSIAN

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from .learned import Learned

    Rows = NDArray[np.int64]

DEAD_OPACITY = 0.02
# Of all Gaussians in one round, so that Adam's averages stay meaningful.
MOST_SHARE = 0.1
# Two in the place of one: each as opaque that both together cover as much, and a little smaller.
SHRINK, SPREAD = 0.8, 0.7
FULL = 0.995


def recycle(learned: Learned, pull: Tensor, rng: np.random.Generator) -> int:
    """Move the dead; returns how many.

    Args:
        learned: changed in place.
        pull: (N,) how much the pictures pulled at each since the last round.
        rng: of this round.
    """
    tensors = learned.tensors
    opacity = torch.sigmoid(tensors["opacity_logit"].detach())
    dead = torch.nonzero(opacity < DEAD_OPACITY)[:, 0].cpu().numpy()
    chance = (pull * (opacity >= DEAD_OPACITY)).cpu().numpy().astype(np.float64)
    if not len(dead) or chance.sum() <= 0.0:
        return 0
    most = max(1, int(MOST_SHARE * len(chance)))
    dead = rng.permutation(dead)[:most]
    count = min(len(dead), np.count_nonzero(chance))
    source = rng.choice(len(chance), count, replace=False, p=chance / chance.sum())
    dead = dead[: len(source)]
    aside = torch.as_tensor(rng.normal(0.0, SPREAD, (len(dead), 3)).astype(np.float32))
    with torch.no_grad():
        _copy(learned, dead, source, aside.to(opacity.device))
        _forget(learned, np.concatenate([dead, source]))
    return len(dead)


def _copy(
    learned: Learned,
    dead: Rows,
    source: Rows,
    aside: Tensor,
) -> None:
    tensors, fixed = learned.tensors, learned.fixed
    half = 1.0 - torch.sqrt(1.0 - torch.sigmoid(tensors["opacity_logit"][source]).clamp_max(FULL))
    tensors["opacity_logit"][source] = torch.logit(half)
    tensors["log_scale"][source] += float(np.log(SHRINK))
    for name in PER_GAUSSIAN:
        tensors[name][dead] = tensors[name][source]
    tensors["residual"][:, dead] = tensors["residual"][:, source]
    for name in ("triangle", "barycentric"):
        fixed[name][dead] = fixed[name][source]
    # Along the Gaussian's own axes would need its rotation; its mean size in any direction does.
    size = tensors["log_scale"][dead].mean(dim=1, keepdim=True).exp()
    tensors["offset"][dead] += aside * size


def _forget(learned: Learned, rows: Rows) -> None:
    """Drop Adam's averages of what is another Gaussian now."""
    for name in (*PER_GAUSSIAN, "residual"):
        state = learned.optimiser.state.get(learned.tensors[name])
        if not state:
            continue
        for moment in ("exp_avg", "exp_avg_sq"):
            if name == "residual":
                state[moment][:, rows] = 0.0
            else:
                state[moment][rows] = 0.0
