# SPDX-License-Identifier: Apache-2.0
"""The expression decoder as a torch module: the velocity of a flow from noise to motion."""

from __future__ import annotations

import torch
from torch import nn

from ..motion.prototypes import MOVED_EMOTIONS
from ..motion.take_channels import take_channels
from ..motion.take_conditions import VOICE_NAMES
from ..speech.encoder import FEATURE_SIZE

# Widths at 25, 12.5 and 6.25 frames a second.
WIDTHS = (64, 96, 128)
DEEP_DILATIONS = (1, 2, 4, 1)
HEARD = 24
TIME_WAVES = 8
# Frames to each side that one evaluation sees, rounded up to a multiple of the deepest step.
REACH_FRAMES = 64
STRIDE = 4


class Block(nn.Module):
    """Dilated convolution over time, mixing, and a short cut around both."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.look = nn.Conv1d(width, width, 3, dilation=dilation, padding=dilation)
        self.mix = nn.Conv1d(width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, width, T) -> (B, width, T)."""
        return x + self.mix(nn.functional.silu(self.look(x)))


class ExpressionNetwork(nn.Module):
    """State (B, T, D), moment (B,), voice, features and activation over time -> velocity (B, T, D).

    T is a multiple of STRIDE. Fully convolutional: what lies further than REACH_FRAMES away does not
    count.
    """

    def __init__(self) -> None:
        super().__init__()
        columns = len(take_channels().names)
        told = columns + len(VOICE_NAMES) + len(MOVED_EMOTIONS) + HEARD
        fine, middle, deep = WIDTHS
        self.register_buffer("mean", torch.zeros(FEATURE_SIZE))
        self.register_buffer("scale", torch.ones(FEATURE_SIZE))
        self.hear = nn.Linear(FEATURE_SIZE, HEARD)
        self.enter = nn.Conv1d(told, fine, 3, padding=1)
        self.moment = nn.Sequential(
            nn.Linear(2 * TIME_WAVES, fine), nn.SiLU(), nn.Linear(fine, sum(WIDTHS))
        )
        self.fine_in = nn.Sequential(Block(fine, 1), Block(fine, 2))
        self.down = nn.Conv1d(fine, middle, 2, stride=2)
        self.middle_in = nn.Sequential(Block(middle, 1), Block(middle, 2))
        self.down_again = nn.Conv1d(middle, deep, 2, stride=2)
        self.deep = nn.Sequential(*[Block(deep, d) for d in DEEP_DILATIONS])
        self.up = nn.ConvTranspose1d(deep, middle, 2, stride=2)
        self.middle_out = nn.Sequential(Block(middle, 1), Block(middle, 2))
        self.up_again = nn.ConvTranspose1d(middle, fine, 2, stride=2)
        self.fine_out = nn.Sequential(Block(fine, 1), Block(fine, 2))
        self.leave = nn.Conv1d(fine, columns, 1)

    def forward(
        self,
        state: torch.Tensor,
        moment: torch.Tensor,
        voice: torch.Tensor,
        features: torch.Tensor,
        activation: torch.Tensor,
    ) -> torch.Tensor:
        """See the class."""
        heard = self.hear((features - self.mean) * self.scale)
        told = torch.cat([state, voice, activation, heard], dim=-1).transpose(1, 2)
        waves = moment[:, None] * torch.pi * torch.arange(1, TIME_WAVES + 1)
        embedded = self.moment(torch.cat([waves.sin(), waves.cos()], dim=-1))[..., None]
        to_fine, to_middle, to_deep = embedded.split(WIDTHS, dim=1)
        fine = self.fine_in(self.enter(told) + to_fine)
        middle = self.middle_in(self.down(fine) + to_middle)
        deep = self.deep(self.down_again(middle) + to_deep)
        middle = self.middle_out(middle + self.up(deep))
        fine = self.fine_out(fine + self.up_again(middle))
        velocity: torch.Tensor = self.leave(fine).transpose(1, 2)
        return velocity
