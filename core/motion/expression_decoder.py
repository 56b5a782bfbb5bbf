# SPDX-License-Identifier: Apache-2.0
"""The expression decoder's network: it draws the motion of a take from noise, in a few steps.

A flow carries coloured noise to motion (Lipman et al. 2023, flow matching). The network gives the flow's
velocity; Heun's rule goes along it. Everything stands on the decoder's own frames, 25 a second.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..model_files import model_path
from ..speech.encoder import open_session
from .take_noise import take_noise

Floats = npt.NDArray[np.float32]

MODEL_NAME = "expression_decoder"
STEPS = 4
# One minute at once; blocks overlap by what the network sees, so that joins are exact.
BLOCK_FRAMES = 1500
# A part of a take is drawn with so many frames around it. Each of 8 velocities sees 64 frames further, but
# what comes from beyond the first 64 moves nothing by more than 3e-5.
SEEN_FRAMES = 64
# A take begins and ends in the middle of a life: so much silence is drawn around it.
LEAD_FRAMES = 128


class ExpressionDecoder:
    """Draws takes.

    Args:
        models_folder: folder with models.json; None for the default one.

    Raises:
        MienError: the model file is missing or not the registered one.
    """

    def __init__(self, models_folder: Path | str | None = None) -> None:
        self._session = open_session(model_path(models_folder, MODEL_NAME))
        meta = self._session.get_modelmeta().custom_metadata_map
        self.channel_names: tuple[str, ...] = tuple(json.loads(meta["channels"]))
        self._reach = int(json.loads(meta["reach_frames"]))
        self._stride = int(json.loads(meta["stride"]))

    def draw(
        self,
        voice: Floats,
        features: Floats,
        activation: Floats,
        seed: int,
        on_progress: Callable[[float], None] | None = None,
        *,
        part: tuple[int, int] | None = None,
    ) -> Floats:
        """The motion of a take (N, D), in the units of take_channels.json.

        Args:
            voice: (N, V) of `take_conditions.voice_conditions`.
            features: (N, 384) of `take_conditions.feature_conditions`.
            activation: (N, M) what is felt, each row of sum 0 or 1.
            seed: of the take; the noise depends on it alone, so that takes of one seed differ by what
                is felt, and a longer clip begins as a shorter one.
            on_progress: called with 0..1; it may raise Cancelled.
            part: (first, stop) of the frames that are wanted; they come out as of the whole take, to
                the rounding of float32. None: all.
        """
        frames = len(voice)
        tail = LEAD_FRAMES + -frames % self._stride
        around = ((LEAD_FRAMES, tail), (0, 0))
        told = {
            "voice": np.pad(voice, around),
            "features": np.pad(features, around, mode="edge"),
            "activation": np.pad(activation, around, mode="edge"),
        }
        first, stop = part or (0, frames)
        begin, end = self._seen(first, stop, frames + LEAD_FRAMES + tail) if part else (0, None)
        told = {name: values[begin:end] for name, values in told.items()}
        seen = begin + len(told["voice"])
        noise = take_noise(seed, seen, len(self.channel_names), begin)
        report = on_progress or (lambda _fraction: None)
        done = iter(range(1, 2 * STEPS + 1))

        def velocity(state: Floats, moment: float) -> Floats:
            answer = self._velocity(state, moment, told)
            report(next(done) / (2 * STEPS))
            return answer

        own = slice(LEAD_FRAMES + first - begin, LEAD_FRAMES + stop - begin)
        return follow_flow(velocity, noise, STEPS)[own]

    def _seen(self, first: int, stop: int, total: int) -> tuple[int, int]:
        """Frames of the padded take that frames of the take are drawn with, on the network's stride."""
        begin = max(first + LEAD_FRAMES - SEEN_FRAMES, 0) // self._stride * self._stride
        end = stop + LEAD_FRAMES + SEEN_FRAMES
        return begin, min(end + -end % self._stride, total)

    def _velocity(self, state: Floats, moment: float, told: dict[str, Floats]) -> Floats:
        """The velocity (T, D) at a moment 0..1 of the way, block by block."""
        total = len(state)
        answer = np.empty_like(state)
        for start in range(0, total, BLOCK_FRAMES):
            first = max(start - self._reach, 0)
            stop = min(start + BLOCK_FRAMES, total)
            window = slice(first, min(stop + self._reach, total))
            feed = {name: values[None, window] for name, values in told.items()}
            feed["state"] = state[None, window]
            feed["moment"] = np.array([moment], np.float32)
            block = self._session.run(["velocity"], feed)[0][0]
            answer[start:stop] = block[start - first : stop - first]
        return answer


def follow_flow(velocity: Callable[[Floats, float], Floats], noise: Floats, steps: int) -> Floats:
    """Go from noise at 0 to motion at 1 by Heun's rule, two velocities a step.

    Args:
        velocity: of a state (T, D) at a moment 0..1.
        noise: (T, D) where to start.
        steps: how many.
    """
    state, length = noise, 1.0 / steps
    for step in range(steps):
        here = velocity(state, step * length)
        there = velocity(state + np.float32(length) * here, (step + 1) * length)
        state = state + np.float32(0.5 * length) * (here + there)
    return state
