# SPDX-License-Identifier: Apache-2.0
"""The emotions of prototypes.json as arrays: face, accent, posture and timing of each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..direction import EMOTION_NAMES
from ..face.arkit import ARKIT_NAMES

Weights = npt.NDArray[np.float64]

MOVED_EMOTIONS = EMOTION_NAMES[1:]


@dataclass(frozen=True, eq=False)
class Prototype:
    """One emotion at intensity 1; see the comment in prototypes.json for the meaning of each field.

    `weights` and `accent` are (52,) in the order of ARKIT_NAMES, angles are radians as
    (pitch, yaw, roll) and (pitch, yaw).
    """

    weights: Weights
    accent: Weights
    posture_radians: Weights
    gaze_radians: Weights
    head_motion: float
    blink_rate: float
    rise_seconds: float
    sustain: float
    decay_seconds: float
    rest: float
    voice_gain: float


@dataclass(frozen=True, eq=False)
class PrototypeTable:
    """All emotions but neutral, in the order of MOVED_EMOTIONS, and the neutral accent (52,)."""

    emotions: tuple[Prototype, ...]
    neutral_accent: Weights


@cache
def prototype_table() -> PrototypeTable:
    """Read prototypes.json beside this file, once."""
    text = Path(__file__).with_name("prototypes.json").read_text(encoding="utf-8")
    data = json.loads(text)
    emotions = tuple(_prototype(data["emotions"][name]) for name in MOVED_EMOTIONS)
    return PrototypeTable(emotions, _channels(data["neutral"]["accent"]))


def _prototype(entry: Mapping[str, Any]) -> Prototype:
    posture, gaze = entry["posture_degrees"], entry["gaze_degrees"]
    numbers = ("head_motion", "blink_rate", "rise_seconds", "sustain", "decay_seconds")
    return Prototype(
        weights=_channels(entry["weights"]),
        accent=_channels(entry["accent"]),
        posture_radians=np.radians([posture["pitch"], posture["yaw"], posture["roll"]]),
        gaze_radians=np.radians([gaze["pitch"], gaze["yaw"]]),
        rest=float(entry["rest"]),
        voice_gain=float(entry["voice_gain"]),
        **{name: float(entry[name]) for name in numbers},
    )


def _channels(named: Mapping[str, float]) -> Weights:
    weights = np.zeros(len(ARKIT_NAMES))
    for name, value in named.items():
        weights[ARKIT_NAMES.index(name)] = value
    return weights
