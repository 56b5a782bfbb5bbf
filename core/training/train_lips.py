# SPDX-License-Identifier: Apache-2.0
"""Train the lip decoder on prepared scenes and write it as ONNX.

    python -m core.training.train_lips WORK --steps 3000 --models models

WORK/scenes comes from `prepare_lips`. A checkpoint is kept in WORK/RUN.pt every 100 steps, and a
broken run goes on from there. `--without emodb03,emodb08` leaves sources out; `--no-export` only
trains. The same seed and threads give the same weights.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch

from ..face.model import load_face_model
from ..motion.lips import MODEL_NAME
from ..motion.mouth_channels import MOUTH_CHANNELS
from ..motion.phones import CONTACTS, PHONES
from .export_encoder import halve_weights
from .lip_network import REACH_FRAMES, LipNetwork
from .losses import contact_loss, landmark_map, mouth_loss, phone_loss
from .register_model import DEFAULT_MODELS_FOLDER, register

if TYPE_CHECKING:
    from numpy.typing import NDArray

LENGTH_FRAMES = 200
BATCH = 12
LEARNING_RATE = 2e-3
FEATURE_NOISE = 0.15
SAVE_EVERY = 100
# How often a batch draws from each kind of source, and how much its mouth counts: GRID's is filmed,
# the others' is lent by the teacher.
SHARES = {"grid": 0.33, "synthetic": 0.36, "emodb": 0.26, "silence": 0.05}
MOUTH_WEIGHTS = {"grid": 1.0, "synthetic": 0.5, "emodb": 0.3, "silence": 1.0}
CONTACT_POSITIVE = 2.0
GAIN_LIMITS = (1.0, 1.4)
PHONE_WEIGHT, CONTACT_WEIGHT, MOUTH_WEIGHT = 0.5, 2.0, 1.0


@dataclass(frozen=True, eq=False)
class Shard:
    """Scenes of one file in memory; arrays as `prepare_lips.save_scenes` writes them."""

    source: str
    kind: str
    arrays: dict[str, NDArray[Any]]


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--run", default="lips")
    parser.add_argument("--without", default="")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS_FOLDER)
    parser.add_argument("--no-export", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    shards = read_shards(args.work / "scenes", set(args.without.split(",")))
    network = train(shards, args.steps, args.work / f"{args.run}.pt")
    if not args.no_export:
        gains = spread_gains(network, args.work / "scenes" / "grid_dev_0.npz")
        print("gains", dict(zip(MOUTH_CHANNELS, gains.tolist(), strict=True)))
        export_and_register(network, args.models, gains)


def read_shards(folder: Path, without: set[str]) -> list[Shard]:
    """All files but dev's and the sources left out."""
    shards = []
    for path in sorted(folder.glob("*.npz")):
        source = path.stem.rsplit("_", 1)[0]
        if source == "grid_dev" or source in without:
            continue
        kind = "emodb" if source.startswith("emodb") else source
        with np.load(path) as data:
            shards.append(Shard(source, kind, {k: data[k] for k in data.files}))
    return shards


class Batches:
    """Random stretches of scenes, kind by kind as SHARES says, shards by their length."""

    def __init__(self, shards: list[Shard], generator: np.random.Generator) -> None:
        self._generator = generator
        kinds = {s.kind for s in shards}
        total = sum(SHARES[k] for k in kinds)
        self._shares = {k: SHARES[k] / total for k in sorted(kinds)}
        self._shards = {k: [s for s in shards if s.kind == k] for k in self._shares}

    def draw(self) -> dict[str, torch.Tensor]:
        """One batch: features, phone_sets, contacts, contact_weights, mouth, mouth_weights, valid."""
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
            if key == "start":
                continue
            kept = array[begin : begin + count]
            full = np.zeros((LENGTH_FRAMES, *kept.shape[1:]), bool if kept.dtype == bool else "f4")
            full[:count] = kept
            row[key] = full
        row["valid"] = (np.arange(LENGTH_FRAMES) < count).astype(np.float32)
        row["mouth_weights"] *= np.float32(MOUTH_WEIGHTS[kind])
        return row


