# SPDX-License-Identifier: Apache-2.0
"""A take: the motion that the expression decoder draws for what is felt, on the time base of `motion`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..kept import Kept
from ..speech.prosody import Prosody
from .phrasing import STEP_SECONDS, Phrasing
from .take_channels import RATE_HZ, take_channels
from .take_conditions import feature_conditions, take_frames, voice_conditions

if TYPE_CHECKING:
    from .expression_decoder import ExpressionDecoder

Floats = npt.NDArray[np.float64]

# Below this much of a feeling the take leans to neutral: a feeling of 0 has no kind.
_LEAST_FELT = 0.05
# A minute is drawn in parts of a few seconds while somebody waits.
PARTS_KEPT = 16
# Motions of feelings that differ by less are alike to the eye.
LIKE_DECIMALS = 4
_SUBSTEPS = round(1.0 / (RATE_HZ * STEP_SECONDS))


@dataclass(frozen=True, eq=False)
class Take:
    """Motion over time.

    Attributes:
        values: (F, D) columns as `take_channels`, in its units: ARKit values, degrees, logarithms.
    """

    values: Floats

    def __getitem__(self, name: str) -> Floats:
        """The curve (F,) of one column."""
        return np.asarray(self.values[:, take_channels().column(name)])


def draw_take(
    decoder: ExpressionDecoder,
    prosody: Prosody,
    phrasing: Phrasing,
    features: npt.NDArray[np.float32],
    activation: Floats,
    *,
    seed: int,
    on_progress: Callable[[float], None],
    kept: Kept | None = None,
    shown: slice | None = None,
    drawn: slice | None = None,
    ahead: bool = False,
) -> Take:
    """Draw what moves around the feelings' prototypes.

    The decoder draws from one noise m0, where nothing is felt, and m1, where the feeling is felt fully;
    with s = min(sum of the activation, 1) the take is (1 - s) m0 + s m1. So it changes smoothly and
    never turns round as the intensity rises, and without intensity it is the neutral one, byte for
    byte. The apexes' gains are m1's own: what they multiply carries the intensity.

    Args:
        decoder: the network.
        prosody: of the clip.
        phrasing: of the clip.
        features: (N, 384) of the speech encoder, 50 Hz.
        activation: (F, M) weight x intensity over time.
        seed: of the take.
        on_progress: called with 0..1; it may raise Cancelled.
        kept: what was drawn for this sound before.
        shown: steps of the time base that are returned; None: all.
        drawn: those of them that are drawn, the others hold its first and last values; None: all.
        ahead: draw all the same and keep it, for others that will ask for more of it.
    """
    kept = kept or Kept(0)
    frames = take_frames(float(phrasing.time_seconds[-1]))
    voice, heard = kept.once(
        "conditions",
        frames,
        lambda: (
            voice_conditions(prosody, phrasing, frames),
            feature_conditions(features, frames),
        ),
    )
    felt = activation[np.minimum(np.arange(frames) * _SUBSTEPS, len(activation) - 1)]
    total = felt.sum(axis=1, keepdims=True)
    share = np.minimum(total, 1.0)
    kind = (felt / np.maximum(total, _LEAST_FELT)).astype(np.float32)
    part = None if drawn is None else _frames_of(drawn, frames)
    first, stop = part or (0, frames)
    share = share[first:stop]
    motion = np.zeros((stop - first, len(take_channels().names)))
    runs = [name for name, any_of in (("rest", share < 1.0), ("felt", share > 0.0)) if any_of.any()]
    for number, run in enumerate(runs):

        def report(fraction: float, done: int = number) -> None:
            on_progress((done + fraction) / len(runs))

        told = kind if run == "felt" else np.zeros_like(kind)
        draw = partial(decoder.draw, voice, heard, told, seed, report)
        key, like = _key(seed, told), _key(seed, np.round(told, LIKE_DECIMALS))
        # A part need not be of the very same digits: whoever turns up the intensity of a blend gets others.
        whole = kept.find("take", key) if part is None else kept.find("take like", like)
        if whole is None and (part is None or ahead):
            whole = kept.once("take", key, draw)
            kept.keep("take like", like, whole)
        if whole is None:
            moved = kept.once("part", (*like, part), partial(draw, part=part), PARTS_KEPT)
        else:
            moved = whole[first:stop]
        weight = np.broadcast_to(share if run == "felt" else 1.0 - share, motion.shape).copy()
        gains = take_channels().column("gainBrows")
        weight[:, gains:] = 1.0 if run == "felt" else 0.0
        motion += weight * moved
    motion *= take_channels().units
    fine = _finer(motion)
    steps = np.arange(len(phrasing.time_seconds))[shown or slice(None)]
    return Take(fine[np.clip(steps - first * _SUBSTEPS, 0, len(fine) - 1)])


def _key(seed: int, told: npt.NDArray[np.float32]) -> tuple[int, bytes]:
    """What a drawn motion depends on, beside the sound."""
    return seed, blake2b(told.tobytes()).digest()


def _frames_of(steps: slice, frames: int) -> tuple[int, int]:
    """Frames that steps of the time base are read from, with the spline's knots around them."""
    first = max(steps.start // _SUBSTEPS - 1, 0)
    return first, min(-(-steps.stop // _SUBSTEPS) + 3, frames)


def _finer(motion: Floats) -> Floats:
    """Frames as knots of a cubic B-spline, read at every step of the time base; (N, D) -> (4 N, D).

    Second derivatives have no jumps, and what a flow leaves above 8 Hz is halved.
    """
    padded = np.pad(motion, ((1, 2), (0, 0)), mode="edge")
    fine = np.empty((len(motion) * _SUBSTEPS, motion.shape[1]))
    for phase in range(_SUBSTEPS):
        t = phase / _SUBSTEPS
        taps = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
        fine[phase::_SUBSTEPS] = sum(
            (tap / 6.0) * padded[place : place + len(motion)] for place, tap in enumerate(taps)
        )
    return fine
