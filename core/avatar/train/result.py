# SPDX-License-Identifier: Apache-2.0
"""Where a training keeps its things, and what it hands over in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import MienError
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


def make_folder(folder: Path) -> None:
    """Make the workplace.

    Raises:
        MienError: ``not_writable``.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MienError(
            "not_writable",
            f"The folder {folder} cannot be made ({error.strerror or error}).",
            "Choose a place where you may write and that has space left.",
        ) from error


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
