# SPDX-License-Identifier: Apache-2.0
"""The baseline: a mouth that opens with the loudness, as simple tools do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lip_systems import Answer, frame_times

if TYPE_CHECKING:
    from benchmarks.lip_clips import Clip

RATE_HZ = 16_000
WINDOW_SECONDS = 0.05
# Loudness of this much under the clip's loudest shuts the mouth.
RANGE_DB = 40.0


def loudness_answer(clip: Clip) -> Answer:
    """Opening 0..1 in proportion to the level in decibels over the lowest RANGE_DB of the clip."""
    samples = clip.samples()
    began = time.process_time()
    times = frame_times(len(samples) / RATE_HZ)
    power = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    half = int(WINDOW_SECONDS / 2 * RATE_HZ)
    middle = (times * RATE_HZ).astype(int)
    first, last = (np.clip(middle + side, 0, len(samples)) for side in (-half, half))
    mean = (power[last] - power[first]) / np.maximum(last - first, 1)
    level = 10.0 * np.log10(mean + 1e-10)
    opening = np.clip((level - level.max() + RANGE_DB) / RANGE_DB, 0.0, 1.0)
    return Answer(times, {"opening": opening}, spent_seconds=time.process_time() - began)
