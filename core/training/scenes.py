# SPDX-License-Identifier: Apache-2.0
"""Scenes: clips one after another with pauses and noise, their features, and what the mouth does.

Whisper's features depend on where in its window a sound lies, on the level of the whole, and on
what came before; so the decoder is trained on scenes of one to eight clips at many places, which is
how strips of film sound, and not on neat utterances.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..motion.phones import CONTACTS, PHONES, SILENCE
from ..speech.encoder import FEATURE_RATE_HZ, SpeechEncoder
from . import augment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .clips import Clip

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
FRAME_SECONDS = 1.0 / FEATURE_RATE_HZ
# Frames this near to a contact's edge are not judged: labels are no better than that.
EDGE_SECONDS = 0.008
LONGEST_GAP_SECONDS = 1.2
NOISE_SHARE = 0.6
SNR_DB = (3.0, 35.0)
PHONE_LABEL_SIZE = len(PHONES)


@dataclass(frozen=True, eq=False)
class Labels:
    """What is known about T frames at 50 Hz.

    phone_sets (T, 40) bool: allowed phones, all False where unknown; contacts (T, 3) and their
    weights (T, 3); mouth (T, C) and its weight (T,).
    """

    phone_sets: NDArray[np.bool_]
    contacts: Floats
    contact_weights: Floats
    mouth: Floats
    mouth_weights: Floats


@dataclass(frozen=True, eq=False)
class Scene:
    """Features (T, 384) float16 of a scene, and its labels."""

    features: NDArray[np.float16]
    labels: Labels


def label_clip(clip: Clip, times: NDArray[np.float64], channels: int) -> Labels:
    """Labels of one clip at the given times (seconds within the clip)."""
    count = len(times)
    sets = np.zeros((count, PHONE_LABEL_SIZE), bool)
    sets[:, PHONES.index(SILENCE)] = True
    for allowed, start, end in clip.phones:
        inside = (times >= start) & (times < end)
        sets[inside] = False
        sets[np.ix_(inside, list(allowed))] = True
    contacts, weights = (
        np.zeros((count, len(CONTACTS)), np.float32),
        np.ones((count, len(CONTACTS)), np.float32),
    )
    for name, start, end in clip.contacts:
        column = CONTACTS.index(name)
        contacts[(times >= start) & (times < end), column] = 1.0
        for edge in (start, end):
            weights[np.abs(times - edge) < EDGE_SECONDS, column] = 0.0
    mouth = np.zeros((count, channels), np.float32)
    known = 0.0
    if clip.mouth is not None:
        known = 1.0
        places = times * clip.mouth_rate_hz
        steps = np.arange(len(clip.mouth))
        for column in range(channels):
            mouth[:, column] = np.interp(places, steps, clip.mouth[:, column])
    return Labels(sets, contacts, weights, mouth, np.full(count, known, np.float32))


def make_scene(
    clips: list[Clip],
    generator: np.random.Generator,
    encoder: SpeechEncoder,
    channels: int,
    *,
    is_plain: bool,
) -> Scene:
    """Put clips one after another and encode them.

    Args:
        clips: in order.
        generator: all chance comes from it.
        encoder: the product's own, so that training hears what inference hears.
        channels: columns of `Clip.mouth`.
        is_plain: leave the sound as it is (one clip, no pauses, no noise).
    """
    pieces: list[Floats] = []
    places: list[tuple[Clip, float, float]] = []
    length = 0
    for clip in clips:
        tempo = 1.0 if is_plain else augment.draw_tempo(generator)
        sound = clip.samples if is_plain else _altered(clip.samples, tempo, generator)
        gap = 0 if is_plain else int(_gap_seconds(generator) * RATE_HZ)
        places.append((clip, (length + gap) / RATE_HZ, tempo))
        pieces += [np.zeros(gap, np.float32), sound]
        length += gap + len(sound)
    samples = np.concatenate(pieces)
    if not is_plain and generator.random() < NOISE_SHARE:
        ratio = 10.0 ** (-generator.uniform(*SNR_DB) / 20.0)
        samples = samples + augment.noise(len(samples), generator) * np.float32(
            augment.level_of(samples) * ratio
        )
    features = encoder.encode(samples).astype(np.float16)
    return Scene(features, _scene_labels(places, len(features), channels))


def _altered(samples: Floats, tempo: float, generator: np.random.Generator) -> Floats:
    coloured = augment.colour(augment.change_tempo(samples, tempo), generator)
    gain_db = generator.uniform(-14.0, 0.0)
    return np.asarray(
        coloured / augment.level_of(coloured) * 0.1 * 10 ** (gain_db / 20), np.float32
    )


def _gap_seconds(generator: np.random.Generator) -> float:
    return float(generator.uniform(0.0, LONGEST_GAP_SECONDS)) if generator.random() < 0.7 else 0.0


def _scene_labels(places: list[tuple[Clip, float, float]], count: int, channels: int) -> Labels:
    times = np.arange(count) * FRAME_SECONDS
    sets = np.zeros((count, PHONE_LABEL_SIZE), bool)
    sets[:, PHONES.index(SILENCE)] = True
    labels = Labels(
        sets,
        np.zeros((count, len(CONTACTS)), np.float32),
        np.ones((count, len(CONTACTS)), np.float32),
        np.zeros((count, channels), np.float32),
        np.ones(count, np.float32),
    )
    for clip, start, tempo in places:
        inside = (times >= start) & (times < start + len(clip.samples) / RATE_HZ / tempo)
        own = label_clip(clip, (times[inside] - start) * tempo, channels)
        labels.phone_sets[inside] = own.phone_sets
        labels.contacts[inside] = own.contacts
        labels.contact_weights[inside] = own.contact_weights
        labels.mouth[inside] = own.mouth
        labels.mouth_weights[inside] = own.mouth_weights
    return labels
