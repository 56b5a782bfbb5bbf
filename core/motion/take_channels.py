# SPDX-License-Identifier: Apache-2.0
"""The columns of the motion that the expression decoder draws, and what they move."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..face.arkit import ARKIT_NAMES

Floats = npt.NDArray[np.float64]

RATE_HZ = 25.0
"""Frames a second of the decoder's motion: upper face and head hold nothing above 8 Hz."""


@dataclass(frozen=True, eq=False)
class TakeChannels:
    """The columns.

    Attributes:
        names: (D,) of the columns.
        units: (D,) what 1 stands for: ARKit values, degrees or natural logarithms.
        up: (D, 52) 1 where a positive value raises the channel.
        down: (D, 52) 1 where a negative value raises it.
    """

    names: tuple[str, ...]
    units: Floats
    up: Floats
    down: Floats

    def column(self, name: str) -> int:
        """Position of a column."""
        return self.names.index(name)


@cache
def take_channels() -> TakeChannels:
    """Read take_channels.json beside this file, once."""
    text = Path(__file__).with_name("take_channels.json").read_text(encoding="utf-8")
    rows = json.loads(text)["channels"]
    up, down = (np.zeros((len(rows), len(ARKIT_NAMES))) for _ in range(2))
    for row, up_row, down_row in zip(rows, up, down, strict=True):
        up_row[[ARKIT_NAMES.index(name) for name in row["up"]]] = 1.0
        down_row[[ARKIT_NAMES.index(name) for name in row["down"]]] = 1.0
    return TakeChannels(
        tuple(row["name"] for row in rows), np.array([row["unit"] for row in rows]), up, down
    )
