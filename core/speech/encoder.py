# SPDX-License-Identifier: Apache-2.0
"""Speech features: the cut Whisper encoder over overlapping windows, for audio of any length.

Frame i of the features is centred at i * 0.02 s exactly: Whisper's mel frame k is centred at
k * 0.01 s and its second convolution takes every other one.

Level: the encoder knows absolute loudness, the mouth does not. So the clip is shifted (in log
power, which is the same as a gain) until its loudest 50 ms stand at one fixed level; quiet passages
within a clip stay quieter, and silence is not lifted into speech (the lift has a limit).

Windows: 12 s each, 9 s apart, all normalised by the one clip-wide maximum. Where two overlap, the
outer half second of each, where the encoder has little context, is dropped, and the two seconds
between are cross-faded, so that no join shows (features drift by under 1 % of their scale a frame).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from ..model_files import model_path
from ..side_by_side import side_by_side
from .mel import log_mel_power, normalise

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

MODEL_NAME = "speech_encoder"
FEATURE_RATE_HZ = 50.0
FEATURE_SIZE = 384
WINDOW_FRAMES = 600
OVERLAP_FRAMES = 150
DROPPED_FRAMES = 25
HOP_FRAMES = WINDOW_FRAMES - OVERLAP_FRAMES
# log10 of mel power of the loudest 50 ms: the median of studio recordings at full scale.
STANDARD_LEVEL = 1.5
# A lift of 3.5 decades (35 dB) saves the quietest recordings met and leaves room noise below speech.
LARGEST_LIFT = 3.5
LEVEL_MEL_FRAMES = 5
# Level is taken above 130 Hz: wind and handling noise lie below and say nothing about the voice.
LEVEL_LOWEST_BAND = 3
# And what stands above the voice by more than its own peaks do (0.6 decades) is cut down to them.
HIGHEST_LEVEL = STANDARD_LEVEL + 0.6


class SpeechEncoder:
    """Features of speech for the lip decoder and the expression layer.

    Args:
        models_folder: folder with models.json; None for the default one.
        threads: how many windows are encoded side by side.

    Raises:
        MienError: the model file is missing or not the registered one.
    """

    def __init__(self, models_folder: Path | None = None, threads: int = 1) -> None:
        self._session = open_session(model_path(models_folder, MODEL_NAME))
        self._threads = threads

    def encode(
        self,
        samples: NDArray[np.float32],
        on_progress: Callable[[float], None] | None = None,
    ) -> NDArray[np.float32]:
        """Features of a clip of any length.

        Args:
            samples: (N,) mono at 16 kHz.
            on_progress: called with the fraction done after each window; may raise to stop.

        Returns:
            (T, 384) float32 at 50 Hz; T = ceil(mel frames / 2), frame i centred at i * 0.02 s.
        """
        log_power = log_mel_power(samples)
        log_power += np.float32(level_shift(log_power))
        np.minimum(log_power, np.float32(HIGHEST_LEVEL), out=log_power)
        loudest = float(log_power.max())
        frames = (len(log_power) + 1) // 2
        result = np.zeros((frames, FEATURE_SIZE), np.float32)
        starts = window_starts(frames)

        def encoded(start: int) -> NDArray[np.float32]:
            mel = normalise(log_power[2 * start : 2 * (start + WINDOW_FRAMES)], loudest)
            window: NDArray[np.float32] = self._session.run(None, {"mel": mel[None]})[0][0]
            return window

        with side_by_side(encoded, starts, self._threads) as windows:
            for number, (start, window) in enumerate(zip(starts, windows, strict=True)):
                stop = start + len(window)
                weights = window_weights(len(window), start == 0, stop == frames)
                result[start:stop] += weights[:, None] * window
                if on_progress is not None:
                    on_progress((number + 1) / len(starts))
        return result


def open_session(path: Path) -> onnxruntime.InferenceSession:
    """An ONNX session on the CPU that takes one thread a run and does not spin while it waits."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def level_shift(log_power: NDArray[np.float32]) -> float:
    """What to add to log10 power so that the loudest 50 ms of the clip stand at the standard level.

    Args:
        log_power: (mel frames, 80) from `log_mel_power`.
    """
    loud = log_power[:, LEVEL_LOWEST_BAND:].max(axis=1)
    width = min(LEVEL_MEL_FRAMES, len(loud))
    smooth = np.convolve(loud, np.full(width, 1.0 / width), mode="valid")
    return float(min(STANDARD_LEVEL - smooth.max(), LARGEST_LIFT))


def window_starts(frames: int) -> list[int]:
    """First feature frame of each window of a clip of `frames` features.

    A last window that would add no more than the overlap is not opened.
    """
    return list(range(0, max(frames - OVERLAP_FRAMES, 1), HOP_FRAMES))


def window_weights(frames: int, is_first: bool, is_last: bool) -> NDArray[np.float32]:
    """How much each frame of a window counts; weights of overlapping windows add up to one."""
    fade = OVERLAP_FRAMES - 2 * DROPPED_FRAMES
    ramp = (np.arange(fade, dtype=np.float32) + 0.5) / fade
    rise = np.concatenate([np.zeros(DROPPED_FRAMES, np.float32), ramp])
    weights = np.ones(frames, np.float32)
    if not is_first:
        weights[: len(rise)] = rise
    if not is_last:
        weights[frames - len(rise) :] = rise[::-1]
    return weights
