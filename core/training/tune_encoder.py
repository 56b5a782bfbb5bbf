# SPDX-License-Identifier: Apache-2.0
"""Measure whether the encoder's last block should learn too, or stay as Whisper left it.

    python -m core.training.tune_encoder WORK tiny.en.pt --grid GRID --emodb EMODB \
        --facegood FACEGOOD --steps 700

Two lip networks are trained alike on plain scenes, from features of the encoder's second block: one
with the third block frozen, one with it learning at a twentieth of the rate. Printed are, for both,
Pearson r on GRID's dev clips and the share of speech frames with the right phone group on Emo-DB's
speakers 03 and 14, whom neither has heard. Nothing is written.
"""

from __future__ import annotations

import argparse
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..face.model import load_face_model
from ..motion.phones import PHONES, SILENCE, VISEMES
from ..speech.encoder import HIGHEST_LEVEL, WINDOW_FRAMES, level_shift
from ..speech.mel import log_mel_power, normalise
from .batches import Batches, Shard
from .export_encoder import CutEncoder, load_cut_encoder
from .lip_network import LipNetwork
from .losses import mouth_maps
from .prepare_lips import read_source
from .train_lips import LEARNING_RATE, LOSS_WEIGHTS, batch_losses, set_statistics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

KINDS = ("grid", "facegood", "synthetic", "emodb")
UNHEARD = ("emodb03", "emodb14")
MOST_CLIPS = 500
BLOCK_RATE_SHARE = 0.05


