# SPDX-License-Identifier: Apache-2.0
"""The lip decoder as a torch module, and the phone-to-mouth teacher."""

from __future__ import annotations

import torch
from torch import nn

from ..motion.mouth_channels import MOUTH_CHANNELS
from ..motion.phones import CONTACTS, PHONES
from ..speech.encoder import FEATURE_SIZE

WIDTH = 160
# Dilations of the blocks; with five taps they see 42 frames (0.84 s) to each side, the heads 2 more.
DILATIONS = (1, 2, 4, 8, 4, 2)
TAPS = 5
HEAD_WIDTH = 64
REACH_FRAMES = (TAPS // 2) * (sum(DILATIONS) + 1)
STYLE_SIZE = 2
"""Whose manner (0 a person's on film, 1 an animator's), and articulation (-1 mumbled to 1 clear)."""


class ConvBlock(nn.Module):
    """Dilated convolution over time, mixing, and a short cut around both."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(width)
        padding = dilation * (TAPS // 2)
        self.wide = nn.Conv1d(width, width, TAPS, dilation=dilation, padding=padding)
        self.mix = nn.Conv1d(width, width, 1)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, width, T) -> (B, width, T)."""
        return x + self.mix(self.drop(nn.functional.gelu(self.wide(self.norm(x)))))


class Head(nn.Module):
    """A five-tap layer and one without reach: (B, width, T) -> (B, outputs, T)."""

    def __init__(self, width: int, outputs: int, dropout: float) -> None:
        super().__init__()
        self.look = nn.Conv1d(width, HEAD_WIDTH, TAPS, padding=TAPS // 2)
        self.drop = nn.Dropout(dropout)
        self.give = nn.Conv1d(HEAD_WIDTH, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """See the class."""
        return self.give(self.drop(nn.functional.gelu(self.look(x))))


class LipNetwork(nn.Module):
    """Features (B, T, 384) and style (B, 2) -> mouth (B, T, 16), phone and contact logits.

    Style reaches the mouth only: what is said, and where lips meet, is the same in every manner.

    Args:
        dropout: share of the hidden values dropped in training.
    """

    def __init__(self, dropout: float = 0.15) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(FEATURE_SIZE))
        self.register_buffer("scale", torch.ones(FEATURE_SIZE))
        self.enter = nn.Conv1d(FEATURE_SIZE, WIDTH, 1)
        self.enter_drop = nn.Dropout1d(0.1)
        self.blocks = nn.Sequential(*[ConvBlock(WIDTH, d, dropout) for d in DILATIONS])
        self.norm = nn.BatchNorm1d(WIDTH)
        self.style = nn.Sequential(
            nn.Linear(STYLE_SIZE, HEAD_WIDTH), nn.GELU(), nn.Linear(HEAD_WIDTH, 2 * WIDTH)
        )
        self.mouth = Head(WIDTH, len(MOUTH_CHANNELS), dropout)
        self.phones = nn.Conv1d(WIDTH, len(PHONES), 1)
        self.contacts = Head(WIDTH, len(CONTACTS), dropout)

    def trunk(self, features: torch.Tensor) -> torch.Tensor:
        """(B, T, 384) -> (B, width, T)."""
        x = ((features - self.mean) * self.scale).transpose(1, 2)
        return nn.functional.gelu(self.norm(self.blocks(self.enter(self.enter_drop(x)))))

    def forward(
        self, features: torch.Tensor, style: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Mouth values, phone logits and contact logits, each (B, T, n)."""
        hidden = self.trunk(features)
        gain, shift = self.style(style)[..., None].chunk(2, dim=1)
        heads = (
            self.mouth(hidden * (1.0 + gain) + shift),
            self.phones(hidden),
            self.contacts(hidden),
        )
        mouth, phones, contacts = (h.transpose(1, 2) for h in heads)
        return mouth, phones, contacts


class Teacher(nn.Module):
    """Phones and loudness (B, T, 41) -> mouth (B, T, 16): how one filmed speaker moves for them."""

    def __init__(self, width: int = 96, taps: int = 7) -> None:
        super().__init__()
        half = taps // 2
        self.layers = nn.Sequential(
            nn.Conv1d(len(PHONES) + 1, width, taps, padding=half),
            nn.GELU(),
            nn.Conv1d(width, width, taps, padding=2 * half, dilation=2),
            nn.GELU(),
            nn.Dropout(0.2),
            nn.Conv1d(width, len(MOUTH_CHANNELS), taps, padding=half),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Mouth values (B, T, 16)."""
        return self.layers(x.transpose(1, 2)).transpose(1, 2)
