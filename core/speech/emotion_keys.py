# SPDX-License-Identifier: Apache-2.0
"""From what the voice tells to a few keys an animator can edit."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from ..direction import EMOTION_NAMES
from ..emotion_track import EmotionTrack
from .emotion import VoiceEmotion

Curve = npt.NDArray[np.float64]

# A phrase longer than this gets two keys: a feeling may turn within it.
LONG_PHRASE_SECONDS = 3.0
# Keys closer than this are one: faces take half a second to change their feeling.
CLOSEST_KEYS_SECONDS = 0.6
# What the recogniser gives less than this is left to neutral: a face shows one feeling or two.
SMALLEST_WEIGHT = 0.15
# How much of the whole clip's answer each key takes: a speaker's mood outlasts a phrase.
WHOLE_CLIP_SHARE = 0.3
# Intensity at ordinary effort, and what a unit of effort adds.
ORDINARY_INTENSITY, INTENSITY_BY_EFFORT = 0.8, 0.4
INTENSITY_RANGE = (0.3, 1.2)


def suggest_track(
    voice: VoiceEmotion, phrase_starts: Curve, phrase_ends: Curve, duration_seconds: float
) -> tuple[EmotionTrack, Curve]:
    """Suggest the feeling of a clip as editable keys, one or two a phrase.

    Args:
        voice: what the voice tells.
        phrase_starts: (P,) seconds.
        phrase_ends: (P,) seconds.
        duration_seconds: length of the clip.

    Returns:
        The track, and how sure each of its keys is, (K,) 0..1. A clip without speech has one
        neutral key of confidence 0.
    """
    spans = _spans(phrase_starts, phrase_ends, duration_seconds)
    if not spans or voice.utterance_confidence <= 0.0:
        neutral = np.zeros((1, len(EMOTION_NAMES)))
        neutral[0, 0] = 1.0
        return EmotionTrack(np.zeros(1), neutral, np.ones(1)), np.zeros(1)
    heard = [_heard(voice, start, end) for start, end in spans]
    times = np.array([(start + end) / 2.0 for start, end in spans])
    weights = np.array([_shown(weights) for weights, _, _ in heard])
    efforts = np.array([effort for _, effort, _ in heard])
    intensity = np.clip(ORDINARY_INTENSITY + INTENSITY_BY_EFFORT * efforts, *INTENSITY_RANGE)
    return EmotionTrack(times, weights, intensity), np.array([sure for _, _, sure in heard])


def _spans(starts: Curve, ends: Curve, duration_seconds: float) -> list[tuple[float, float]]:
    """Stretches of speech that get a key each."""
    merged: list[tuple[float, float]] = []
    for start, end in zip(starts, ends, strict=True):
        begin, stop = max(float(start), 0.0), min(float(end), duration_seconds)
        if stop <= begin:
            continue
        if merged and stop - merged[-1][0] < 2.0 * CLOSEST_KEYS_SECONDS:
            merged[-1] = (merged[-1][0], stop)
        else:
            merged.append((begin, stop))
    spans: list[tuple[float, float]] = []
    for begin, stop in merged:
        parts = 2 if stop - begin > LONG_PHRASE_SECONDS else 1
        edges = np.linspace(begin, stop, parts + 1)
        spans.extend((float(a), float(b)) for a, b in itertools.pairwise(edges))
    return spans


def _heard(voice: VoiceEmotion, start: float, end: float) -> tuple[Curve, float, float]:
    """Probabilities (9,), effort and confidence of a stretch, sure windows counting more."""
    middle, reach = (start + end) / 2.0, max((end - start) / 2.0, 0.25)
    nearness = np.abs(voice.time_seconds - middle) <= reach
    if not nearness.any():
        nearness = np.abs(voice.time_seconds - middle) <= np.abs(voice.time_seconds - middle).min()
    share = nearness * (voice.confidence + 1e-3)
    share = share / share.sum()
    local = share @ voice.probabilities
    blended = (1.0 - WHOLE_CLIP_SHARE) * local + WHOLE_CLIP_SHARE * voice.utterance_probabilities
    return blended, float(share @ voice.effort), float(share @ voice.confidence)


def _shown(weights: Curve) -> Curve:
    """Weights without those too small to show, whose share goes to neutral."""
    shown = np.where(weights >= SMALLEST_WEIGHT, weights, 0.0)
    shown[0] += 1.0 - shown.sum()
    return shown
