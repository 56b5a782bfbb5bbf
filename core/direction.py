# SPDX-License-Identifier: Apache-2.0
"""What the animator asks for: emotion, intensity, seed, manner of speaking, strength of each part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .errors import MienError

EMOTION_NAMES = (
    "neutral",
    "happy",
    "sad",
    "angry",
    "fearful",
    "disgusted",
    "surprised",
    "contempt",
)

# Highest value of each number; the lowest is 0 everywhere. Every pair of ends gives a safe face.
UPPER_LIMITS = {
    "intensity": 1.5,
    "lip_strength": 2.0,
    "articulation": 2.0,
    "firmness": 2.0,
    "brow_strength": 2.0,
    "eye_strength": 2.0,
    "mouth_emotion_strength": 2.0,
    "head_strength": 2.0,
    "blink_strength": 2.0,
}


MEANINGS = {
    "intensity": "how strongly the emotion shows; 0 is neutral",
    "lip_strength": "how far the speaking mouth moves",
    "articulation": "how clearly the mouth forms its sounds: 0 mumbles, 1 is natural, 2 overdoes it",
    "firmness": "how firmly lips meet on p b m, touch on f v and round: 0 leaves them as they come, 2 presses",
    "brow_strength": "how far the brows move",
    "eye_strength": "how far lids and gaze move",
    "mouth_emotion_strength": "the emotion's part in mouth, cheeks and nose",
    "head_strength": "how far the head turns",
    "blink_strength": "how often the eyes blink",
}
"""What each number of UPPER_LIMITS does, in a few words."""


@dataclass(frozen=True)
class Direction:
    """The animator's direction of one performance.

    Attributes:
        emotion: one of EMOTION_NAMES, or weights {name: 0..1}. Weights that sum to more than 1 are
            scaled down to 1; what is missing to 1 is neutral.
        intensity: 0..1.5; at 0 the performance is the neutral one, byte for byte.
        seed: any integer from 0; the same seed gives the same take.
        lip_strength: 0..2, how far the speaking mouth moves.
        articulation: 0..2, how clearly it forms its sounds: 0 mumbled, 1 natural, 2 articulated with
            care. Lips meet on p, b and m at all of them.
        firmness: 0..2, how firmly contacts are made: at 0 they stay as the sound alone makes them,
            at 1 lips meet, at 2 they press.
        brow_strength: 0..2, brows: emotion and accents.
        eye_strength: 0..2, lids, squint and gaze.
        mouth_emotion_strength: 0..2, the emotion's part in mouth, cheeks and nose.
        head_strength: 0..2, head motion.
        blink_strength: 0..2, how often the eyes blink: 0 never, 1 as people do, 2 twice as often.

    Raises:
        MienError: code ``bad_direction``, when a value is unknown or out of range.
    """

    emotion: str | Mapping[str, float] = "neutral"
    intensity: float = 1.0
    seed: int = 0
    lip_strength: float = 1.0
    articulation: float = 1.0
    firmness: float = 1.0
    brow_strength: float = 1.0
    eye_strength: float = 1.0
    mouth_emotion_strength: float = 1.0
    head_strength: float = 1.0
    blink_strength: float = 1.0
    weights: Mapping[str, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, highest in UPPER_LIMITS.items():
            value = _number(name, getattr(self, name), highest)
            object.__setattr__(self, name, value)
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise _bad(f"The seed is {self.seed!r}.", "Give a whole number from 0.")
        object.__setattr__(self, "weights", _emotion_weights(self.emotion))

    def to_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON data, from which `from_json` makes an equal Direction."""
        data = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.init}
        if isinstance(self.emotion, Mapping):
            data["emotion"] = dict(self.emotion)
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | str) -> Direction:
        """Read a Direction from JSON data or text; fields that are left out keep their default.

        Raises:
            MienError: code ``bad_direction``, naming the field that is wrong.
        """
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except ValueError as error:
                raise _bad(f"The direction is not JSON: {error}.", "Check its text.") from error
        if not isinstance(data, Mapping):
            raise _bad("The direction is not a JSON object.", 'Write {"emotion": "happy"}.')
        known = {entry.name for entry in fields(cls) if entry.init}
        unknown = sorted(set(data) - known)
        if unknown:
            raise _bad(
                f"The direction has no setting called {', '.join(map(repr, unknown))}.",
                f"Known settings: {', '.join(sorted(known))}.",
            )
        return cls(**data)


def _bad(message: str, advice: str) -> MienError:
    return MienError("bad_direction", message, advice)


def _number(name: str, value: object, highest: float) -> float:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    # Compared as it is: an integer may be too large for a float; NaN is in no range.
    if not plain or not 0.0 <= value <= highest:  # type: ignore[operator]
        raise _bad(f"The setting {name} is {value!r:.40}.", f"Give a number from 0 to {highest:g}.")
    return float(value)  # type: ignore[arg-type]


def _emotion_weights(emotion: object) -> dict[str, float]:
    """Weights of all EMOTION_NAMES in their order, sum 1."""
    asked = {emotion: 1.0} if isinstance(emotion, str) else emotion
    if not isinstance(asked, Mapping):
        raise _bad(f"The emotion is {emotion!r}.", "Give a name or weights by name.")
    unknown = [name for name in asked if name not in EMOTION_NAMES]
    if unknown:
        raise _bad(
            f"There is no emotion called {', '.join(map(repr, unknown))}.",
            f"Known emotions: {', '.join(EMOTION_NAMES)}.",
        )
    given = {name: _number(f"emotion {name}", value, 1.0) for name, value in asked.items()}
    scale = 1.0 / max(1.0, sum(given.values()))
    weights = {name: given.get(name, 0.0) * scale for name in EMOTION_NAMES}
    weights["neutral"] += 1.0 - sum(weights.values())
    return weights
