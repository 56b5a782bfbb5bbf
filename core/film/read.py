# SPDX-License-Identifier: Apache-2.0
"""Decode a film: upright pictures with their real times, and its sound on the same clock.

Times are the file's own (presentation times of each picture), so a variable frame rate, a phone's
29.97 or a camera's 50 all come out right; the sound is put where its own first time says, and what it
leaves out is silence. Time 0 is the first picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MienError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

SOUND_HZ = 16_000
# A file whose pictures end this much (and this share of it) before its own length was cut off.
CUT_SECONDS, CUT_SHARE = 0.5, 0.05
SHORTEST_SECONDS = 1.0
# More pixels do not help the tracker, which looks at faces of 256 of them.
LONGER_SIDE = 1280


@dataclass(frozen=True, eq=False)
class Picture:
    """One picture of a film.

    Attributes:
        time_seconds: since the first picture.
        pixels: (H, W, 3) uint8 RGB, upright, square, the longer side at most LONGER_SIDE.
    """

    time_seconds: float
    pixels: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sound:
    """The sound of a film: samples (N,) at SOUND_HZ from the first picture on; the file's own rate."""

    samples: Floats
    source_rate_hz: int


def read_pictures(path: Path) -> Iterator[Picture]:
    """The pictures of a film in order.

    Raises:
        MienError: ``film_unreadable``, ``film_no_picture``, ``film_cut``, ``film_short``.
    """
    av = _decoder()
    with _open(av, path) as container:
        stream = _picture_stream(container, path)
        stream.thread_type = "AUTO"
        told = _told_seconds(container, stream)
        first, last, step = None, -1.0, 0.0
        for frame in _frames(av, container, stream, path):
            if frame.time is None:
                continue
            first = frame.time if first is None else first
            time = frame.time - first
            if time <= last:
                # Some cameras write a picture twice under one time; the later one adds nothing.
                continue
            step, last = time - last, time
            yield Picture(time, upright(frame, float(stream.sample_aspect_ratio or 1.0)))
    if last + step < SHORTEST_SECONDS:
        raise MienError(
            "film_short",
            f"{path.name} holds {max(last + step, 0.0):.2f} s of pictures.",
            f"Give films of at least {SHORTEST_SECONDS:g} s.",
        )
    missing = told - (last + step)
    if missing > max(CUT_SECONDS, CUT_SHARE * told):
        raise MienError(
            "film_cut",
            f"{path.name} says it is {told:.1f} s long, but its pictures end after {last + step:.1f} s.",
            "Copy or export the file again; it was cut off.",
        )


def told_seconds(path: Path) -> float:
    """How long a film says it is; 0 where it does not say.

    Raises:
        MienError: ``film_missing``, ``film_unreadable``, ``film_no_picture``.
    """
    av = _decoder()
    with _open(av, path) as container:
        return _told_seconds(container, _picture_stream(container, path))


def read_sound(path: Path) -> Sound:
    """The sound of a film, mono.

    Raises:
        MienError: ``film_unreadable``, ``film_no_sound``.
    """
    av = _decoder()
    with _open(av, path) as container:
        if not container.streams.audio:
            raise MienError(
                "film_no_sound",
                f"{path.name} has no sound.",
                "Give films whose speech can be heard.",
            )
        pictures = container.streams.video[0] if container.streams.video else None
        begin = _begin_seconds(pictures)
        stream = container.streams.audio[0]
        source_rate = int(stream.rate)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SOUND_HZ)
        pieces: list[Floats] = []
        shift = 0.0
        for frame in _frames(av, container, stream, path):
            at = frame.time
            for part in resampler.resample(frame):
                if not pieces and at is not None:
                    shift = at - begin
                pieces.append(part.to_ndarray()[0])
        pieces += [part.to_ndarray()[0] for part in resampler.resample(None)]
    return Sound(_placed(pieces, shift), source_rate)


def upright(frame: Any, stretch: float = 1.0) -> NDArray[np.uint8]:
    """A decoded picture as RGB, turned as its file asks, and no larger than LONGER_SIDE.

    Args:
        frame: of PyAV.
        stretch: how much wider a pixel of the file is than high; those that come out are square.
    """
    wide = frame.width * stretch
    share = min(1.0, LONGER_SIDE / max(wide, frame.height))
    width, height = round(wide * share), round(frame.height * share)
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    # The file's rotation is counter-clockwise in degrees, as numpy turns.
    return np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90.0) % 4))


def _placed(pieces: list[Floats], begin_seconds: float) -> Floats:
    """Pieces end to end from their time on: what lies before 0 is cut, a late start is silence."""
    samples = np.concatenate([*pieces, np.zeros(0)]).astype(np.float32)
    shift = round(begin_seconds * SOUND_HZ)
    return samples[-shift:] if shift < 0 else np.pad(samples, (shift, 0))


def _decoder() -> Any:
    try:
        import av  # noqa: PLC0415 - sound files are read without it
    except ImportError as error:
        raise MienError(
            "film_packages",
            "The package that reads films (av) is not installed.",
            "Run: pip install '.[avatar]', or '.[films]' where only trainings read films.",
        ) from error
    return av


def _open(av: Any, path: Path) -> Any:
    if not path.is_file():
        raise MienError("film_missing", f"There is no film {path}.", "Check the path.")
    try:
        return av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise _unreadable(path, error) from error


def _picture_stream(container: Any, path: Path) -> Any:
    if not container.streams.video:
        raise MienError(
            "film_no_picture",
            f"{path.name} has no picture.",
            "Give a film, not a sound file.",
        )
    return container.streams.video[0]


def _frames(av: Any, container: Any, stream: Any, path: Path) -> Iterator[Any]:
    try:
        yield from container.decode(stream)
    except av.FFmpegError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> MienError:
    return MienError(
        "film_unreadable",
        f"{path.name} cannot be decoded ({error.__class__.__name__}).",
        "Copy or export the file again; it may be cut off or no film.",
    )


def _told_seconds(container: Any, stream: Any) -> float:
    """Length that the file claims; 0 where it claims none."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return float(container.duration or 0) / 1e6


def _begin_seconds(stream: Any) -> float:
    if stream is None or stream.start_time is None:
        return 0.0
    return float(stream.start_time * stream.time_base)
