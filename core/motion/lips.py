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
from .corrected_lips import changed_stretches, corrected_contacts, corrected_mouth
from .lip_contacts import heard_contacts, told_contacts
from .mouth_channels import spread_matrix
from .phone_accents import accent_matrix, smooth_over_time
from .phones import SILENCE, VISEMES
from .spans import SMALLEST_PROBABILITY, best_path, path_spans, span_curves, with_silences
from .speech_gate import rest_in_pauses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

MODEL_NAME = "lip_decoder"
VISEME_OF = {phone: viseme for viseme, members in VISEMES.items() for phone in members}
FRAME_SECONDS = 1.0 / FEATURE_RATE_HZ
# The decoder moves the mouth as people on film do, not as animators key it.
PERSON = 0.0
# One minute at once; blocks overlap by what the decoder sees, so that joins are exact.
BLOCK_FRAMES = 3000
# Changes of phone cheaper than this make one-frame phones.
SWITCH_COST_NATS = 1.0
# Which of the phones that look alike is spoken is often in doubt, how it looks seldom: phones are chosen
# by the chance of their viseme, and by this much of their own (visemes of unseen speakers: +0.3 points).
OWN_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class LipTrack:
    """What the lips do over time.

    Attributes:
        time_seconds: (T,) frame i is at i * 0.02 s.
        values: (T, 52) ARKit channels in 0..1, before contacts are enforced.
        contacts: spans named as in CONTACTS, in the order of their starts.
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

    Raises:
        MienError: the model file is missing or not the registered one.
    """

    def __init__(self, models_folder: Path | None = None) -> None:
        self._session = open_session(model_path(models_folder, MODEL_NAME))
        meta = self._session.get_modelmeta().custom_metadata_map
        self.mouth_channels: tuple[str, ...] = tuple(json.loads(meta["mouth_channels"]))
        self.phone_names: tuple[str, ...] = tuple(json.loads(meta["phones"]))
        self.contact_names: tuple[str, ...] = tuple(json.loads(meta["contacts"]))
        self._reach = int(json.loads(meta["reach_frames"]))
        self._accents = accent_matrix(self.phone_names)

    def decode(
        self,
        features: Floats,
        *,
        articulation: float = 0.0,
        phones: tuple[Span, ...] | None = None,
    ) -> LipTrack:
        """Decode a whole clip: `curves`, and the `track` that they make.

        Args:
            features: (T, 384) of `SpeechEncoder.encode`.
            articulation: as of `curves`.
            phones: as of `track`.
        """
        return self.track(self.curves(features, articulation), phones=phones)

    def track(
        self,
        curves: tuple[Floats, Floats, Floats],
        *,
        phones: tuple[Span, ...] | None = None,
        unknown_seconds: tuple[tuple[float, float], ...] = (),
    ) -> LipTrack:
        """What the lips do by the network's curves.

        Args:
            curves: of `curves`.
            phones: ARPAbet spans that are known to be spoken, such as those of an aligned text;
                they stand in for the heard ones, and contacts follow them.
            unknown_seconds: (start, end) of stretches in which `phones` are but heard, so that
                their contacts are those that the sound shows.
        """
        mouth, heard, contacts = curves
        times = np.arange(len(mouth)) * FRAME_SECONDS
        if phones is None:
            path = best_path(by_viseme(heard, self.phone_names), SWITCH_COST_NATS)
            every = path_spans(path, heard, self.phone_names, FRAME_SECONDS)
            spans = heard_contacts(contacts, self.contact_names, FRAME_SECONDS)
        else:
            every = with_silences(phones, len(mouth) * FRAME_SECONDS)
            heard = span_curves(every, self.phone_names, times)
            spans = told_contacts(
                phones, contacts, self.contact_names, FRAME_SECONDS, unknown_seconds
            )
        return self._moved(mouth, heard, every, spans)

    def corrected(
        self,
        curves: tuple[Floats, Floats, Floats],
        base: LipTrack,
        phones: tuple[Span, ...],
        *,
        is_told: bool,
    ) -> LipTrack:
        """A track with phones put right by hand: it changes where they differ from its own.

        Args:
            curves: of `curves`.
            base: the track that was made of them.
            phones: all ARPAbet spans after the correction, in order.
            is_told: True where the base's phones are of a text.
        """
        mouth, heard, _ = curves
        times = np.arange(len(mouth)) * FRAME_SECONDS
        duration = len(mouth) * FRAME_SECONDS
        changed = changed_stretches(base.phones, phones)
        frames = np.zeros(len(mouth), np.bool_)
        for start, end in changed:
            frames[slice(*np.searchsorted(times, (start, end)))] = True
        every = with_silences(phones, duration)
        told = span_curves(every, self.phone_names, times)
        before = heard
        if is_told:
            before = span_curves(with_silences(base.phones, duration), self.phone_names, times)
        return self._moved(
            corrected_mouth(mouth, heard, told, frames, self.mouth_channels),
            np.where(frames[:, None], told, before),
            every,
            corrected_contacts(base.contacts, base.phones, phones, changed, self.contact_names),
        )

    def _moved(
        self, mouth: Floats, heard: Floats, every: Sequence[Span], contacts: tuple[Span, ...]
    ) -> LipTrack:
        """The track of a mouth (T, C) that speaks phones, as chances (T, 40) and as spans with silences."""
        times = np.arange(len(mouth)) * FRAME_SECONDS
        values = mouth @ spread_matrix(self.mouth_channels)
        values += smooth_over_time(heard) @ self._accents * (1.0 - values)
        silences = [s for s in every if s.label == SILENCE]
        values = rest_in_pauses(np.clip(values, 0.0, 1.0), times, silences)
        return LipTrack(
            time_seconds=times,
            values=values,
            contacts=contacts,
            phones=tuple(s for s in every if s.label != SILENCE),
        )

    def curves(
        self,
        features: Floats,
        articulation: float = 0.0,
        on_progress: Callable[[float], None] | None = None,
    ) -> tuple[Floats, Floats, Floats]:
        """The network's own curves: mouth (T, 16), phones (T, 40), contacts (T, 4).

        Args:
            features: (T, 384) of `SpeechEncoder.encode`.
            articulation: -1 mumbled, 0 natural, 1 clearly articulated.
            on_progress: called with 0..1 after every minute of sound; it may raise Cancelled.
        """
        style = np.array([[PERSON, np.clip(articulation, -1.0, 1.0)]], np.float32)
        blocks: list[list[Floats]] = []
        for start in range(0, len(features), BLOCK_FRAMES):
            first = max(start - self._reach, 0)
            stop = min(start + BLOCK_FRAMES, len(features))
            window = features[first : min(stop + self._reach, len(features))]
            outputs = self._session.run(None, {"features": window[None], "style": style})
            blocks.append([o[0, start - first : stop - first] for o in outputs])
            if on_progress is not None:
                on_progress(stop / len(features))
        mouth, phones, contacts = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
        return mouth, phones, contacts


def by_viseme(phones: Floats, names: tuple[str, ...]) -> Floats:
    """(T, L) chances of phones -> scores that follow their visemes first, their own chance second."""
    alike = np.array([[VISEME_OF[a] == VISEME_OF[b] for b in names] for a in names], np.float32)
    groups = np.maximum(phones @ alike, SMALLEST_PROBABILITY)
    own = np.maximum(phones, SMALLEST_PROBABILITY)
    return np.asarray(groups ** (1.0 - OWN_SHARE) * own**OWN_SHARE, np.float32)
