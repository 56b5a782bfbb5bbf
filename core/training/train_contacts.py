# SPDX-License-Identifier: Apache-2.0
"""Train the contact head alone, over a trunk that stays as it is, with speakers left out.

    python -m core.training.train_contacts WORK --run base

WORK/RUN.pt is a checkpoint of `train_lips` that never met Emo-DB (`--without` all its speakers).
Writes WORK/left_out/SPEAKER/lip_decoder.onnx for each Emo-DB speaker: a decoder that has heard
nothing of that speaker, for honest measuring. Each head takes some seconds, because the trunk runs
only once.
"""

from __future__ import annotations

import argparse
import copy
import itertools
from pathlib import Path

import numpy as np
import torch

from .batches import Batches, Shard, read_shards
from .export_lips import export_and_register
from .lip_network import LipNetwork
from .losses import contact_loss
from .train_lips import CONTACT_POSITIVE, trained

STEPS = 300
LEARNING_RATE = 3e-3


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--run", default="base")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    network = trained(args.work / f"{args.run}.pt")
    shards = [hidden_shard(network, s) for s in read_shards(args.work / "scenes", set())]
    speakers = sorted({s.source for s in shards if s.kind == "emodb"})
    for speaker in speakers:
        heard = [s for s in shards if s.source != speaker]
        own = copy.deepcopy(network)
        loss = train_head(own, heard)
        folder = args.work / "left_out" / speaker.removeprefix("emodb")
        folder.mkdir(parents=True, exist_ok=True)
        export_and_register(own, folder)
        print(f"without {speaker}: loss {loss:.4f}", flush=True)


@torch.no_grad()
def hidden_shard(network: LipNetwork, shard: Shard) -> Shard:
    """The shard with the trunk's output (T, width) float16 in place of its features."""
    arrays = dict(shard.arrays)
    start = arrays["start"]
    pieces = []
    for first, last in itertools.pairwise(start):
        features = torch.from_numpy(arrays["features"][first:last].astype(np.float32))[None]
        pieces.append(network.trunk(features)[0].T.numpy().astype(np.float16))
    arrays["features"] = np.concatenate(pieces)
    return Shard(shard.source, shard.kind, arrays)


def train_head(network: LipNetwork, shards: list[Shard]) -> float:
    """Train `network.contacts` on hidden shards; the mean loss of the last 50 steps."""
    torch.manual_seed(0)
    batches = Batches(shards, np.random.default_rng(0))
    head = network.contacts.train()
    optimiser = torch.optim.AdamW(head.parameters(), lr=LEARNING_RATE, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    losses = []
    for _ in range(STEPS):
        batch = batches.draw()
        logits = head(batch["features"].transpose(1, 2)).transpose(1, 2)
        weights = batch["contact_weights"] * batch["valid"][..., None]
        loss = contact_loss(logits, batch["contacts"], weights, CONTACT_POSITIVE)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    network.eval()
    return float(np.mean(losses[-50:]))


if __name__ == "__main__":
    main()