@dataclass(frozen=True, eq=False)
class Pair:
    """The encoder's third block and the lip network on top of it."""

    block: torch.nn.Module
    network: LipNetwork
    learns: bool

    def features(self, lower: torch.Tensor) -> torch.Tensor:
        """Features of the third block; its own gradient only where it learns."""
        with torch.set_grad_enabled(self.learns and torch.is_grad_enabled()):
            result: torch.Tensor = self.block(lower)
        return result


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--grid", type=Path, required=True)
    parser.add_argument("--emodb", type=Path, required=True)
    parser.add_argument("--facegood", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    encoder = load_cut_encoder(args.weights)
    shards = [s for k in KINDS for s in lower_shards(encoder, k, args)]
    heard = [s for s in shards if s.source not in {*UNHEARD, "grid_dev", "facegood_dev"}]
    for learns in (False, True):
        # A fresh encoder each time, since the block is changed.
        pair = train_pair(load_cut_encoder(args.weights), heard, args.steps, learns=learns)
        unheard = [s for s in shards if s.source in UNHEARD]
        dev = next(s for s in shards if s.source == "grid_dev")
        print(
            "last block",
            "learns:" if learns else "frozen:",
            follow(pair, dev),
            f"visemes of unheard speakers {visemes(pair, unheard):.3f}",
            flush=True,
        )


@torch.no_grad()
def lower_shards(encoder: CutEncoder, kind: str, args: argparse.Namespace) -> list[Shard]:
    """Plain scenes of one kind of source with the second block's features (T, 384) float16."""
    shards = []
    for source, clips in read_source(kind, args).items():
        with np.load(args.work / "scenes" / f"{source}_0.npz") as data:
            arrays = {k: data[k] for k in data.files}
        count = min(len(clips), MOST_CLIPS)
        end = int(arrays["start"][count])
        style = np.repeat(arrays.pop("style"), np.diff(arrays["start"])).astype(np.float32)
        arrays = {k: a[: count + 1] if k == "start" else a[:end] for k, a in arrays.items()}
        pieces = []
        for clip, frames in zip(clips, np.diff(arrays["start"]), strict=False):
            pieces.append(lower_features(encoder, clip.samples)[:frames])
        arrays["features"] = np.concatenate(pieces).astype(np.float16)
        if len(arrays["features"]) != end:
            raise ValueError(f"{source}_0.npz was made of other clips or longer ones")
        shards.append(Shard(source, kind, {**arrays, "style": style[:end]}))
    return shards


@torch.no_grad()
def lower_features(encoder: CutEncoder, samples: Floats) -> Floats:
    """(T, 384) of the encoder's second block; a clip is one window of at most 12 s."""
    log_power = log_mel_power(samples)
    log_power += np.float32(level_shift(log_power))
    log_power = np.minimum(log_power, np.float32(HIGHEST_LEVEL))
    mel = torch.from_numpy(normalise(log_power)[: 2 * WINDOW_FRAMES])[None]
    x = torch.nn.functional.gelu(encoder.conv1(mel.transpose(1, 2)))
    x = torch.nn.functional.gelu(encoder.conv2(x)).transpose(1, 2)
    x = x + encoder.positional_embedding[: x.shape[1]]
    for block in encoder.blocks[:-1]:
        x = block(x)
    lower: Floats = x[0].numpy()
    return lower


def train_pair(encoder: CutEncoder, shards: list[Shard], steps: int, *, learns: bool) -> Pair:
    """Train a lip network on the third block, with or without the block."""
    torch.manual_seed(0)
    pair = Pair(encoder.blocks[-1].train(learns), LipNetwork(), learns)
    with torch.no_grad():
        few = [
            Shard(s.source, s.kind, {**s.arrays, "features": upper_sample(pair, s)}) for s in shards
        ]
    set_statistics(pair.network, few)
    rates = [LEARNING_RATE, LEARNING_RATE * BLOCK_RATE_SHARE]
    parts: list[torch.nn.Module] = [pair.network, pair.block][: 2 if learns else 1]
    groups = [{"params": p.parameters(), "lr": r} for p, r in zip(parts, rates, strict=False)]
    optimiser = torch.optim.AdamW(groups, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, rates[: len(parts)], total_steps=steps, pct_start=0.1
    )
    batches, maps = Batches(shards, np.random.default_rng(0)), mouth_maps(load_face_model())
    pair.network.train()
    for _ in range(steps):
        batch = batches.draw()
        batch["features"] = pair.features(batch["features"])
        losses = batch_losses(pair.network, batch, maps)
        loss = torch.stack([LOSS_WEIGHTS[name] * losses[name] for name in LOSS_WEIGHTS]).sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(pair.network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
    pair.network.eval()
    return pair


def upper_sample(pair: Pair, shard: Shard) -> Floats:
    """The third block's features of a shard's first 20 s, repeated to its length, for statistics."""
    lower = torch.from_numpy(shard.arrays["features"][:1000].astype(np.float32))
    upper = pair.block(lower[None])[0].numpy()
    repeated: Floats = np.resize(upper, (len(shard.arrays["features"]), upper.shape[1]))
    return repeated


@torch.no_grad()
def outputs(pair: Pair, shard: Shard) -> tuple[Floats, Floats]:
    """Mouth (T, 16) and phone logits (T, 40) of all scenes of a shard."""
    mouth, phones = [], []
    start = shard.arrays["start"]
    for first, last in itertools.pairwise(start):
        lower = torch.from_numpy(shard.arrays["features"][first:last].astype(np.float32))[None]
        style = torch.tensor([[float(shard.arrays["style"][first]), 0.0]])
        got = pair.network(pair.features(lower), style)
        mouth.append(got[0][0].numpy())
        phones.append(got[1][0].numpy())
    return np.concatenate(mouth), np.concatenate(phones)


def follow(pair: Pair, shard: Shard) -> str:
    """Pearson r of opening, width and jaw."""
    measures = mouth_maps(load_face_model()).measures.numpy()
    got = np.clip(outputs(pair, shard)[0], 0.0, 1.0) @ measures
    wanted = shard.arrays["mouth"].astype(np.float32) @ measures
    names = ("opening", "width", "jaw")
    return ", ".join(
        f"{n} {np.corrcoef(got[:, i], wanted[:, i])[0, 1]:.3f}" for i, n in enumerate(names)
    )


def visemes(pair: Pair, shards: list[Shard]) -> float:
    """Share of labelled speech frames whose likeliest viseme is allowed."""
    groups = np.zeros((len(PHONES), len(VISEMES)), np.float32)
    for column, members in enumerate(VISEMES.values()):
        groups[[PHONES.index(p) for p in members], column] = 1.0
    hits = []
    for shard in shards:
        logits = torch.from_numpy(outputs(pair, shard)[1])
        best = (logits.softmax(dim=1).numpy() @ groups).argmax(axis=1)
        sets = shard.arrays["phone_sets"]
        speech = sets.any(axis=1) & ~sets[:, PHONES.index(SILENCE)]
        allowed = sets.astype(np.float32) @ groups > 0.0
        hits.append(allowed[np.arange(len(best)), best][speech])
    return float(np.concatenate(hits).mean())


if __name__ == "__main__":
    main()
