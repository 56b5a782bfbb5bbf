# SPDX-License-Identifier: Apache-2.0
"""The emotions in the order that every column of weights follows."""

from __future__ import annotations

EMOTION_NAMES = (
    "neutral",
    "happy",
    "sad",
    "angry",
    "fearful",
    "disgusted",
    "surprised",
    "contempt",
    "calm",
)
