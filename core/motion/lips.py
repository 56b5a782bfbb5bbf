# SPDX-License-Identifier: Apache-2.0
"""Speech features -> what the lips do: lower-face channels, phones, and contacts with their times."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..curves import Span
from ..easing import ease
from ..model_files import model_path
from ..speech.encoder import FEATURE_RATE_HZ, open_session
from .mouth_channels import spread_matrix
from .phones import BILABIAL, LABIODENTAL, ROUNDING, SILENCE
from .spans import best_path, path_spans, threshold_spans

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
# Pauses shorter than this belong to speech (a stop's closure lasts up to 0.15 s).
PAUSE_SECONDS = 0.24
# Filmed mouths stay parted up to 0.3 s after speech and part 0.2 to 0.4 s before it; the network knows
# that. Only deeper inside a pause are the lips held shut: from there on over these ramps.
LINGER_SECONDS, SETTLE_SECONDS = 0.2, 0.25
PREPARE_SECONDS, PART_SECONDS = 0.25, 0.2
ACCENTS_PATH = Path(__file__).with_name("phone_accents.json")
# Accents rise and fall over five frames, as quickly as lips and tongue tip can.
ACCENT_TAPS = np.array([1.0, 2.0, 3.0, 2.0, 1.0], np.float32) / 9.0


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
        pauses = [
            s
            for s in every
            if s.label == SILENCE and s.end_seconds - s.start_seconds >= PAUSE_SECONDS
        ]
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


def accent_matrix(phone_names: tuple[str, ...]) -> Floats:
    """(phones, 52): what each phone adds to ARKit channels, from phone_accents.json."""
    table = json.loads(ACCENTS_PATH.read_text(encoding="utf-8"))
    table.pop("about")
    shares = np.zeros((len(phone_names), len(table)), np.float32)
    for column, amounts in enumerate(table.values()):
        for phone, amount in amounts.items():
            shares[phone_names.index(phone), column] = amount
    return shares @ spread_matrix(tuple(table))


def smooth_over_time(curves: Floats) -> Floats:
    """(T, C) averaged over ACCENT_TAPS; the ends hold their values."""
    half = len(ACCENT_TAPS) // 2
    padded = np.pad(curves, ((half, half), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(ACCENT_TAPS), axis=0)
    return np.asarray(windows @ ACCENT_TAPS, np.float32)


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
        after = (at - pause.start_seconds - LINGER_SECONDS) / SETTLE_SECONDS
        before = (pause.end_seconds - at - PREPARE_SECONDS) / PART_SECONDS
        settled = np.ones(len(at)) if pause.start_seconds <= 0.0 else ease(after)
        unprepared = np.ones(len(at)) if pause.end_seconds >= end_of_clip else ease(before)
        gate[inside] = 1.0 - np.minimum(settled, unprepared)
    return gate
