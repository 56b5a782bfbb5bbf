# SPDX-License-Identifier: Apache-2.0
"""The networks that are compared: one family, so that only the number of decoders and noise differ.

A trunk of dilated convolutions hears the condition (speech features, prosody, what is asked); a head of
two blocks turns it into the outputs. A deterministic head answers at once. A generative head is a
velocity field for flow matching (Lipman et al., ICLR 2023; the straight paths of Liu et al., ICLR
2023): it sees noise x_0 and data x_1 mixed as (1 - t) x_0 + t x_1, and learns x_1 - x_0.
"""

from __future__ import annotations

import torch
from torch import nn

TAPS = 5
TRUNK_DILATIONS = (1, 2, 4, 8, 2)
HEAD_DILATIONS = (1, 4)
TIME_SIZE = 16
CONDITION_DROPOUT = 0.1


class Block(nn.Module):
    """Dilated convolution over time, mixing, and a short cut around both."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, width)
        padding = dilation * (TAPS // 2)
        self.wide = nn.Conv1d(width, width, TAPS, dilation=dilation, padding=padding)
        self.mix = nn.Conv1d(width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, width, T) -> (B, width, T)."""
        return x + self.mix(nn.functional.gelu(self.wide(self.norm(x))))


class Decoder(nn.Module):
    """One decoder: condition (B, T, conditions) -> outputs (B, T, outputs), standardised.

    Args:
        conditions: columns of the condition.
        outputs: columns of what it gives.
        width: channels inside.
        contacts: logits beside the outputs, from the trunk: gestures of the lips; 0 for none.
        is_generative: whether the head is a velocity field.
    """

    def __init__(
        self, conditions: int, outputs: int, width: int, *, contacts: int, is_generative: bool
    ) -> None:
        super().__init__()
        self.outputs, self.is_generative = outputs, is_generative
        self.enter = nn.Conv1d(conditions, width, 1)
        self.drop = nn.Dropout1d(CONDITION_DROPOUT)
        self.trunk = nn.Sequential(*[Block(width, d) for d in TRUNK_DILATIONS])
        self.contacts = nn.Conv1d(width, contacts, 1) if contacts else None
        self.noisy = nn.Conv1d(outputs, width, 1) if is_generative else None
        self.time = nn.Linear(TIME_SIZE, width) if is_generative else None
        self.head = nn.Sequential(*[Block(width, d) for d in HEAD_DILATIONS])
        self.give = nn.Sequential(nn.GroupNorm(1, width), nn.Conv1d(width, outputs, 1))

    def hear(self, condition: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, T, conditions) -> what the trunk makes of it (B, width, T), contact logits (B, T, c)."""
        hidden = self.trunk(self.enter(self.drop(condition.transpose(1, 2))))
        if self.contacts is None:
            return hidden, hidden.new_zeros(len(hidden), hidden.shape[2], 0)
        return hidden, self.contacts(hidden).transpose(1, 2)

    def answer(self, hidden: torch.Tensor) -> torch.Tensor:
        """Outputs of a deterministic head."""
        return self.give(self.head(hidden)).transpose(1, 2)

    def velocity(
        self, hidden: torch.Tensor, mixed: torch.Tensor, time: torch.Tensor
    ) -> torch.Tensor:
        """Velocity (B, T, outputs) at mixed outputs (B, T, outputs) and flow times (B,) in 0..1."""
        assert self.noisy is not None
        assert self.time is not None
        entered = self.noisy(mixed.transpose(1, 2)) + self.time(_waves(time))[..., None]
        return self.give(self.head(hidden + entered)).transpose(1, 2)

    @torch.no_grad()
    def draw(self, hidden: torch.Tensor, noise: torch.Tensor, steps: int) -> torch.Tensor:
        """Outputs for a noise (B, T, outputs), by Heun steps along the velocity."""
        values = noise
        for step in range(steps):
            now, then = (noise.new_full((len(noise),), (step + k) / steps) for k in (0, 1))
            slope = self.velocity(hidden, values, now)
            ahead = self.velocity(hidden, values + slope / steps, then)
            values = values + 0.5 * (slope + ahead) / steps
        return values


def _waves(time: torch.Tensor) -> torch.Tensor:
    """Flow times (B,) as (B, TIME_SIZE) sines and cosines."""
    pitch = 2.0 ** torch.arange(TIME_SIZE // 2, dtype=time.dtype) * 0.5 * torch.pi
    angle = time[:, None] * pitch
    return torch.cat([angle.sin(), angle.cos()], dim=1)


def parameters(network: nn.Module) -> int:
    """How many numbers a network has learned."""
    return sum(p.numel() for p in network.parameters())


def width_for(
    budget: int, conditions: int, outputs: int, *, contacts: int, is_generative: bool
) -> int:
    """The widest decoder within a budget of parameters."""
    for width in range(8, 512):
        network = Decoder(
            conditions, outputs, width + 1, contacts=contacts, is_generative=is_generative
        )
        if parameters(network) > budget:
            return width
    raise ValueError(f"no width spends {budget} parameters")
