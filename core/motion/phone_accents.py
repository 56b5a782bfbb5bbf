# SPDX-License-Identifier: Apache-2.0
"""What phones add to the decoded mouth, where film of few speakers shows too little of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .mouth_channels import spread_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

ACCENTS_PATH = Path(__file__).with_name("phone_accents.json")
# Accents rise and fall over five frames, as quickly as lips and tongue tip can.
ACCENT_TAPS = np.array([1.0, 2.0, 3.0, 2.0, 1.0], np.float32) / 9.0


def accent_matrix(phone_names: tuple[str, ...]) -> Floats:
    """(phones, 52): what each phone adds to ARKit channels, from phone_accents.json."""
    table = json.loads(ACCENTS_PATH.read_text(encoding="utf-8"))
    table.pop("about")
    shares = np.zeros((len(phone_names), len(table)), np.float32)
    for column, amounts in enumerate(table.values()):
        for phone, amount in amounts.items():
            shares[phone_names.index(phone), column] = amount
    return shares @ spread_matrix(tuple(table))


def smooth_over_time(curves: Floats) -> Floats:
    """(T, C) averaged over ACCENT_TAPS; the ends hold their values."""
    half = len(ACCENT_TAPS) // 2
    padded = np.pad(curves, ((half, half), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(ACCENT_TAPS), axis=0)
    return np.asarray(windows @ ACCENT_TAPS, np.float32)
