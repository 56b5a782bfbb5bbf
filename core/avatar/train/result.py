# SPDX-License-Identifier: Apache-2.0
"""Where a training keeps its things, and what it hands over in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..model import Avatar
from .learned import Learned, learned_drive, learned_gaussians

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from .training_set import TrainingSet

# Moments of the film that the file keeps.
MOST_MOMENTS = 2000


def workplace_of(out: Path) -> Path:
    """Where the training of a file keeps its pictures, checkpoint and previews."""
    return out.with_name(f"{out.stem}.training")


def as_avatar(
    data: TrainingSet,
    learned: Learned,
    *,
    landmarks: NDArray[np.float32],
    meta: Mapping[str, object],
) -> Avatar:
    """A training's state as what is saved and drawn.

    Args:
        data: what it was trained on.
        learned: the state.
        landmarks: (T, 68, 3) metres, displacements that the person made, a row a picture.
        meta: the rest of the papers.
    """
    kept = np.arange(0, len(data), -(-len(data) // MOST_MOMENTS))
    return Avatar(
        data.mesh,
        learned_gaussians(learned),
        learned_drive(learned),
        landmarks[kept].astype(np.float32),
        data.values[kept].astype(np.float32),
        {**meta, "looks": list(data.looks)},
    )