def train(shards: list[Shard], steps: int, checkpoint: Path) -> LipNetwork:
    """Train, or go on where the checkpoint stopped."""
    torch.manual_seed(0)
    generator = np.random.default_rng(0)
    network = LipNetwork()
    set_statistics(network, shards)
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=steps, pct_start=0.1
    )
    first = resume(checkpoint, network, optimiser, schedule, generator)
    batches = Batches(shards, generator)
    landmarks = landmark_map(load_face_model())
    network.train()
    began, sums = time.time(), np.zeros(3)
    for step in range(first, steps):
        losses = batch_losses(network, batches.draw(), landmarks)
        weights = (MOUTH_WEIGHT, PHONE_WEIGHT, CONTACT_WEIGHT)
        loss = sum(w * x for w, x in zip(weights, losses, strict=True))
        assert isinstance(loss, torch.Tensor)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        schedule.step()
        sums += [x.item() for x in losses]
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            means = sums / ((step % SAVE_EVERY) + 1)
            print(
                f"{checkpoint.stem} step {step + 1} mouth {means[0]:.3f} phones {means[1]:.3f} "
                f"contacts {means[2]:.3f} {time.time() - began:.0f} s",
                flush=True,
            )
            sums[:] = 0
            save(checkpoint, step + 1, network, optimiser, schedule, generator)
    return network.eval()


def batch_losses(
    network: LipNetwork, batch: dict[str, torch.Tensor], landmarks: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Mouth, phone and contact losses of one batch."""
    noise = torch.randn_like(batch["features"]) * (FEATURE_NOISE / network.scale)
    mouth, phones, contacts = network(batch["features"] + noise)
    valid = batch["valid"]
    return (
        mouth_loss(mouth, batch["mouth"], batch["mouth_weights"] * valid[..., None], landmarks),
        phone_loss(phones, batch["phone_sets"], valid),
        contact_loss(
            contacts,
            batch["contacts"],
            batch["contact_weights"] * valid[..., None],
            CONTACT_POSITIVE,
        ),
    )


def set_statistics(network: LipNetwork, shards: list[Shard]) -> None:
    """Mean and scale of the features, from every 50th frame."""
    features = np.concatenate([s.arrays["features"][::50] for s in shards]).astype(np.float32)
    network.mean.copy_(torch.from_numpy(features.mean(axis=0)))
    network.scale.copy_(torch.from_numpy(1.0 / (features.std(axis=0) + 1e-3)))


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


@torch.no_grad()
def spread_gains(network: LipNetwork, filmed: Path) -> torch.Tensor:
    """(16,) how much wider film spreads each channel than the network does, within GAIN_LIMITS.

    A network that cannot know everything keeps near the mean; the mouth then mumbles. This gives
    the spread back, channel by channel, and leaves the timing as it is.
    """
    with np.load(filmed) as data:
        got = []
        for first, last in itertools.pairwise(data["start"]):
            features = torch.from_numpy(data["features"][first:last].astype(np.float32))[None]
            got.append(network(features)[0][0].clamp(0.0, 1.0))
        spread = torch.cat(got).std(dim=0)
        ratio = torch.from_numpy(data["mouth"].astype(np.float32)).std(dim=0) / (spread + 1e-3)
    return ratio.clamp(*GAIN_LIMITS)


class Exported(torch.nn.Module):
    """The network as inference wants it: probabilities instead of logits, values spread as filmed."""

    def __init__(self, network: LipNetwork, gains: torch.Tensor) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("gains", gains)

    def forward(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(1, T, 384) -> mouth 0..1 (1, T, 16), phones (1, T, 40), contacts (1, T, 3)."""
        mouth, phones, contacts = self.network(features)
        return (mouth * self.gains).clamp(0.0, 1.0), phones.softmax(-1), contacts.sigmoid()


def export_and_register(network: LipNetwork, models: Path, gains: torch.Tensor) -> None:
    """Write lip_decoder.onnx with its names in the metadata, and enter it into models.json."""
    path = models / f"{MODEL_NAME}.onnx"
    export(network, path, gains)
    entry = register(
        models,
        MODEL_NAME,
        path,
        licence="Apache-2.0",
        source="GRID s1 (CC BY 4.0), Emo-DB (CC0), speech of Kokoro-82M (Apache-2.0) and Piper joe (CC0)",
        made_by="core/training/train_lips.py",
        card=f"{MODEL_NAME}.md",
    )
    print(f"{path.name}: {entry.bytes / 1e6:.1f} MB")


def export(network: LipNetwork, path: Path, gains: torch.Tensor) -> None:
    """Write ONNX with float16 weights."""
    names = ["mouth", "phones", "contacts"]
    torch.onnx.export(
        Exported(network.eval(), gains),
        (torch.zeros(1, 100, network.mean.shape[0]),),
        str(path),
        input_names=["features"],
        output_names=names,
        dynamic_axes={n: {1: "frames"} for n in ["features", *names]},
        opset_version=17,
        dynamo=False,
    )
    model = halve_weights(onnx.load(str(path)))
    meta = {
        "mouth_channels": list(MOUTH_CHANNELS),
        "phones": list(PHONES),
        "contacts": list(CONTACTS),
        "reach_frames": REACH_FRAMES,
    }
    onnx.helper.set_model_props(model, {k: json.dumps(v) for k, v in meta.items()})
    onnx.save(model, str(path))


if __name__ == "__main__":
    main()
