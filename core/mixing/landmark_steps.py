# SPDX-License-Identifier: Apache-2.0
"""The five steps of the mixture over a stretch of frames, and the way back to channels."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from ..face.arkit import ARKIT_NAMES
from .landmark_displacement import by_part, displacement, gap_change, with_spoken_gap
from .local_embedding import pulled
from .one_euro import smooth_parts
from .refinement import open_closures, refine, triangles
from .solve_back import solve_back

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from ..curves import Floats, Seconds, Span
    from ..face.model import FaceModel
    from .local_embedding import Pull

    Doubles = NDArray[np.float64]

_FACE = len(ARKIT_NAMES)
_MOUTH = [column for column, name in enumerate(ARKIT_NAMES) if name.startswith("mouth")]
# Landmarks are mixed for this much time at once, to bound the memory of long takes; blocks overlap by what
# the filter remembers (its cut-off forgets to 1e-8 in 6 s).
BLOCK_SECONDS, MARGIN_SECONDS = 60.0, 6.0
# Where somebody waits for a few frames it forgets to 1e-4 of some millimetres.
NEAR_SECONDS = 3.0


@dataclass(frozen=True, eq=False)
class Layers:
    """What is mixed, at the same T frames.

    Attributes:
        time_seconds: (T,).
        shut: (T, 57) the lip track with its contacts.
        spoken: (T, 57) the lip track without them.
        felt: (T, 57) the same with the feeling accumulated.
        claim: (T,) 0..1 how much contacts claim the lips.
        presence: (T,) 0..1 whether somebody speaks.
    """

    time_seconds: Seconds
    shut: Floats
    spoken: Floats
    felt: Floats
    claim: Doubles
    presence: Doubles

    def part(self, frames: slice) -> Layers:
        """The same of some frames."""
        return Layers(**{each.name: getattr(self, each.name)[frames] for each in fields(self)})


def solve_steps(
    layers: Layers,
    contacts: Sequence[Span],
    face: FaceModel,
    pull: Pull | None = None,
    on_progress: Callable[[float], None] | None = None,
    *,
    own: slice | None = None,
) -> tuple[Floats, Floats]:
    """Channels (T, 57) that the steps lead to, and the residual (T,) in metres, block by block.

    The residual is the mean distance of the points that the steps ask for from those that the
    channels give. `on_progress` is called with 0..1 after each block; it may raise Cancelled. With
    `own` only these frames are solved, the others are left as they are felt.
    """
    time = layers.time_seconds
    solved, residual = layers.felt.copy(), np.zeros(len(time), np.float32)
    mouth_moves = not np.array_equal(layers.felt[:, _MOUTH], layers.spoken[:, _MOUTH])
    margin = MARGIN_SECONDS if own is None else NEAR_SECONDS
    wanted = time[own or slice(None)]
    first_time, last_time = float(wanted[0]), float(wanted[-1])
    for start in np.arange(first_time, last_time + 1e-9, BLOCK_SECONDS):
        edges = start, min(start + BLOCK_SECONDS, last_time + 1e-9)
        first, stop = np.searchsorted(time, edges)
        reach = edges[0] - margin, edges[1] + margin
        begin, end = np.searchsorted(time, reach)
        block = layers.part(slice(begin, end))
        prior = by_part(block.spoken, block.felt, face)
        asked = mixed_displacement(prior, block, contacts, face, pull)
        own = slice(first - begin, stop - begin)
        beyond = (asked - prior)[own]
        felt = layers.felt[first:stop]
        solved[first:stop, :_FACE] = solve_back(
            felt[:, :_FACE], beyond, face, mouth_moves=mouth_moves
        )
        missed = beyond - displacement(felt, solved[first:stop], face)
        residual[first:stop] = np.linalg.norm(missed, axis=2).mean(axis=1)
        if on_progress is not None:
            on_progress(stop / len(time))
    return solved, residual


def mixed_displacement(
    prior: Floats,
    layers: Layers,
    contacts: Sequence[Span],
    face: FaceModel,
    pull: Pull | None,
) -> Floats:
    """What the feeling does to the lips' landmarks after steps 2 to 5, from step 1's; (T, 68, 3)."""
    asked = prior
    if pull is not None:
        spoken = face.landmarks68(layers.spoken[:, :_FACE]) - face.pieces68.neutral
        asked = pulled(spoken + prior, pull) - spoken
    asked = refine(asked, layers.claim)
    asked = smooth_parts(asked, layers.time_seconds, layers.presence)
    gaps = face.lip_gaps(layers.shut[:, :_FACE])
    asked = with_spoken_gap(asked, gaps - face.lip_gap_neutral, layers.presence)
    left_open = open_closures(gaps + gap_change(asked), layers.time_seconds, contacts)
    return refine(asked, triangles(left_open, layers.time_seconds))
