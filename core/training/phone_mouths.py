# SPDX-License-Identifier: Apache-2.0
"""Make core/motion/phone_mouths.json: the lip decoder's usual mouth for each phone.

    python -m core.training.phone_mouths SOUND [SOUND ...]

Corrected phones need a mouth where the sound speaks of none (`core.motion.corrected_lips`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..loaded import load_models
from ..motion.corrected_lips import MOUTHS_PATH
from ..motion.phones import PHONES, VISEMES
from ..speech.audio import load_speech

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..loaded import Models

# Seconds of a phone below which its own mean is mixed with that of its viseme.
TRUSTED_SECONDS = 0.3
FRAME_SECONDS = 0.02
# Chances count by this power: a frame in doubt says little of either phone.
POWER = 2.0


def phone_mouths(sounds: Iterable[Path], models: Models) -> dict[str, Any]:
    """Means of the decoder's mouth channels by phone, weighted by the phones' chances.

    Args:
        sounds: recordings of speech, read naturally.
        models: encoder and lip decoder are used.
    """
    decoder = models.lip_decoder
    channels = decoder.mouth_channels
    totals = np.zeros((len(PHONES), len(channels)))
    weights = np.zeros(len(PHONES))
    names = []
    for path in sounds:
        names.append(path.name)
        speech = load_speech(path)
        features = models.encoder.encode(speech.samples, lambda _done: None)
        mouth, phones, _ = decoder.curves(features)
        sure = phones.astype(np.float64) ** POWER
        totals += sure.T @ mouth
        weights += sure.sum(axis=0)
    means = _leaning_on_visemes(totals, weights)
    return {
        "comment": "Mean of the lip decoder's mouth channels (0..1) while each phone is heard, articulation 1; "
        f"by core.training.phone_mouths from {', '.join(names)}.",
        "mouths": {
            phone: dict(zip(channels, np.round(row, 4).tolist(), strict=True))
            for phone, row in zip(PHONES, means, strict=True)
        },
    }


def _leaning_on_visemes(
    totals: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Means by phone (P, C); rare phones lean on those that look alike."""
    means = np.empty_like(totals)
    trusted = TRUSTED_SECONDS / FRAME_SECONDS
    for members in VISEMES.values():
        rows = [PHONES.index(phone) for phone in members]
        shared = totals[rows].sum(axis=0) / max(weights[rows].sum(), 1e-9)
        for row in rows:
            means[row] = (totals[row] + trusted * shared) / (weights[row] + trusted)
    return means


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sounds", nargs="+", type=Path)
    table = phone_mouths(parser.parse_args().sounds, load_models())
    MOUTHS_PATH.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
