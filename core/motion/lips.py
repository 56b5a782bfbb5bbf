# SPDX-License-Identifier: Apache-2.0
"""Speech features -> what the lips do: lower-face channels, phones, and contacts with their times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..curves import Span
from ..face.arkit import ARKIT_NAMES
from ..model_files import model_path
from ..speech.encoder import FEATURE_RATE_HZ, open_session
from .mouth_channels import spread_matrix
from .phones import BILABIAL, LABIODENTAL, ROUNDING, SILENCE
from .spans import best_path, path_spans, threshold_spans

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MODEL_NAME = "lip_decoder"
FRAME_SECONDS = 1.0 / FEATURE_RATE_HZ
# One minute at once; blocks overlap by what the decoder sees, so that joins are exact.
BLOCK_FRAMES = 3000
# (enter, leave, shortest seconds) of each contact.
CONTACT_THRESHOLDS = {
    BILABIAL: (0.5, 0.35, 0.02),
    LABIODENTAL: (0.55, 0.4, 0.03),
    ROUNDING: (0.55, 0.4, 0.04),
}
# Changes of phone cheaper than this make one-frame phones; 1.5 nats leaves 12 phones a second.
SWITCH_COST_NATS = 1.5
# Pauses shorter than this belong to speech (a stop's closure lasts up to 0.15 s).
PAUSE_SECONDS = 0.24
# The mouth goes to rest this long after the last sound and opens this long before the next
# (pre-speech opening of filmed speakers: 0.1 to 0.2 s).
SETTLE_SECONDS = 0.18
PREPARE_SECONDS = 0.16
TONGUE_PHONES = ("TH", "DH")
TONGUE_REACH = 0.4


@dataclass(frozen=True, eq=False)
class LipTrack:
    """What the lips do over time.

    Attributes:
        time_seconds: (T,) frame i is at i * 0.02 s.
        values: (T, 52) ARKit channels in 0..1, before contacts are enforced.
        contacts: bilabial, labiodental and rounding spans in the order of their starts.
        phones: ARPAbet spans in order; what they leave free is silence.
    """

    time_seconds: NDArray[np.float64]
    values: Floats
    contacts: tuple[Span, ...]
    phones: tuple[Span, ...]


class LipDecoder:
    """The lip decoder's network and what turns its curves into a track.

    Args:
        models_folder: folder with models.json; None for the default one.
        threads: CPU threads of one run.

    Raises:
        MienError: the model file is missing or not the registered one.
    """

    def __init__(self, models_folder: Path | None = None, threads: int = 1) -> None:
        self._session = open_session(model_path(models_folder, MODEL_NAME), threads)
        meta = self._session.get_modelmeta().custom_metadata_map
        self.mouth_channels: tuple[str, ...] = tuple(json.loads(meta["mouth_channels"]))
        self.phone_names: tuple[str, ...] = tuple(json.loads(meta["phones"]))
        self.contact_names: tuple[str, ...] = tuple(json.loads(meta["contacts"]))
        self._reach = int(json.loads(meta["reach_frames"]))

    def decode(self, features: Floats) -> LipTrack:
        """Decode a whole clip.

        Args:
            features: (T, 384) of `SpeechEncoder.encode`.
        """
        mouth, phones, contacts = self.curves(features)
        path = best_path(phones, SWITCH_COST_NATS)
        every = path_spans(path, phones, self.phone_names, FRAME_SECONDS)
        times = np.arange(len(features)) * FRAME_SECONDS
        pauses = [
            s
            for s in every
            if s.label == SILENCE and s.end_seconds - s.start_seconds >= PAUSE_SECONDS
        ]
        values = mouth @ spread_matrix(self.mouth_channels)
        values[:, ARKIT_NAMES.index("tongueOut")] = self._tongue(phones)
        values *= speech_gate(times, pauses)[:, None]
        return LipTrack(
            time_seconds=times,
            values=np.clip(values, 0.0, 1.0),
            contacts=self._contact_spans(contacts),
            phones=tuple(s for s in every if s.label != SILENCE),
        )

    def curves(self, features: Floats) -> tuple[Floats, Floats, Floats]:
        """The network's own curves: mouth (T, 14), phones (T, 40), contacts (T, 3)."""
        blocks: list[list[Floats]] = []
        for start in range(0, len(features), BLOCK_FRAMES):
            first = max(start - self._reach, 0)
            stop = min(start + BLOCK_FRAMES, len(features))
            window = features[first : min(stop + self._reach, len(features))]
            outputs = self._session.run(None, {"features": window[None]})
            blocks.append([o[0, start - first : stop - first] for o in outputs])
        mouth, phones, contacts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        return mouth, phones, contacts

    def _tongue(self, phones: Floats) -> Floats:
        columns = [self.phone_names.index(p) for p in TONGUE_PHONES]
        chance = np.pad(phones[:, columns].sum(axis=1), 1, mode="edge")
        smooth = 0.25 * chance[:-2] + 0.5 * chance[1:-1] + 0.25 * chance[2:]
        return np.asarray(TONGUE_REACH * smooth, np.float32)

    def _contact_spans(self, contacts: Floats) -> tuple[Span, ...]:
        spans: list[Span] = []
        for column, name in enumerate(self.contact_names):
            enter, leave, shortest = CONTACT_THRESHOLDS[name]
            spans += threshold_spans(
                name,
                contacts[:, column],
                FRAME_SECONDS,
                enter=enter,
                leave=leave,
                shortest_seconds=shortest,
            )
        return tuple(sorted(spans, key=lambda s: s.start_seconds))


def speech_gate(times: NDArray[np.float64], pauses: list[Span]) -> Floats:
    """1 in speech, 0 in pauses, with smooth ramps inside the pauses.

    Args:
        times: (T,) seconds.
        pauses: silences; one that starts with the clip or ends with it needs no ramp there.
    """
    gate = np.ones(len(times), np.float32)
    end_of_clip = float(times[-1]) if len(times) else 0.0
    for pause in pauses:
        inside = (times >= pause.start_seconds) & (times <= pause.end_seconds)
        at = times[inside]
        after = (at - pause.start_seconds) / SETTLE_SECONDS
        before = (pause.end_seconds - at) / PREPARE_SECONDS
        settled = np.ones(len(at)) if pause.start_seconds <= 0.0 else _smooth(after)
        unprepared = np.ones(len(at)) if pause.end_seconds >= end_of_clip else _smooth(before)
        gate[inside] = 1.0 - np.minimum(settled, unprepared)
    return gate


def _smooth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip(x, 0.0, 1.0)
    return np.asarray(x * x * (3.0 - 2.0 * x))
