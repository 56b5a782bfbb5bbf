# SPDX-License-Identifier: Apache-2.0
"""Make one scene into many: strangers' voices, rooms, noise, other people, music, doors, level.

The mouth of a stranger, through a telephone, in a kitchen, has to be read by a decoder that met few
speakers; what cannot be collected is imitated. Every draw is a part of the product's promise: each
kind of strange input that is to move no wild mouth is heard here with its right answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .augment_noise import babble, event, level_of, noise, tune

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

RATE_HZ = 16_000
# Shares of what sounds under a whole scene; what is left sounds alone.
BACKGROUNDS = {"noise": 0.35, "babble": 0.18, "music": 0.17}
SNR_DB = {"noise": (0.0, 35.0), "babble": (0.0, 30.0), "music": (0.0, 30.0)}
# The same for noisy scenes, which teach what is left of speech in a crowd.
NOISY_BACKGROUNDS = {"noise": 0.35, "babble": 0.5, "music": 0.15}
NOISY_SNR_DB = (4.0, 18.0)
EVENT_SHARE, MOST_EVENTS = 0.3, 4
EVENT_LEVEL_DB = (-22.0, 6.0)
# Speech lies at 0.1 within a scene; the whole then goes somewhere between -45 dBFS and full scale.
SPEECH_LEVEL = 0.1
SCENE_LEVEL_DB = (-45.0, -8.0)
OVERDRIVE_SHARE, OVERDRIVE_DB = 0.06, (-6.0, 6.0)


def surround(
    samples: Floats,
    others: list[Floats],
    generator: np.random.Generator,
    *,
    is_noisy: bool = False,
) -> Floats:
    """A scene with a background, events and a level of its own.

    Args:
        samples: speech at about SPEECH_LEVEL, and pauses.
        others: other people's sound, for babble.
        generator: all chance comes from it.
        is_noisy: a background for certain, and a loud one.
    """
    backgrounds = NOISY_BACKGROUNDS if is_noisy else BACKGROUNDS
    kind = str(generator.choice([*backgrounds, ""], p=_shares(backgrounds)))
    if kind:
        ratio = 10.0 ** (-generator.uniform(*(NOISY_SNR_DB if is_noisy else SNR_DB[kind])) / 20.0)
        sound = _background(kind, len(samples), others, generator)
        samples = samples + sound * np.float32(level_of(samples) * ratio)
    if generator.random() < EVENT_SHARE:
        samples = add_events(samples, generator)
    return set_level(samples, generator)


def _shares(backgrounds: dict[str, float]) -> list[float]:
    shares = list(backgrounds.values())
    return [*shares, max(1.0 - sum(shares), 0.0)]


def _background(
    kind: str, count: int, others: list[Floats], generator: np.random.Generator
) -> Floats:
    if kind == "babble" and others:
        return babble(count, others, generator)
    return tune(count, generator) if kind == "music" else noise(count, generator)


def add_events(samples: Floats, generator: np.random.Generator) -> Floats:
    """Breaths, coughs, laughter, knocks and claps between and under speech."""
    out = samples.copy()
    for _ in range(int(generator.integers(1, MOST_EVENTS + 1))):
        sound = event(generator)[: len(out)]
        place = int(generator.integers(len(out) - len(sound) + 1))
        level = 10.0 ** (generator.uniform(*EVENT_LEVEL_DB) / 20.0) * SPEECH_LEVEL * 2.0
        out[place : place + len(sound)] += np.float32(level) * sound
    return out


def set_level(samples: Floats, generator: np.random.Generator) -> Floats:
    """The whole scene between -45 dBFS and full scale, now and then driven over it."""
    is_driven = generator.random() < OVERDRIVE_SHARE
    level_db = generator.uniform(*(OVERDRIVE_DB if is_driven else SCENE_LEVEL_DB))
    gain = 10.0 ** (level_db / 20.0) / level_of(samples)
    peak = float(np.abs(samples).max()) + 1e-9
    if not is_driven:
        gain = min(gain, 1.0 / peak)
    return np.clip(samples * np.float32(gain), -1.0, 1.0)
