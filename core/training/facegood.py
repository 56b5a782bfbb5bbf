# SPDX-License-Identifier: Apache-2.0
"""FACEGOOD's animated takes as mouth channels.

    python -m core.training.facegood FACEGOOD

FACEGOOD holds NAME.npz (controls (T, 116) at `fps`, control_names) and audio/NAME.flac: ten minutes
of one Mandarin voice, words and short phrases with pauses, whose lower face an animator keyed
(FACEGOOD-Audio2Face, MIT). data/facegood_channels.json says which control moves which channel, and
why. The animator closes the lips by shutting the jaw, and presses them together for some of the
bilabials; the others start from the closed rest and are not told apart from it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..face.model import FaceModel, load_face_model
from ..motion.mouth_channels import MOUTH_CHANNELS, spread_matrix
from ..motion.phones import BILABIAL
from ..runs import runs_of_true

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

TABLE_PATH = Path(__file__).parent / "data" / "facegood_channels.json"
RATE_HZ = 30.0
# Lips count as met up to this far over the head at rest.
MET_METRES = 0.0005
# Below this a roll or a press is the tail of a key, not a pair of lips held together.
LEAST_PRESSURE = 0.03


class Take(NamedTuple):
    """One take: its name, its sound, (T, 16) MOUTH_CHANNELS at 30 fps, and (16,) which are known."""

    name: str
    audio: Path
    values: Floats
    known: NDArray[np.bool_]


def main() -> None:
    """Command line of the module docstring: how far and how often these takes open and close."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("facegood", type=Path)
    face = load_face_model()
    for take in read_facegood(parser.parse_args().facegood):
        gap = lip_gap(take.values, face) * 1e3
        spread = np.quantile(gap, [0.05, 0.5, 0.9, 0.99]).round(1)
        closures = facegood_closures(take.values, face)
        held = np.median([end - start for _, start, end in closures])
        print(f"{take.name}: gap 5/50/90/99 % {spread} mm, {len(closures)} closures, {held:.2f} s")


def read_facegood(folder: Path) -> list[Take]:
    """All takes with controls, in the order of their names.

    Raises:
        ValueError: a take is not at 30 fps, or lacks a control that the table names.
    """
    table = json.loads(TABLE_PATH.read_text(encoding="utf-8"))
    known = np.array([name not in table["unknown"] for name in MOUTH_CHANNELS])
    takes = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as data:
            if float(data["fps"]) != RATE_HZ:
                raise ValueError(f"{path} is at {data['fps']} fps, not {RATE_HZ}")
            names = tuple(str(n) for n in data["control_names"])
            values = mouth_values(data["controls"].astype(np.float32), names)
        values = earlier(values, table["late_seconds"].get(path.stem, 0.0))
        takes.append(Take(path.stem, folder / "audio" / f"{path.stem}.flac", values, known))
    return takes


def mouth_values(controls: Floats, names: tuple[str, ...]) -> Floats:
    """(T, len(names)) controls -> (T, 16) MOUTH_CHANNELS in 0..1."""
    table = json.loads(TABLE_PATH.read_text(encoding="utf-8"))
    missing = [row["control"] for row in table["controls"] if row["control"] not in names]
    if missing:
        raise ValueError(f"no controls {missing}")
    weights = np.zeros((len(names), len(MOUTH_CHANNELS)), np.float32)
    for row in table["controls"]:
        for channel, weight in row["channels"].items():
            weights[names.index(row["control"]), MOUTH_CHANNELS.index(channel)] = weight
    return np.clip(controls @ weights, 0.0, 1.0)


def earlier(values: Floats, seconds: float) -> Floats:
    """The curves moved to the left, between frames along a line; the end is held."""
    if seconds == 0.0:
        return values
    frames = np.arange(len(values))
    wanted = frames + seconds * RATE_HZ
    moved = [np.interp(wanted, frames, column) for column in values.T]
    return np.stack(moved, axis=1).astype(np.float32)


def lip_gap(values: Floats, face: FaceModel) -> Floats:
    """(T,) mean parting of the lips of (T, 16) MOUTH_CHANNELS over the head at rest, metres."""
    gaps: Floats = (face.lip_gaps(values @ spread_matrix()) - face.lip_gap_neutral).mean(axis=1)
    return gaps


def facegood_closures(values: Floats, face: FaceModel) -> tuple[tuple[str, float, float], ...]:
    """Where the animator presses the lips together: (BILABIAL, start s, end s).

    That is where both lips are rolled in or pressed and meet within half a millimetre. Lips that
    only rest between words give no span, and neither does a lower lip that is rolled in alone. A
    frame stands for half a frame before and after it; the spans' ends then fall 10 ms (median)
    after the sound's steepest rise.

    Args:
        values: (T, 16) MOUTH_CHANNELS at 30 fps, of one take.
        face: the canonical head.
    """
    upper, press = (values[:, MOUTH_CHANNELS.index(n)] for n in ("mouthRollUpper", "mouthPress"))
    pressed = np.maximum(upper, press) >= LEAST_PRESSURE
    closed = pressed & (lip_gap(values, face) <= MET_METRES)
    return tuple(
        (BILABIAL, max((first - 0.5) / RATE_HZ, 0.0), (stop - 0.5) / RATE_HZ)
        for first, stop in runs_of_true(closed)
    )


if __name__ == "__main__":
    main()
