# SPDX-License-Identifier: Apache-2.0
"""A sound file, or a range of it, as 16 kHz mono samples; read in blocks, so that size is no matter."""

from __future__ import annotations

import math
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from ..errors import MienError

SAMPLE_RATE_HZ = 16_000
MAX_DURATION_SECONDS = 30 * 60.0
LOWEST_RATE_HZ = 8_000
HIGHEST_RATE_HZ = 192_000
# Half a second of 5.1 sound at 192 kHz in float32 stays near 2 MB.
_BLOCK_SECONDS = 0.5
# 16-bit numbers stored as floats reach 32 768; what lies beyond twice that is damage, not sound.
_DAMAGED_ABOVE = 65_536.0
# What libsndfile gives for a FLAC whose header leaves its length open; it cannot be searched.
_UNKNOWN_FRAMES = 2**63 - 1

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Speech:
    """Sound that is ready for the encoder.

    Attributes:
        samples: (N,) float32 mono at SAMPLE_RATE_HZ, within -1..1, finite.
        duration_seconds: N / SAMPLE_RATE_HZ.
        source_rate_hz: rate of the file.
        source_channels: channels of the file; they were averaged.
        notes: what was mended on the way, in words for the animator.
    """

    samples: Samples
    duration_seconds: float
    source_rate_hz: int
    source_channels: int
    notes: tuple[str, ...]


def load_speech(
    path: Path | str,
    start_seconds: float = 0.0,
    duration_seconds: float | None = None,
    *,
    name: str | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Speech:
    """Read a range of any sound file that libsndfile knows (wav, flac, ogg, mp3, aiff, ...).

    Args:
        path: the file.
        start_seconds: where the range starts in the file.
        duration_seconds: length of the range; None or more than there is: to the end of the file.
        name: name of the strip, for messages; the file's name when left out.
        on_progress: called with 0..1 after each block; it may raise Cancelled.

    Raises:
        MienError: ``audio_missing``, ``audio_directory``, ``audio_permission``, ``audio_empty``,
            ``audio_container`` (mp4, m4a and other films), ``audio_unreadable``, ``audio_rate``,
            ``audio_too_long`` (over 30 minutes), ``audio_range``.
    """
    source = Path(path)
    label = f'"{name}" ({source})' if name else str(source)
    _check_file(source, label)
    try:
        with soundfile.SoundFile(source) as file:
            return _read_range(file, label, start_seconds, duration_seconds, on_progress)
    except (soundfile.SoundFileError, TypeError) as error:
        raise MienError(
            "audio_unreadable",
            f"The sound of {label} cannot be read: it is damaged or no sound at all ({error}).",
            "Play the file to check it; export it again as WAV.",
        ) from error


def _check_file(source: Path, label: str) -> None:
    """Name the plain causes before libsndfile reports each of them as an unknown format."""
    try:
        kind = source.stat().st_mode
        if stat.S_ISFIFO(kind) or stat.S_ISCHR(kind):
            # Opening a pipe waits for its writer, for ever if there is none.
            raise MienError(
                "audio_unreadable",
                f"{label} is a pipe or a device, not a file.",
                "Save the sound as a file first.",
            )
        with source.open("rb") as file:
            head = file.read(16)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MienError(
            "audio_missing",
            f"The sound file of {label} does not exist.",
            "Check the path; in Blender, File > External Data finds or packs missing files.",
        ) from error
    except OSError as error:
        if source.is_dir():
            raise MienError(
                "audio_directory",
                f"{label} is a folder, not a sound.",
                "Choose a sound file in it.",
            ) from error
        raise MienError(
            "audio_permission",
            f"The sound file of {label} may not be opened ({error.strerror}).",
            "Change its permissions, or copy it to a folder that is yours.",
        ) from error
    if not head:
        raise _empty(label)
    # ISO media (mp4, m4a, mov) says "ftyp" after four bytes; Matroska and WebM start with EBML's id.
    if head[4:8] == b"ftyp" or head[:4] == b"\x1a\x45\xdf\xa3":
        raise MienError(
            "audio_container",
            f"{label} is a film or AAC container, which is read only through Blender.",
            "Use it as a strip in Blender, where the add-on reads it, or convert its sound to WAV.",
        )


def _empty(label: str) -> MienError:
    return MienError(
        "audio_empty", f"{label} holds no sound.", "Choose a file or a range that holds speech."
    )


def _read_range(
    file: soundfile.SoundFile,
    label: str,
    start_seconds: float,
    duration_seconds: float | None,
    on_progress: Callable[[float], None] | None,
) -> Speech:
    first, count = _frame_range(file, label, start_seconds, duration_seconds)
    file.seek(first)
    cleaned: list[int] = []
    pieces = []
    done = 0
    for block in _resampled(_mono_blocks(file, count, cleaned), file.samplerate):
        pieces.append(block)
        done += len(block)
        if on_progress is not None:
            on_progress(min(1.0, done / SAMPLE_RATE_HZ * file.samplerate / count))
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.float32)
    if not len(samples):
        raise _empty(label)
    notes = [f"{sum(cleaned)} damaged samples (not a number) were silenced"] if any(cleaned) else []
    peak = float(max(samples.max(), -samples.min()))
    if peak > 1.0:
        samples /= np.float32(peak)
        notes.append(f"the sound was over full scale (peak {peak:.3g}) and was turned down")
    return Speech(
        samples, len(samples) / SAMPLE_RATE_HZ, file.samplerate, file.channels, tuple(notes)
    )


