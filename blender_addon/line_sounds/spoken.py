# SPDX-License-Identifier: GPL-3.0-or-later
"""Between the worker and a strip: corrections into the request, what was spoken out of the result.

The worker counts seconds from the start of the range that it was asked for, the strip keeps seconds
of its sound file; both meet at scene frames, so a mixdown in between changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .. import compat
from ..problems import AnimatorError
from ..strips import StripMap
from . import clock, markers, stored
from .clock import Clock
from .corrections import Corrections
from .phones import PAUSE
from .spans import Span, ordered
from .stored import LineSounds

_KINDS = ("phone", "word", "contact")


@dataclass
class Errand:
    """One request about a strip and its result, for whoever asks for a performance.

    `corrections_of_request` goes into the request, `read` checks the result before anything is written,
    `keep` writes it on the strip at the end.

    Attributes:
        corrected: corrections that take the place of the strip's own once they are spoken, or None.
    """

    corrected: Corrections | None = None
    _scene_uid: int = 0
    _own: Corrections = field(default_factory=Corrections)
    _now: Clock | None = None
    _retiming: str = ""
    _read: tuple[tuple[Span, ...], ...] = ()
    _asked: Clock | None = None
    _range: tuple[float, float] = (0.0, 0.0)

    def corrections_of_request(self, strip: Any, heard: StripMap) -> dict[str, Any]:
        """What the request says of corrections: nothing where there are none in the heard frames.

        Raises:
            AnimatorError: they are corrections of another sound than the strip plays now.
        """
        scene = strip.id_data
        self._scene_uid = scene.session_uid
        stored_own = stored.corrections_of(strip.mien.sounds)
        self._own = stored_own if self.corrected is None else self.corrected
        if self._own:
            stored.check_sound(strip)
        self._now, self._retiming = clock.of_strip(scene, strip), clock.retiming(scene, strip)
        # The worker hears 0 at the first heard frame.
        self._asked = Clock(heard.first_frame, 0.0, heard.grid_fps)
        first, last = heard.first_frame, heard.first_frame + heard.frames
        self._range = (self._now.second_at(first), self._now.second_at(last))
        return _request(self._own.between(*self._range), self._now, self._asked)

    @property
    def corrected_seconds(self) -> list[list[float]]:
        """(start, end) of what is corrected, in seconds of the sound file."""
        return [[span.start, span.end] for span in (*self._own.phones, *self._own.words)]

    def read(self, result: Path, strip_name: str) -> None:
        """Take in what the performance file `result` speaks.

        Raises:
            AnimatorError: the file is damaged.
        """
        read = (_read(result, kind, strip_name) for kind in _KINDS)
        self._read = tuple(_carried(spans, self._asked, self._now) for spans in read)

    def keep(self, strip_name: str) -> None:
        """Write what was read on the strip, which may have been renamed or deleted by now.

        What is known of the sound outside of the heard frames stays known.
        """
        scene = next((s for s in bpy.data.scenes if s.session_uid == self._scene_uid), None)
        for strip in compat.all_strips(scene) if scene else ():
            if strip.name == strip_name and strip.type == "SOUND":
                self._keep(scene, strip)

    def _keep(self, scene: Any, strip: Any) -> None:
        line, (start, end) = strip.mien.sounds, self._range
        before = LineSounds() if stored.is_of_other_sound(strip) else stored.heard(line)
        kinds = [
            ordered([*(s for s in known if s.end <= start or s.start >= end), *new])
            for known, new in zip(
                (before.phones, before.words, before.contacts), self._read, strict=True
            )
        ]
        if self.corrected is not None:
            stored.keep_corrections(line, self._own, spoken=True)
        # What was corrected while the worker worked has not been spoken yet.
        line.pending = stored.corrections_of(line) != self._own
        stored.keep_heard(line, LineSounds(*kinds))
        stored.keep_place(line, strip, self._now, self._retiming)
        drawn = clock.when_drawn(scene, strip)
        if drawn is not None:
            markers.refresh(scene, strip, drawn, applied=self.corrected is not None)


def _request(own: Corrections, now: Clock, asked: Clock) -> dict[str, Any]:
    phones, words = _carried(own.phones, now, asked), _carried(own.words, now, asked)
    part: dict[str, Any] = {}
    if phones:
        part["phones"] = [_row(span) for span in phones if span.label != PAUSE]
        part["phone_stretches"] = [[span.start, span.end] for span in phones]
    if words:
        part["words"] = [_row(span) for span in words]
    return part


def _carried(spans: tuple[Span, ...], source: Clock, target: Clock) -> tuple[Span, ...]:
    """Spans from the seconds of one clock to those of another, by way of scene frames."""

    def carried(second: float) -> float:
        frame = source.frame + (second - source.second) * source.rate
        return target.second_at(frame)

    return tuple(Span(s.label, max(0.0, carried(s.start)), carried(s.end)) for s in spans)


def _row(span: Span) -> list[Any]:
    return [span.label, span.start, span.end]


def _read(result: Path, kind: str, strip_name: str) -> tuple[Span, ...]:
    try:
        with np.load(result, allow_pickle=False) as data:
            labels = [str(label) for label in data[f"{kind}_labels"]]
            times = np.asarray(data[f"{kind}_times_seconds"], np.float64).reshape(-1, 2)
    except (OSError, KeyError, ValueError) as error:
        raise AnimatorError(
            f"The sounds of strip '{strip_name}' cannot be read: {error}", "Generate again."
        ) from error
    return tuple(
        Span(label, float(start), float(end))
        for label, (start, end) in zip(labels, times, strict=True)
    )
