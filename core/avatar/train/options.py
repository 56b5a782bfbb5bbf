# SPDX-License-Identifier: Apache-2.0
"""The numbers of a training, in one place; stored in the avatar's papers."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import MienError
from ..avatar_file import MOST_FILE_BYTES
from ..file_contract import gaussian_bytes

MOST_GAUSSIAN_BYTES = MOST_FILE_BYTES - 64_000_000
"""What an avatar file leaves for Gaussians beside the mesh, the papers and the landmarks."""
# The last three are sizes that the avatar file can hold (`core.avatar.file_contract`).
RANGES = {
    "steps": (1, 10_000_000),
    "seed": (0, 2**31 - 1),
    "checkpoint_every": (1, 10_000_000),
    "preview_every": (1, 10_000_000),
    "recycle_every": (1, 10_000_000),
    "gaussians": (100, 500_000),
    "drives": (1, 256),
    "hidden": (1, 1024),
}


@dataclass(frozen=True)
class Options:
    """How an avatar is trained.

    Attributes:
        steps: pictures seen; one each step.
        gaussians: how many in the end.
        drives: residual shapes.
        hidden: units of the drive's network.
        seed: of every random choice.
        coarse_share: share of the steps at half size.
        structure: weight of SSIM in the picture's loss.
        alpha: weight of coverage.
        opacity_cost: keeps Gaussians that nothing needs from staying.
        scale_cost: per metre; keeps them small.
        thinnest: least standard deviation of a Gaussian along any axis, of what it starts with and before
            the residual's growth. Without it a film from one side ends in sheets without thickness, seen
            as streaks from beside it.
        largest: most, likewise. Without it one Gaussian may paint a cheek, and covers an eye or stands out
            of the head from any other side.
        offset_cost: per millimetre of distance from the mesh (less below 3): keeps skin on its surface, so
            that depth and cameras beside the film's are right, and lets hair stand off where it must.
        residual_decay: pulls the residual back to the mesh where the film does not ask for it.
        recycle_every: steps between rounds in which invisible Gaussians are put where they are needed.
        recycle_until: share of the steps after which none is moved any more.
        checkpoint_every: steps.
        preview_every: steps.
    """

    steps: int = 8000
    gaussians: int = 16_000
    drives: int = 20
    hidden: int = 32
    seed: int = 1
    coarse_share: float = 0.25
    structure: float = 0.2
    alpha: float = 0.5
    opacity_cost: float = 0.002
    scale_cost: float = 0.2
    thinnest: float = 0.07
    largest: float = 1.5
    offset_cost: float = 3e-4
    residual_decay: float = 0.05
    recycle_every: int = 200
    recycle_until: float = 0.7
    checkpoint_every: int = 1000
    preview_every: int = 1000

    def __post_init__(self) -> None:
        """Refuse numbers that no training can go on with, before hours are spent on them.

        Raises:
            MienError: ``avatar_options``.
        """
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise MienError(
                    "avatar_options",
                    f"A training cannot have {getattr(self, name)} {name}.",
                    f"Give {least} to {most}.",
                )
        size = gaussian_bytes(self.gaussians, self.drives)
        if size > MOST_GAUSSIAN_BYTES:
            raise MienError(
                "avatar_options",
                f"{self.gaussians} Gaussians with {self.drives} drives would make a file of"
                f" {size / 1e6:.0f} MB; {MOST_FILE_BYTES / 1e6:.0f} MB can be read.",
                "Give fewer Gaussians or drives.",
            )