def _frame_range(
    file: soundfile.SoundFile, label: str, start_seconds: float, duration_seconds: float | None
) -> tuple[int, int]:
    """First frame and number of frames to read, after every check that the header allows."""
    rate = file.samplerate
    if not LOWEST_RATE_HZ <= rate <= HIGHEST_RATE_HZ:
        raise MienError(
            "audio_rate",
            f"The sound of {label} has {rate} samples a second; 8000 to 192000 can be read.",
            "Convert it to 48 kHz.",
        )
    if file.frames <= 0:
        raise _empty(label)
    if file.frames == _UNKNOWN_FRAMES:
        raise MienError(
            "audio_unreadable",
            f"The header of {label} does not say how long it is; a broken-off recording or a stream "
            "leaves such files.",
            "Open it in an audio editor and export it again as WAV.",
        )
    length = duration_seconds if duration_seconds is not None else math.inf
    if not math.isfinite(start_seconds) or start_seconds < 0.0 or not length > 0.0:
        raise MienError(
            "audio_range",
            f"The range of {label} starts at {start_seconds} s and lasts {duration_seconds} s.",
            "Start at 0 or later and take more than 0 seconds.",
        )
    if start_seconds * rate >= file.frames - 0.5:
        raise MienError(
            "audio_range",
            f"The range of {label} starts at {start_seconds:.7g} s, "
            f"but the sound ends at {file.frames / rate:.7g} s.",
            "Move the start of the strip back into the sound.",
        )
    first = round(start_seconds * rate)
    count = min(file.frames - first, max(1, round(min(length, 1e9) * rate)))
    if count > MAX_DURATION_SECONDS * rate:
        raise MienError(
            "audio_too_long",
            f"{label} lasts {count / rate / 60:.0f} minutes; one performance may last 30.",
            "Cut the strip into parts of 30 minutes or less.",
        )
    return first, count


def _mono_blocks(file: soundfile.SoundFile, count: int, cleaned: list[int]) -> Iterator[Samples]:
    """Blocks of the channels' mean; the number of silenced samples is added to `cleaned`."""
    left = count
    size = int(file.samplerate * _BLOCK_SECONDS)
    while left > 0:
        block = file.read(min(size, left), dtype="float32", always_2d=True)
        if not len(block):
            return
        left -= len(block)
        damaged = ~(np.abs(block) < _DAMAGED_ABOVE)  # written so that NaN counts as damaged
        if damaged.any():
            cleaned.append(int(damaged.sum()))
            block[damaged] = 0.0
        yield block.mean(axis=1, dtype=np.float32)


def _resampled(blocks: Iterator[Samples], rate_hz: int) -> Iterator[Samples]:
    if rate_hz == SAMPLE_RATE_HZ:
        yield from blocks
        return
    stream = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="float32")
    for block in blocks:
        yield stream.resample_chunk(block)
    yield stream.resample_chunk(np.zeros(0, np.float32), last=True)
