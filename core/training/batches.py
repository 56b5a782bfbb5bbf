# SPDX-License-Identifier: Apache-2.0
"""Random stretches of prepared scenes, with mouths that articulate more or less than they were filmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..motion.phones import BILABIAL, CONTACTS, PHONES, SILENCE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LENGTH_FRAMES = 200
BATCH = 12
# How often a batch draws from each kind of source, and how much its mouth counts: GRID's is filmed,
# FACEGOOD's made by animators, the others' lent by the teacher.
SHARES = {
    "grid": 0.32,
    "facegood": 0.09,
    "synthetic": 0.30,
    "foreign": 0.06,
    "emodb": 0.19,
    "silence": 0.04,
}
MOUTH_WEIGHTS = {
    "grid": 1.0,
    "facegood": 1.0,
    "synthetic": 0.5,
    "foreign": 0.3,
    "emodb": 0.3,
    "silence": 1.0,
}
LENT_KINDS = frozenset({"synthetic", "foreign", "emodb"})
# At articulation 1 a mouth moves this many times as far about its mean posture, at -1 as much less.
ARTICULATION_FACTOR = 1.6
NATURAL_SHARE = 0.5
# Closures and pauses keep their shape; their edges fade over five frames.
FADE_FRAMES = 5
# FACEGOOD has no phones; where all its channels together stay under this, the mouth rests.
RESTING = 0.02


@dataclass(frozen=True, eq=False)
class Shard:
    """Scenes of one file in memory; arrays as `prepare_lips.save_scenes` writes them."""

    source: str
    kind: str
    arrays: dict[str, NDArray[Any]]


def read_shards(folder: Path, without: set[str]) -> list[Shard]:
    """All files but dev's and the sources (or kinds of sources) left out."""
    shards = []
    for path in sorted(folder.glob("*.npz")):
        source = path.stem.rsplit("_", 1)[0]
        kind = "emodb" if source.startswith("emodb") else source
        if source.endswith("_dev") or {source, kind} & without:
            continue
        with np.load(path) as data:
            arrays = {k: data[k] for k in data.files}
        arrays["style"] = np.repeat(arrays["style"], np.diff(arrays["start"])).astype(np.float32)
        shards.append(Shard(source, kind, arrays))
    return shards


class Batches:
    """Random stretches of scenes, kind by kind as SHARES says, shards by their length."""

    def __init__(self, shards: list[Shard], generator: np.random.Generator) -> None:
        self._generator = generator
        kinds = {s.kind for s in shards}
        total = sum(SHARES[k] for k in kinds)
        self._shares = {k: SHARES[k] / total for k in sorted(kinds)}
        self._shards = {k: [s for s in shards if s.kind == k] for k in self._shares}
        # Where only people or only animators are seen, style must not matter.
        self._is_style_known = {"grid", "facegood"} <= kinds

    def draw(self) -> dict[str, torch.Tensor]:
        """One batch: `features`, `style` (B, 2), labels as in a shard, and `valid` (B, T)."""
        kinds = self._generator.choice(
            list(self._shares), size=BATCH, p=list(self._shares.values())
        )
        rows = [self._stretch(str(kind)) for kind in kinds]
        return {k: torch.from_numpy(np.stack([r[k] for r in rows])) for k in rows[0]}

    def _stretch(self, kind: str) -> dict[str, NDArray[Any]]:
        shards = self._shards[kind]
        sizes = np.array([s.arrays["start"][-1] for s in shards], float)
        arrays = shards[self._generator.choice(len(shards), p=sizes / sizes.sum())].arrays
        # A stretch starts in a scene drawn by length, and ends where the scene ends.
        place = int(self._generator.integers(arrays["start"][-1]))
        scene = int(np.searchsorted(arrays["start"], place, side="right")) - 1
        first, last = (int(v) for v in arrays["start"][scene : scene + 2])
        begin = max(first, min(place, last - LENGTH_FRAMES))
        count = min(LENGTH_FRAMES, last - begin)
        row: dict[str, NDArray[Any]] = {}
        for key, array in arrays.items():
            if key in ("start", "style"):
                continue
            kept = array[begin : begin + count]
            full = np.zeros((LENGTH_FRAMES, *kept.shape[1:]), bool if kept.dtype == bool else "f4")
            full[:count] = kept
            row[key] = full
        row["valid"] = (np.arange(LENGTH_FRAMES) < count).astype(np.float32)
        row["mouth_weights"] *= np.float32(MOUTH_WEIGHTS[kind])
        articulation = self._articulation()
        row["mouth"] = articulate(row, articulation)
        manner = arrays["style"][begin] if self._is_style_known else self._generator.integers(2)
        row["style"] = np.array([manner, articulation], np.float32)
        return row

    def _articulation(self) -> float:
        if self._generator.random() < NATURAL_SHARE:
            return 0.0
        return float(self._generator.uniform(-1.0, 1.0))


def articulate(row: dict[str, NDArray[Any]], articulation: float) -> Floats:
    """(T, 16) a stretch's mouth with its motion about its mean posture exaggerated or damped.

    Args:
        row: mouth (T, 16), phone_sets (T, 40), contacts (T, 4), contact_weights (T, 4), valid (T,).
        articulation: -1 .. 1; the factor is ARTICULATION_FACTOR to this power.

    Closures and pauses stay as they are: lips that mumble meet and rest like others.
    """
    mouth: Floats = row["mouth"]
    if articulation == 0.0:
        return mouth
    silent = row["phone_sets"][:, PHONES.index(SILENCE)]
    column = CONTACTS.index(BILABIAL)
    closed = (row["contacts"][:, column] > 0.5) & (row["contact_weights"][:, column] > 0.0)
    resting = silent | (mouth.sum(axis=1) < RESTING)
    spoken = (row["valid"] > 0.0) & ~resting
    if not spoken.any():
        return mouth
    kept = np.convolve(resting | closed, np.ones(FADE_FRAMES) / FADE_FRAMES, mode="same")[:, None]
    mean = mouth[spoken].mean(axis=0)
    moved = mean + ARTICULATION_FACTOR**articulation * (mouth - mean)
    return np.clip(kept * mouth + (1.0 - kept) * moved, 0.0, 1.0).astype(np.float32)
