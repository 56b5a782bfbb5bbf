# SPDX-License-Identifier: Apache-2.0
"""Speech features -> what the lips do: lower-face channels, phones, and contacts with their times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..curves import Span
from ..model_files import model_path
from ..speech.encoder import FEATURE_RATE_HZ, open_session
from .mouth_channels import spread_matrix
from .phone_accents import accent_matrix, smooth_over_time
from .phones import BILABIAL, LABIODENTAL, ROUNDING, SILENCE
from .spans import best_path, path_spans, threshold_spans
from .speech_gate import speech_gate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MODEL_NAME = "lip_decoder"
FRAME_SECONDS = 1.0 / FEATURE_RATE_HZ
# One minute at once; blocks overlap by what the decoder sees, so that joins are exact.
BLOCK_FRAMES = 3000
# (enter, leave, shortest seconds) of each contact.
CONTACT_THRESHOLDS = {
    BILABIAL: (0.3, 0.25, 0.015),
    LABIODENTAL: (0.4, 0.3, 0.025),
    ROUNDING: (0.5, 0.35, 0.04),
}
# Changes of phone cheaper than this make one-frame phones; 1.5 nats leaves 12 phones a second.
SWITCH_COST_NATS = 1.5


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
        self._accents = accent_matrix(self.phone_names)

    def decode(self, features: Floats) -> LipTrack:
        """Decode a whole clip.

        Args:
            features: (T, 384) of `SpeechEncoder.encode`.
        """
        mouth, phones, contacts = self.curves(features)
        path = best_path(phones, SWITCH_COST_NATS)
        every = path_spans(path, phones, self.phone_names, FRAME_SECONDS)
        times = np.arange(len(features)) * FRAME_SECONDS
        pauses = [s for s in every if s.label == SILENCE]
        values = mouth @ spread_matrix(self.mouth_channels)
        values += smooth_over_time(phones) @ self._accents
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
