# SPDX-License-Identifier: Apache-2.0
"""What a training learns: the tensors, how fast each may move, and how they become an avatar again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ..model import RESIDUAL_PARTS, Drive, Gaussians
from ..posed import DriveTensors, GaussianTensors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .options import Options

# Adam's step each, in the parameter's own unit (metres, logarithms, logits, sRGB): about those of 3D
# Gaussian splatting (Kerbl and others, 2023) for a scene of 0.3 m.
RATES = {
    "offset": 5e-5,
    "rotation": 2e-3,
    "log_scale": 5e-3,
    "opacity_logit": 3e-2,
    "harmonics_0": 4e-3,
    "harmonics_1": 4e-4,
    "residual": 4e-3,
    "hidden_weight": 1e-3,
    "hidden_bias": 1e-3,
    "out_weight": 1e-3,
    "out_bias": 1e-3,
    "looks": 1e-2,
}
# All rates fall to this share on an exponential curve.
LAST_RATE = 0.03
# What a residual of 1 means while it is learned, so that one rate fits all parts: metres, radians,
# logarithms, sRGB, logits.
RESIDUAL_UNITS = {"offset": 1e-3, "turn": 0.1, "growth": 0.1, "colour": 0.1, "opacity": 0.5}
DRIVE_NAMES = ("hidden_weight", "hidden_bias", "out_weight", "out_bias", "looks")
PER_GAUSSIAN = ("offset", "rotation", "log_scale", "opacity_logit", "harmonics_0", "harmonics_1")


def residual_units() -> Tensor:
    """(13,) float32: the unit of each column of a residual."""
    return torch.cat(
        [torch.full((width,), RESIDUAL_UNITS[name]) for name, width in RESIDUAL_PARTS.items()]
    )


@dataclass(frozen=True, eq=False)
class Learned:
    """A training's state.

    Attributes:
        fixed: the Gaussians' and the drive's arrays that do not learn (triangle, barycentric; centre,
            spread, lowest, highest). Recycling writes into triangle and barycentric.
        tensors: by the names of RATES; residual is (K, N, 13) in RESIDUAL_UNITS.
        optimiser: Adam over `tensors`, a group each, in the order of RATES.
    """

    fixed: dict[str, Tensor]
    tensors: dict[str, Tensor]
    optimiser: torch.optim.Optimizer

    def gaussians(self) -> GaussianTensors:
        """As what is posed and drawn, with gradients."""
        t, device = self.tensors, self.tensors["offset"].device
        return GaussianTensors(
            triangle=self.fixed["triangle"],
            barycentric=self.fixed["barycentric"],
            offset=t["offset"],
            rotation=t["rotation"],
            log_scale=t["log_scale"],
            opacity_logit=t["opacity_logit"],
            harmonics=torch.cat([t["harmonics_0"], t["harmonics_1"]], dim=1),
            residual=t["residual"],
            residual_units=residual_units().to(device),
        )

    def drive(self) -> DriveTensors:
        """The drive with gradients."""
        fixed = {name: self.fixed[name] for name in ("centre", "spread", "lowest", "highest")}
        return DriveTensors(**fixed, **{name: self.tensors[name] for name in DRIVE_NAMES})

    def bound_sizes(self, least: float, most: float) -> None:
        """Bring standard deviations beyond these, metres, back to them."""
        with torch.no_grad():
            self.tensors["log_scale"].clamp_(math.log(least), math.log(most))

    def set_rates(self, progress: float) -> None:
        """Lower all rates as the training goes on from 0 to 1."""
        for group, rate in zip(self.optimiser.param_groups, RATES.values(), strict=True):
            group["lr"] = rate * LAST_RATE**progress


def learn_from(
    gaussians: Gaussians, drive: Drive, options: Options, device: torch.device | str
) -> Learned:
    """Make the start of a training learnable."""

    def tensor(array: NDArray[Any]) -> Tensor:
        kind = np.int64 if array.dtype.kind == "i" else np.float32
        return torch.as_tensor(np.array(array, kind), device=device)

    fixed = {
        **{name: tensor(getattr(gaussians, name)) for name in ("triangle", "barycentric")},
        **{n: tensor(getattr(drive, n)) for n in ("centre", "spread", "lowest", "highest")},
    }
    tensors = {
        **{
            name: tensor(getattr(gaussians, name))
            for name in ("offset", "rotation", "log_scale", "opacity_logit")
        },
        "harmonics_0": tensor(gaussians.harmonics[:, :1]),
        "harmonics_1": tensor(gaussians.harmonics[:, 1:]),
        "residual": tensor(gaussians.residual) / residual_units().to(device),
        **{name: tensor(getattr(drive, name)) for name in DRIVE_NAMES},
    }
    for value in tensors.values():
        value.requires_grad_()
    groups = [
        {
            "params": [tensors[name]],
            "lr": rate,
            "weight_decay": options.residual_decay if name == "residual" else 0.0,
        }
        for name, rate in RATES.items()
    ]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.99), eps=1e-15, fused=True)
    return Learned(fixed, tensors, optimiser)


def learned_gaussians(learned: Learned) -> Gaussians:
    """The result as arrays."""
    with torch.no_grad():
        tensors = learned.gaussians()
        rotation = torch.nn.functional.normalize(tensors.rotation, dim=1)
        residual = tensors.residual * residual_units().to(tensors.residual.device)
    arrays = {
        name: getattr(tensors, name).detach().cpu().numpy()
        for name in Gaussians.__dataclass_fields__
    }
    return Gaussians(
        **arrays
        | {
            "triangle": arrays["triangle"].astype(np.int32),
            "rotation": rotation.cpu().numpy(),
            "residual": residual.cpu().numpy().astype(np.float16),
        }
    )


def learned_drive(learned: Learned) -> Drive:
    """The drive as arrays."""
    tensors = learned.drive()
    return Drive(
        **{
            name: getattr(tensors, name).detach().cpu().numpy()
            for name in DriveTensors.__dataclass_fields__
        }
    )
