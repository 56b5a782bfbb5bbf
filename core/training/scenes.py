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
from .augment_noise import level_of
from .augment_room import colour
from .augment_voice import Disguise, disguise, draw_disguise
from .clips import ANIMATOR, RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .clips import Clip

    Floats = NDArray[np.float32]

FRAME_SECONDS = 1.0 / FEATURE_RATE_HZ
LONGEST_GAP_SECONDS = 1.2
GAP_SHARE = 0.7
CLIP_GAIN_DB = (-14.0, 0.0)


@dataclass(frozen=True, eq=False)
class Labels:
    """What is known about T frames at 50 Hz.

    phone_sets (T, 40) bool: allowed phones, all False where unknown; contacts (T, 4) and their
    weights (T, 4); mouth (T, C) and its weights (T, C).
    """

    phone_sets: NDArray[np.bool_]
    contacts: Floats
    contact_weights: Floats
    mouth: Floats
    mouth_weights: Floats


@dataclass(frozen=True, eq=False)
class Scene:
    """Features (T, 384) float16 of a scene, its labels, and the style: 0 a person, 1 an animator."""

    features: NDArray[np.float16]
    labels: Labels
    style: float


def label_clip(clip: Clip, times: NDArray[np.float64], channels: int) -> Labels:
    """Labels of one clip at the given times (seconds within the clip).

    The mouth that a clip does not know at all has weight 0, and so has one that was made from its
    phones where they are unknown.
    """
    labels = _at_rest(len(times), channels)
    sets, contacts, weights = labels.phone_sets, labels.contacts, labels.contact_weights
    for allowed, start, end in clip.phones:
        inside = (times >= start) & (times < end)
        sets[inside] = False
        sets[np.ix_(inside, list(allowed))] = True
    for name, start, end in clip.unsure:
        weights[(times >= start) & (times < end), CONTACTS.index(name)] = 0.0
    for name, start, end in clip.contacts:
        column = CONTACTS.index(name)
        contacts[(times >= start) & (times < end), column] = 1.0
        for edge in (start, end):
            weights[np.abs(times - edge) < clip.edge_seconds, column] = 0.0
    if clip.mouth is None:
        labels.mouth_weights[:] = 0.0
        return labels
    places = times * clip.mouth_rate_hz
    steps = np.arange(len(clip.mouth))
    for column in range(channels):
        labels.mouth[:, column] = np.interp(places, steps, clip.mouth[:, column])
    if clip.mouth_known is not None:
        labels.mouth_weights[:, ~clip.mouth_known] = 0.0
    if clip.is_lent:
        labels.mouth_weights[~sets.any(axis=1)] = 0.0
    return labels


def make_scene(
    clips: list[Clip],
    generator: np.random.Generator,
    encoder: SpeechEncoder,
    channels: int,
    *,
    disguise_share: float,
    others: list[Floats],
    is_noisy: bool = False,
) -> Scene:
    """Put clips one after another with pauses, change voices and surroundings, and encode them.

    Args:
        clips: in order; all of one style.
        generator: all chance comes from it.
        encoder: the product's own, so that training hears what inference hears.
        channels: columns of `Clip.mouth`.
        disguise_share: how many of the clips get another voice.
        others: other people's sound, for babble.
        is_noisy: in a loud place for certain.
    """
    pieces: list[Floats] = []
    places: list[tuple[Clip, float, float]] = []
    length = 0
    for clip in clips:
        change = draw_disguise(generator, disguise_share)
        sound = _altered(clip.samples, change, generator)
        gap = int(_gap_seconds(generator) * RATE_HZ)
        places.append((clip, (length + gap) / RATE_HZ, change.tempo))
        pieces += [np.zeros(gap, np.float32), sound]
        length += gap + len(sound)
    samples = augment.surround(np.concatenate(pieces), others, generator, is_noisy=is_noisy)
    return _encoded(samples, places, encoder, channels)


def plain_scene(clip: Clip, encoder: SpeechEncoder, channels: int) -> Scene:
    """One clip as it is."""
    return _encoded(clip.samples, [(clip, 0.0, 1.0)], encoder, channels)


def _encoded(
    samples: Floats,
    places: list[tuple[Clip, float, float]],
    encoder: SpeechEncoder,
    channels: int,
) -> Scene:
    features = encoder.encode(samples).astype(np.float16)
    style = 1.0 if places[0][0].style == ANIMATOR else 0.0
    return Scene(features, _scene_labels(places, len(features), channels), style)


def _altered(samples: Floats, change: Disguise, generator: np.random.Generator) -> Floats:
    coloured = colour(disguise(samples, change), generator)
    gain_db = generator.uniform(*CLIP_GAIN_DB)
    gain = augment.SPEECH_LEVEL / level_of(coloured) * 10.0 ** (gain_db / 20.0)
    return np.asarray(coloured * np.float32(gain), np.float32)


def _gap_seconds(generator: np.random.Generator) -> float:
    if generator.random() >= GAP_SHARE:
        return 0.0
    return float(generator.uniform(0.0, LONGEST_GAP_SECONDS))


def _at_rest(count: int, channels: int) -> Labels:
    sets = np.zeros((count, len(PHONES)), bool)
    sets[:, PHONES.index(SILENCE)] = True
    shape = (count, len(CONTACTS))
    mouth = np.zeros((count, channels), np.float32)
    return Labels(
        sets, np.zeros(shape, np.float32), np.ones(shape, np.float32), mouth, np.ones_like(mouth)
    )


def _scene_labels(places: list[tuple[Clip, float, float]], count: int, channels: int) -> Labels:
    times = np.arange(count) * FRAME_SECONDS
    labels = _at_rest(count, channels)
    for clip, start, tempo in places:
        inside = (times >= start) & (times < start + len(clip.samples) / RATE_HZ / tempo)
        own = label_clip(clip, (times[inside] - start) * tempo, channels)
        labels.phone_sets[inside] = own.phone_sets
        labels.contacts[inside] = own.contacts
        labels.contact_weights[inside] = own.contact_weights
        labels.mouth[inside] = own.mouth
        labels.mouth_weights[inside] = own.mouth_weights
    return labels
