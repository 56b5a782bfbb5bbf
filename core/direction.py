# SPDX-License-Identifier: Apache-2.0
"""What the animator asks for: emotion over time, seed, manner of speaking, strength of each part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from .emotion_names import EMOTION_NAMES
from .emotion_track import HIGHEST_INTENSITY, EmotionTrack
from .errors import MienError
from .gaze_track import GazeTrack

__all__ = ["EMOTION_NAMES", "MEANINGS", "UPPER_LIMITS", "Direction"]

# Highest value of each number; the lowest is 0 everywhere. Every pair of ends gives a safe face.
UPPER_LIMITS = {
    "intensity": HIGHEST_INTENSITY,
    "voice_emotion": 1.0,
    "voice_effort": 2.0,
    "onset": 3.0,
    "decay": 3.0,
    "lip_strength": 2.0,
    "articulation": 2.0,
    "firmness": 2.0,
    "brow_strength": 2.0,
    "eye_strength": 2.0,
    "cheek_strength": 2.0,
    "mouth_emotion_strength": 2.0,
    "jaw_emotion_strength": 2.0,
    "asymmetry": 2.0,
    "head_strength": 2.0,
    "blink_strength": 2.0,
    "saccade_strength": 2.0,
    "gaze_hold": 1.0,
    "idle_strength": 2.0,
    "breath_strength": 2.0,
}


MEANINGS = {
    "intensity": "how strongly the emotion shows; 0 is neutral; with a track, a factor on the track's own",
    "voice_emotion": "share of the emotion heard in the voice against the asked one",
    "voice_effort": "how strongly vocal effort moves the face",
    "onset": "how long feelings take to come; 0 at once",
    "decay": "how long feelings take to go; 0 at once",
    "lip_strength": "how far the speaking mouth moves",
    "articulation": "how clearly the mouth forms its sounds: 0 mumbles, 1 is natural, 2 overdoes it",
    "firmness": "how firmly lips meet on p b m, touch on f v and round: 0 leaves them as they come, 2 presses",
    "brow_strength": "how far the brows move",
    "eye_strength": "how far lids and gaze move, but for blinks",
    "cheek_strength": "the emotion's part in cheeks and nose",
    "mouth_emotion_strength": "the emotion's part in lips and mouth corners",
    "jaw_emotion_strength": "the emotion's part in the jaw",
    "asymmetry": "how much the sides of the face differ",
    "head_strength": "how far the head turns",
    "blink_strength": "how often the eyes blink",
    "saccade_strength": "how far the eyes wander from what they look at",
    "gaze_hold": "how strictly the eyes keep the aim of a gaze track",
    "idle_strength": "how much the resting face lives: lids, corners, drift of the head",
    "breath_strength": "how much breathing shows",
}
"""What each number of UPPER_LIMITS does, in a few words."""


@dataclass(frozen=True)
class Direction:
    """The animator's direction of one performance.

    Attributes:
        emotion: one of EMOTION_NAMES, or weights {name: 0..1}. Weights that sum to more than 1 are
            scaled down to 1; what is missing to 1 is neutral.
        intensity: 0..1.5; at 0 the performance is the neutral one, byte for byte. With a track it is
            a factor on the track's own intensity, and 1 leaves that as it is.
        emotion_track: emotion and intensity over time; it takes the place of `emotion`. None: both
            hold for the whole take.
        voice_emotion: 0..1, share of the emotion that is heard in the voice against the asked one.
        voice_effort: 0..2, how strongly vocal effort moves the face: 0 not at all, 1 as in people.
        onset, decay: 0..3, factors on how long feelings take to come and to go: 0 is at once.
        seed: any integer from 0; the same seed gives the same take.
        lip_strength: 0..2, how far the speaking mouth moves.
        articulation: 0..2, how clearly it forms its sounds: 0 mumbled, 1 natural, 2 articulated with
            care. Lips meet on p, b and m at all of them.
        firmness: 0..2, how firmly contacts are made: at 0 they stay as the sound alone makes them,
            at 1 lips meet, at 2 they press.
        brow_strength: 0..2, brows: emotion and accents.
        eye_strength: 0..2, lids, squint and gaze; blinks stay whole.
        cheek_strength: 0..2, the emotion's part in cheeks and nose.
        mouth_emotion_strength: 0..2, the emotion's part in lips and mouth corners.
        jaw_emotion_strength: 0..2, the emotion's part in the jaw.
        asymmetry: 0..2, how much the sides of the face differ; 0 is a mirror's face but for feelings
            that are one-sided themselves.
        head_strength: 0..2, head motion.
        blink_strength: 0..2, how often the eyes blink: 0 never, 1 as people do, 2 twice as often.
        saccade_strength: 0..2, how far the eyes wander from what they look at; 0 never.
        gaze_track: where the aim of the eyes lies over time; None: the listener in front.
        gaze_hold: 0..1, how strictly the eyes keep that aim; 0 looks as without a track.
        idle_strength: 0..2, micro-motion, resting lids and corners, tremor, drift of the head.
        breath_strength: 0..2, breathing.

    Raises:
        MienError: code ``bad_direction``, when a value is unknown or out of range.
    """

    emotion: str | Mapping[str, float] = "neutral"
    intensity: float = 1.0
    seed: int = 0
    emotion_track: EmotionTrack | None = None
    voice_emotion: float = 0.0
    voice_effort: float = 1.0
    onset: float = 1.0
    decay: float = 1.0
    lip_strength: float = 1.0
    articulation: float = 1.0
    firmness: float = 1.0
    brow_strength: float = 1.0
    eye_strength: float = 1.0
    cheek_strength: float = 1.0
    mouth_emotion_strength: float = 1.0
    jaw_emotion_strength: float = 1.0
    asymmetry: float = 1.0
    head_strength: float = 1.0
    blink_strength: float = 1.0
    saccade_strength: float = 1.0
    gaze_track: GazeTrack | None = None
    gaze_hold: float = 1.0
    idle_strength: float = 1.0
    breath_strength: float = 1.0
    weights: Mapping[str, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, highest in UPPER_LIMITS.items():
            value = _number(name, getattr(self, name), highest)
            object.__setattr__(self, name, value)
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise _bad(f"The seed is {self.seed!r}.", "Give a whole number from 0.")
        for name, kind in _TRACKS.items():
            object.__setattr__(self, name, _track(kind, getattr(self, name)))
        object.__setattr__(self, "weights", _emotion_weights(self.emotion))

    def to_json(self) -> dict[str, Any]:
        """Return the fields as plain JSON data, from which `from_json` makes an equal Direction."""
        data = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.init}
        if isinstance(self.emotion, Mapping):
            data["emotion"] = dict(self.emotion)
        for name in _TRACKS:
            track = data[name]
            data[name] = None if track is None else track.to_json()
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
            except (ValueError, RecursionError) as error:
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


_TRACKS: dict[str, type[EmotionTrack] | type[GazeTrack]] = {
    "emotion_track": EmotionTrack,
    "gaze_track": GazeTrack,
}


def _track(
    kind: type[EmotionTrack] | type[GazeTrack], value: object
) -> EmotionTrack | GazeTrack | None:
    """A track as it is, or read from its JSON columns."""
    return value if value is None or isinstance(value, kind) else kind.from_json(value)


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
