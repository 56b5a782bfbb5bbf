# SPDX-License-Identifier: Apache-2.0
"""Train the expression decoder by conditional flow matching and write it as ONNX.

    python -m core.training.train_expression WORK --steps 4000 --models models

WORK comes from `prepare_expression`. On the straight path x_t = (1 - t) x_0 + t x_1 from coloured noise
x_0 to motion x_1 the network learns the velocity x_1 - x_0 (Lipman et al. 2023, flow matching; Liu et
al. 2023, rectified flow). A checkpoint is kept in WORK/RUN.pt, and a broken run goes on from there; the
same seed and threads give the same weights. `--without grid` leaves sources out.
"""

from __future__ import annotations

import argparse
import copy
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .expression_export import export_and_register
from .expression_judge import judge
from .expression_lessons import EDGE_FRAMES, Lessons, Stream, read_streams
from .expression_network import ExpressionNetwork
from .register_model import DEFAULT_MODELS_FOLDER

LEARNING_RATE = 2e-3
BATCH = 24
FEATURE_NOISE, DEAF_SHARE = 0.2, 0.15
LARGEST_GRADIENT = 2.0
MEAN_STEPS = 200
SAVE_EVERY, TEACH_EVERY = 100, 400
SOURCES = ("grid", "emodb", "spoken")


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--run", default="expression")
    parser.add_argument("--without", default="")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS_FOLDER)
    parser.add_argument("--no-export", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    left_out = set(args.without.split(","))
    streams = [
        stream
        for name in SOURCES
        if name not in left_out
        for stream in read_streams(args.work / f"{name}.npz")
    ]
    network = train(streams, args.steps, args.work / f"{args.run}.pt")
    print(judge(network, read_streams(args.work / "grid_dev.npz")), flush=True)
    if not args.no_export:
        args.models.mkdir(parents=True, exist_ok=True)
        export_and_register(network, args.models)


def train(streams: list[Stream], steps: int, checkpoint: Path) -> ExpressionNetwork:
    """Train, or go on where the checkpoint stopped; gives the mean of the last weights."""
    torch.manual_seed(0)
    chance = np.random.default_rng(0)
    network = ExpressionNetwork()
    features = np.concatenate([s.features[::10] for s in streams])
    network.mean.copy_(torch.from_numpy(features.mean(axis=0)))
    network.scale.copy_(torch.from_numpy(1.0 / (features.std(axis=0) + 1e-3)))
    mean = copy.deepcopy(network).eval()
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps, pct_start=0.1
    )
    lessons = Lessons(streams, chance)
    first = resume(checkpoint, network, optimiser, schedule, mean, chance)
    lessons.teach_all(first // TEACH_EVERY)
    began, total = time.time(), 0.0
    for step in range(first, steps):
        if step % TEACH_EVERY == 0:
            lessons.teach_all(step // TEACH_EVERY)
        loss = flow_loss(network, lessons.draw(BATCH))
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimiser.step()
        schedule.step()
        follow(mean, network, step)
        total += loss.item()
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            seconds = time.time() - began
            mean_loss = total / (step % SAVE_EVERY + 1)
            print(f"step {step + 1} loss {mean_loss:.4f} {seconds:.0f} s", flush=True)
            total = 0.0
            save(checkpoint, step + 1, network, optimiser, schedule, mean, chance)
    return mean


def flow_loss(network: ExpressionNetwork, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean square of what the network misses of the velocity, away from the windows' edges."""
    count = len(batch["motion"])
    moment = (torch.arange(count) + torch.rand(count)) / count
    share = moment[:, None, None]
    state = (1.0 - share) * batch["noise"] + share * batch["motion"]
    features = batch["features"] + torch.randn_like(batch["features"]) * (
        FEATURE_NOISE / network.scale
    )
    # Now and then it hears nothing but the prosody, so that a strange voice does not lead it astray.
    deaf = torch.rand(count)[:, None, None] < DEAF_SHARE
    features = torch.where(deaf, network.mean, features)
    velocity = network(state, moment, batch["voice"], features, batch["activation"])
    miss = velocity - (batch["motion"] - batch["noise"])
    return miss[:, EDGE_FRAMES:-EDGE_FRAMES].square().mean()


@torch.no_grad()
def follow(mean: ExpressionNetwork, network: ExpressionNetwork, step: int) -> None:
    """Move the running mean of the weights on by one step; it forgets its start quickly."""
    share = max(1.0 / MEAN_STEPS, 9.0 / (step + 10.0))
    for kept, fresh in zip(mean.state_dict().values(), network.state_dict().values(), strict=True):
        kept.lerp_(fresh, share)


def save(path: Path, step: int, *parts: Any) -> None:
    """Write a checkpoint by renaming."""
    *torches, chance = parts
    states = [part.state_dict() for part in torches]
    fresh = path.with_suffix(".new")
    torch.save((step, states, chance.bit_generator.state, torch.get_rng_state()), fresh)
    fresh.replace(path)


def resume(path: Path, *parts: Any) -> int:
    """Load a checkpoint where there is one; the step to go on with."""
    if not path.exists():
        return 0
    *torches, chance = parts
    step, states, state, torch_state = torch.load(path, weights_only=False)
    for part, part_state in zip(torches, states, strict=True):
        part.load_state_dict(part_state)
    chance.bit_generator.state = state
    torch.set_rng_state(torch_state)
    return int(step)


if __name__ == "__main__":
    main()
