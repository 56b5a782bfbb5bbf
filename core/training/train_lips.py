# SPDX-License-Identifier: Apache-2.0
"""Train the lip decoder on prepared scenes and write it as ONNX.

    python -m core.training.train_lips WORK --steps 8500 --models models

WORK/scenes comes from `prepare_lips`. A checkpoint is kept in WORK/RUN.pt every 100 steps, and a
broken run goes on from there. `--without emodb03,facegood` leaves sources or kinds of them out, and
`--models WORK/no_facegood` writes the decoder and its models.json into a folder of its own;
`--lender WORK/teacher_animator.pt` lets that teacher lend mouths to voices without film, so that
`--without grid` sees nothing of GRID. The same seed and threads give the same weights.
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..face.model import load_face_model
from .batches import LENT_KINDS, Batches, Shard, read_shards
from .export_lips import export_and_register
from .judge_lips import judge
from .lip_network import LipNetwork
from .losses import MouthMaps, contact_loss, mouth_loss, mouth_maps, parting_loss, phone_loss
from .register_model import DEFAULT_MODELS_FOLDER
from .teach_mouth import lend, read_teacher

LEARNING_RATE = 2e-3
FEATURE_NOISE = 0.15
SAVE_EVERY = 100
CONTACT_POSITIVE = 2.0
LARGEST_GRADIENT = 5.0
# Weights of the parts of the loss, in the order of `batch_losses`.
LOSS_WEIGHTS = {"mouth": 1.0, "parting": 0.3, "phones": 1.5, "contacts": 2.0}
# The decoder is the running mean of the weights over about this many steps.
MEAN_STEPS = 100


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, default=8500)
    parser.add_argument("--run", default="lips")
    parser.add_argument("--without", default="")
    parser.add_argument("--lender", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS_FOLDER)
    parser.add_argument("--no-export", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    shards = read_shards(args.work / "scenes", set(args.without.split(",")))
    if args.lender:
        teacher = read_teacher(args.lender)
        for shard in shards:
            if shard.kind in LENT_KINDS:
                lend(teacher, shard.arrays)
    network = train(shards, args.steps, args.work / f"{args.run}.pt")
    print(judge(network, args.work / "scenes"), flush=True)
    if not args.no_export:
        args.models.mkdir(parents=True, exist_ok=True)
        export_and_register(network, args.models)


def train(shards: list[Shard], steps: int, checkpoint: Path) -> LipNetwork:
    """Train, or go on where the checkpoint stopped; gives the mean of the last weights."""
    torch.manual_seed(0)
    generator = np.random.default_rng(0)
    network = LipNetwork()
    set_statistics(network, shards)
    mean = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps, pct_start=0.1
    )
    first = resume(checkpoint, network, optimiser, schedule, mean, generator)
    batches = Batches(shards, generator)
    maps = mouth_maps(load_face_model())
    network.train()
    began, sums = time.time(), np.zeros(len(LOSS_WEIGHTS))
    for step in range(first, steps):
        losses = batch_losses(network, batches.draw(), maps)
        loss = torch.stack([LOSS_WEIGHTS[name] * losses[name] for name in LOSS_WEIGHTS]).sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimiser.step()
        schedule.step()
        follow(mean, network, step)
        sums += [losses[name].item() for name in LOSS_WEIGHTS]
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            means = sums / ((step % SAVE_EVERY) + 1)
            words = " ".join(f"{n} {m:.3f}" for n, m in zip(LOSS_WEIGHTS, means, strict=True))
            seconds = time.time() - began
            print(f"{checkpoint.stem} step {step + 1} {words} {seconds:.0f} s", flush=True)
            sums[:] = 0
            save(checkpoint, step + 1, network, optimiser, schedule, mean, generator)
    return mean


def batch_losses(
    network: LipNetwork, batch: dict[str, torch.Tensor], maps: MouthMaps
) -> dict[str, torch.Tensor]:
    """The losses of one batch, by the names of LOSS_WEIGHTS; the network runs in bfloat16."""
    noise = torch.randn_like(batch["features"]) * (FEATURE_NOISE / network.scale)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = network(batch["features"] + noise, batch["style"])
    mouth, phones, contacts = (x.float() for x in outputs)
    valid = batch["valid"]
    certain = batch["contact_weights"] * valid[..., None]
    # Bilabial is the first contact.
    closed = (batch["contacts"][..., 0] > 0.5) * certain[..., 0]
    return {
        "mouth": mouth_loss(mouth, batch["mouth"], batch["mouth_weights"] * valid[..., None], maps),
        "parting": parting_loss(mouth, closed, maps),
        "phones": phone_loss(phones, batch["phone_sets"], valid),
        "contacts": contact_loss(contacts, batch["contacts"], certain, CONTACT_POSITIVE),
    }


def set_statistics(network: LipNetwork, shards: list[Shard]) -> None:
    """Mean and scale of the features, and the mean mouth as where training begins."""
    features = np.concatenate([s.arrays["features"][::50] for s in shards]).astype(np.float32)
    network.mean.copy_(torch.from_numpy(features.mean(axis=0)))
    network.scale.copy_(torch.from_numpy(1.0 / (features.std(axis=0) + 1e-3)))
    known = [s.arrays for s in shards if s.kind in ("grid", "facegood")]
    mouth = np.concatenate([a["mouth"][::20] for a in known]).astype(np.float32)
    with torch.no_grad():
        network.mouth.give.bias.copy_(torch.from_numpy(mouth.mean(axis=0)))


@torch.no_grad()
def follow(mean: LipNetwork, network: LipNetwork, step: int) -> None:
    """Move the running mean of the weights on by one step; it forgets its start quickly."""
    share = max(1.0 / MEAN_STEPS, 9.0 / (step + 10.0))
    for kept, fresh in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        if kept.dtype.is_floating_point:
            kept.lerp_(fresh, share)


def save(path: Path, step: int, *parts: Any) -> None:
    """Write a checkpoint by renaming."""
    *torches, generator = parts
    states = [p.state_dict() for p in torches]
    fresh = path.with_suffix(".new")
    torch.save((step, states, generator.bit_generator.state, torch.get_rng_state()), fresh)
    fresh.replace(path)


def resume(path: Path, *parts: Any) -> int:
    """Load a checkpoint where there is one; the step to go on with."""
    if not path.exists():
        return 0
    *torches, generator = parts
    step, states, state, torch_state = torch.load(path, weights_only=False)
    for part, part_state in zip(torches, states, strict=True):
        part.load_state_dict(part_state)
    generator.bit_generator.state = state
    torch.set_rng_state(torch_state)
    return int(step)


def trained(path: Path) -> LipNetwork:
    """The network of a finished run's checkpoint."""
    network = LipNetwork()
    network.load_state_dict(torch.load(path, weights_only=False)[1][-1])
    return network.eval()


if __name__ == "__main__":
    main()
