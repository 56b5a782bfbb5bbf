# SPDX-License-Identifier: Apache-2.0
"""Read back what `prepare_emotion` wrote: features, prosody and labels clip by clip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..speech.prosody import FRAME_SECONDS, Prosody
from ..speech.spoken_content import SpokenContent

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

PLAIN = "plain"
# Boredom is low in arousal and neither pleasant nor unpleasant: of the product's emotions, calm is
# nearest to it.
EMODB_EMOTIONS = {
    "anger": "angry",
    "boredom": "calm",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "neutral": "neutral",
    "sadness": "sad",
}
RAVDESS_EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgusted",
    "08": "surprised",
}


@dataclass(frozen=True, eq=False)
class EmotionClip:
    """One utterance, its features without their places, and what is known of it."""

    name: str
    speaker: str
    emotion: str
    strength: str
    text: str
    features: Floats
    prosody: Prosody

    @property
    def seconds(self) -> float:
        """Length of the clip."""
        return len(self.prosody.speech) * FRAME_SECONDS


def read_clips(path: Path) -> list[EmotionClip]:
    """All clips of one file of `prepare_emotion`."""
    with np.load(path) as file:
        data = {name: file[name] for name in file.files}
    clips = []
    for number, name in enumerate(data["name"]):
        part = slice(*data["prosody_start"][number : number + 2])
        curves = data["curves"][part].astype(np.float64).T
        prosody = Prosody(
            np.arange(curves.shape[1]) * FRAME_SECONDS,
            *curves,
            float(data["median_pitch_hz"][number]),
            float(data["level_dbfs"][number]),
            data["bands_db"][part].astype(np.float32),
            data["prominence_db"][part],
        )
        features = data["features"][slice(*data["feature_start"][number : number + 2])]
        labels = (str(data[key][number]) for key in ("speaker", "emotion", "strength", "text"))
        clips.append(EmotionClip(str(name), *labels, features.astype(np.float32), prosody))
    return clips


def read_places(work: Path) -> Floats:
    """What `emotion_places` measured into WORK/places.npz, (600, 384)."""
    with np.load(work / "places.npz") as file:
        return np.asarray(file["places"], np.float32)


def read_content(work: Path) -> SpokenContent:
    """What `emotion_places` and `emotion_phones` measured, as the recogniser's file keeps it."""
    with np.load(work / "phones.npz") as file:
        tables = [file[name].astype(np.float16) for name in ("weights", "bias", "means")]
    places = read_places(work).astype(np.float16)
    return SpokenContent(*(table.astype(np.float32) for table in (places, *tables)))
