# SPDX-License-Identifier: Apache-2.0
"""Performance and its parts: the one kind of data that travels, and its .npz file."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import MienError
from .face.arkit import ARKIT_NAMES, CHANNEL_NAMES
from .viseme_labels import VISEME_LABELS
from .whole_file import whole_file

Floats = npt.NDArray[np.float32]
Seconds = npt.NDArray[np.float64]

LANDMARK_COUNT = 68
VISEME_COUNT = len(VISEME_LABELS)
# A zip entry needs a date; a fixed one keeps equal performances equal byte for byte.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# Rounding of float32 arithmetic may leave a value this far outside 0..1.
_RANGE_TOLERANCE = 1e-5


@dataclass(frozen=True)
class Span:
    """A stretch of time with a name: a phone, a contact of the lips, a word.

    Attributes:
        label: phone or contact name, such as ``bilabial``.
        start_seconds: from the start of the requested audio range.
        end_seconds: not before `start_seconds`.
        confidence: 0..1.
    """

    label: str
    start_seconds: float
    end_seconds: float
    confidence: float = 1.0

    def __post_init__(self) -> None:
        if not self.start_seconds <= self.end_seconds:
            raise ValueError(f"span {self.label!r} ends before it starts")


def shifted(span: Span, seconds: float) -> Span:
    """The same span later."""
    return replace(
        span, start_seconds=span.start_seconds + seconds, end_seconds=span.end_seconds + seconds
    )


@dataclass(frozen=True, eq=False)
class Performance:
    """Curves of a face over time, with the layers that made them.

    Attributes:
        time_seconds: (T,) float64, uniform: i / fps from the start of the requested audio range.
        values: (T, 57) the mix to key; columns are CHANNEL_NAMES: 52 ARKit channels in 0..1, then
            head pitch, yaw, roll and gaze pitch, yaw in radians.
        lips: (T, 57) the lip decoder's track after its contacts.
        expression: (T, 57) the displacement that emotion, prosody, blinks, gaze and head add; it
            may be negative.
        landmarks_mix: (T, 68, 3) iBUG points of the canonical head under `values`, metres.
        landmarks_lips: (T, 68, 3) the same under `lips`.
        landmarks_expression: (T, 68, 3) the same under `expression`.
        phones: phones of the speech, in order of time; frames of a window come with those that meet them.
        contacts: contacts of the lips, in order of time.
        emotion_names: names of the columns of `emotion`.
        emotion: (T, E) weights of each emotion over time, 0..1.5.
        meta: what made it: fps, seed, direction, versions and sha256 of models; JSON data.
        words: words of the text that was given, in order of time; none without a text.
        visemes: (T, 15) weights 0..1 of core.motion.visemes.VISEME_NAMES; (0, 15) where the file is
            older than they are.
        mouths: (T,) drawn mouths A to H and X (`core.motion.mouths`); (0,) likewise.

    Raises:
        ValueError: when shapes disagree, a value is not finite or a channel leaves 0..1.
    """

    time_seconds: Seconds
    values: Floats
    lips: Floats
    expression: Floats
    landmarks_mix: Floats
    landmarks_lips: Floats
    landmarks_expression: Floats
    phones: tuple[Span, ...]
    contacts: tuple[Span, ...]
    emotion_names: tuple[str, ...]
    emotion: Floats
    meta: Mapping[str, Any]
    words: tuple[Span, ...] = ()
    visemes: Floats = field(default_factory=lambda: np.zeros((0, VISEME_COUNT), np.float32))
    mouths: npt.NDArray[np.str_] = field(default_factory=lambda: np.zeros(0, "<U1"))

    def __post_init__(self) -> None:
        frames = len(self.time_seconds)
        channels = len(CHANNEL_NAMES)
        shapes = {
            "time_seconds": (frames,),
            "values": (frames, channels),
            "lips": (frames, channels),
            "expression": (frames, channels),
            "landmarks_mix": (frames, LANDMARK_COUNT, 3),
            "landmarks_lips": (frames, LANDMARK_COUNT, 3),
            "landmarks_expression": (frames, LANDMARK_COUNT, 3),
            "emotion": (frames, len(self.emotion_names)),
            "visemes": (frames if len(self.visemes) else 0, VISEME_COUNT),
        }
        for name, shape in shapes.items():
            array = getattr(self, name)
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds values that are not finite")
        if self.mouths.shape != (len(self.visemes),):
            raise ValueError(
                f"mouths has shape {self.mouths.shape}, expected ({len(self.visemes)},)"
            )
        for name in ("values", "lips"):
            _check_range(name, getattr(self, name)[:, : len(ARKIT_NAMES)])
        _check_range("visemes", self.visemes)

    @property
    def frames(self) -> int:
        """Number of frames T."""
        return len(self.time_seconds)

    @property
    def fps(self) -> float:
        """Frames per second of the uniform grid."""
        return float(self.meta["fps"])

    @property
    def channel_names(self) -> tuple[str, ...]:
        """Names of the 57 columns of `values`, `lips` and `expression`."""
        return tuple(CHANNEL_NAMES)


def save_performance(performance: Performance, path: Path | str) -> None:
    """Write the .npz, whole or not at all.

    Raises:
        MienError: ``not_writable``, when the folder is missing, read-only or full.
    """
    with (
        whole_file(path, "The performance") as partial,
        zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive,
    ):
        for name, array in _arrays(performance).items():
            entry = zipfile.ZipInfo(f"{name}.npy", _ZIP_DATE)
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)  # type: ignore[no-untyped-call]


def load_performance(path: Path | str) -> Performance:
    """Read what `save_performance` wrote; never unpickles.

    Raises:
        MienError: ``performance_unreadable``, when the file is missing or no performance.
    """
    if not Path(path).exists():
        raise MienError(
            "performance_unreadable", f"There is no performance {path}.", "Check the path."
        )
    try:
        with np.load(Path(path), allow_pickle=False) as file:
            data = {name: file[name] for name in file.files}
        if tuple(data["channel_names"].tolist()) != tuple(CHANNEL_NAMES):
            raise ValueError("its channels are not the 57 of this version")
        return Performance(
            time_seconds=data["time_seconds"],
            values=data["values"],
            lips=data["lips"],
            expression=data["expression"],
            landmarks_mix=data["landmarks_mix"],
            landmarks_lips=data["landmarks_lips"],
            landmarks_expression=data["landmarks_expression"],
            phones=_spans(data, "phone"),
            contacts=_spans(data, "contact"),
            emotion_names=tuple(data["emotion_names"].tolist()),
            emotion=data["emotion"],
            meta=json.loads(str(data["meta_json"])),
            # Files of 0.1.0 have no words.
            words=_spans(data, "word") if "word_labels" in data else (),
            # Files before protocol 4 have no mouths.
            **{name: data[name] for name in ("visemes", "mouths") if name in data},
        )
    except (
        *(OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, OverflowError),
        # numpy reads what a header claims, and zipfile raises RuntimeError at an encrypted entry.
        *(MemoryError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error),
    ) as error:
        raise MienError(
            "performance_unreadable",
            f"{path} is not a performance that this version of Mien can read ({error}).",
            "Generate it again.",
        ) from error


def _check_range(name: str, channels: Floats) -> None:
    if not channels.size:
        return
    lowest, highest = float(channels.min()), float(channels.max())
    if lowest < -_RANGE_TOLERANCE or highest > 1.0 + _RANGE_TOLERANCE:
        raise ValueError(f"{name} leaves 0..1: {lowest:.4f} to {highest:.4f}")


def _arrays(performance: Performance) -> dict[str, npt.NDArray[Any]]:
    """The file's arrays in their documented order and types."""
    meta = json.dumps(dict(performance.meta), sort_keys=True, ensure_ascii=False)
    floats = ("values", "lips", "expression")
    landmarks = ("landmarks_mix", "landmarks_lips", "landmarks_expression")
    return {
        "time_seconds": performance.time_seconds.astype(np.float64, copy=False),
        "channel_names": _texts(performance.channel_names),
        **{
            name: getattr(performance, name).astype(np.float32, copy=False)
            for name in (*floats, *landmarks)
        },
        **_span_arrays("phone", performance.phones),
        **_span_arrays("contact", performance.contacts),
        **_span_arrays("word", performance.words),
        "emotion_names": _texts(performance.emotion_names),
        "emotion": performance.emotion.astype(np.float32, copy=False),
        "viseme_names": _texts(VISEME_LABELS),
        "visemes": performance.visemes.astype(np.float32, copy=False),
        "mouths": performance.mouths,
        "meta_json": np.array(meta),
    }


def _texts(names: tuple[str, ...]) -> npt.NDArray[np.str_]:
    """Text array; an empty one still says that it holds text."""
    return np.array(names, dtype=np.str_) if names else np.empty(0, dtype="<U1")


def _span_arrays(kind: str, spans: tuple[Span, ...]) -> dict[str, npt.NDArray[Any]]:
    times = [(span.start_seconds, span.end_seconds) for span in spans]
    return {
        f"{kind}_labels": _texts(tuple(span.label for span in spans)),
        f"{kind}_times_seconds": np.array(times, dtype=np.float64).reshape(-1, 2),
        f"{kind}_confidence": np.array([span.confidence for span in spans], dtype=np.float32),
    }


def _spans(data: Mapping[str, npt.NDArray[Any]], kind: str) -> tuple[Span, ...]:
    rows = zip(
        data[f"{kind}_labels"].tolist(),
        data[f"{kind}_times_seconds"].tolist(),
        data[f"{kind}_confidence"].tolist(),
        strict=True,
    )
    return tuple(Span(label, start, end, confidence) for label, (start, end), confidence in rows)
