# SPDX-License-Identifier: Apache-2.0
"""Teach the decoders, the same way all of them; finished ones are kept and found by their settings."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from benchmarks.dual_decoder_data import Lessons
from benchmarks.dual_decoder_feelings import FACE
from benchmarks.dual_decoder_networks import Decoder, width_for
from core.face.arkit import ARKIT_NAMES
from core.motion.phones import CONTACTS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.face.model import FaceModel

    Floats = NDArray[np.float32]

# Encoder features are reduced to so many components, which keep 0.9 of their variance.
FEATURES = 64
LEARNING_RATE = 2e-3
BATCH, LENGTH = 16, 50
MEAN_STEPS = 100
FEATURE_NOISE = 0.15
# A channel, or an angle in radians, that hardly moves in the lessons is not blown up.
LEAST_SPREAD, LEAST_ANGLE = 0.02, 0.002
POINT_WEIGHT, SPEED_WEIGHT, CONTACT_WEIGHT = 3.0, 2.0, 0.3
MILLIMETRES = 1e3
IS_MOUTH = np.array([name.startswith(("jaw", "mouth")) for name in ARKIT_NAMES], np.float32)
WHOLE, LIPS, EXPRESSION = "whole face", "lips", "expression"


@dataclass(frozen=True)
class Plan:
    """One decoder to be taught.

    Attributes:
        task: WHOLE (the mixed face from voice and feeling), LIPS (the mouth from the voice) or
            EXPRESSION (the displacement from voice and feeling).
        is_generative: flow matching, or a plain answer.
        budget: parameters at most.
        seed: of weights and batches.
        steps: of training.
        data: fingerprint of the lessons.
    """

    task: str
    is_generative: bool
    budget: int
    seed: int
    steps: int
    data: str

    @property
    def key(self) -> str:
        """Name of its file."""
        text = json.dumps(asdict(self), sort_keys=True)
        kind = "flow" if self.is_generative else "plain"
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        return f"{self.task.replace(' ', '_')}_{kind}_{self.seed}_{digest}"


@dataclass(frozen=True, eq=False)
class Scales:
    """How raw numbers become a network's: features (768,) to components, outputs to mean 0, spread 1."""

    feature_mean: Floats
    components: Floats
    columns: NDArray[np.int64]
    mean: Floats
    spread: Floats


@dataclass(frozen=True, eq=False)
class Taught:
    """A finished decoder."""

    plan: Plan
    network: Decoder
    scales: Scales


def targets(lessons: Lessons, task: str) -> Floats:
    """What the task should give: (V, N, 57), or (1, N, 52) for the lips.

    The lips are those of the face without a feeling, so that one decoder and two are taught the same
    closures: film leaves lips apart by up to a millimetre where they met.
    """
    if task == LIPS:
        return lessons.face[:1, :, :FACE] * IS_MOUTH
    return lessons.face if task == WHOLE else lessons.expression


def condition(
    features: NDArray[np.float16],
    prosody: Floats,
    activation: NDArray[np.float64] | None,
    scales: Scales,
) -> Floats:
    """(T, C) of (T, 2, 384) features, (T, 4) prosody and, unless None, (8,) activation."""
    flat = features.astype(np.float32) - scales.feature_mean
    heard = (flat.reshape(-1, flat.shape[-1]) @ scales.components).reshape(len(features), -1)
    return with_activation(np.concatenate([heard, prosody], axis=1), activation)


def with_activation(heard: Floats, activation: NDArray[np.float64] | None) -> Floats:
    """The condition (T, C) with what is asked (8,) in every row; None: as it is."""
    if activation is None:
        return heard
    asked = np.broadcast_to(activation.astype(np.float32), (len(heard), len(activation)))
    return np.concatenate([heard, asked], axis=1)


def teach(plan: Plan, lessons: Lessons, scales: Scales, face: FaceModel, folder: Path) -> Taught:
    """The decoder of a plan, from the folder if it was taught before."""
    conditions = 2 * FEATURES + lessons.prosody.shape[1]
    conditions += 0 if plan.task == LIPS else lessons.activation.shape[2]
    contacts = 0 if plan.task == EXPRESSION else len(CONTACTS)
    torch.manual_seed(plan.seed)
    width = width_for(
        plan.budget,
        conditions,
        len(scales.columns),
        contacts=contacts,
        is_generative=plan.is_generative,
    )
    torch.manual_seed(plan.seed)
    network = Decoder(
        conditions,
        len(scales.columns),
        width,
        contacts=contacts,
        is_generative=plan.is_generative,
    )
    path = folder / f"{plan.key}.pt"
    if path.exists():
        network.load_state_dict(torch.load(path, weights_only=True))
        return Taught(plan, network.eval(), scales)
    mean = _train(plan, network, lessons, scales, face)
    fresh = path.with_suffix(".new")
    torch.save(mean.state_dict(), fresh)
    fresh.replace(path)
    return Taught(plan, mean.eval(), scales)


def find_scales(lessons: Lessons, task: str) -> Scales:
    """Components of the features and spread of the outputs over all lessons of a set."""
    frames = lessons.features[::29].reshape(-1, lessons.features.shape[-1]).astype(np.float32)
    centre = frames.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(frames - centre, rowvar=False))
    chosen = np.argsort(values)[::-1][:FEATURES]
    components = vectors[:, chosen] / np.sqrt(values[chosen])
    wanted = targets(lessons, task)
    flat = wanted[:, ::5].reshape(-1, wanted.shape[-1])
    spread = flat.std(axis=0)
    columns = np.flatnonzero(spread > 1e-4)
    least = np.where(columns < FACE, LEAST_SPREAD, LEAST_ANGLE).astype(np.float32)
    return Scales(
        centre,
        components.astype(np.float32),
        columns,
        flat.mean(axis=0)[columns],
        np.maximum(spread[columns], least),
    )


def _train(
    plan: Plan, network: Decoder, lessons: Lessons, scales: Scales, face: FaceModel
) -> Decoder:
    generator = np.random.default_rng(plan.seed)
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LEARNING_RATE, total_steps=plan.steps, pct_start=0.1
    )
    points = _point_map(face, scales)
    mean = copy.deepcopy(network)
    heard = condition(lessons.features, lessons.prosody, None, scales)
    wanted = targets(lessons, plan.task)
    began, total = time.process_time(), 0.0
    network.train()
    for step in range(plan.steps):
        loss = _loss(network, _batch(lessons, heard, wanted, scales, generator), points)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        schedule.step()
        share = max(1.0 / MEAN_STEPS, 9.0 / (step + 10.0))
        with torch.no_grad():
            for kept, own in zip(mean.parameters(), network.parameters(), strict=True):
                kept.lerp_(own, share)
        total += loss.item()
        if (step + 1) % 250 == 0:
            seconds = time.process_time() - began
            print(f"{plan.key} step {step + 1} loss {total / 250:.3f} {seconds:.0f} s", flush=True)
            total = 0.0
    return mean


def _point_map(face: FaceModel, scales: Scales) -> torch.Tensor:
    """(outputs, 204) millimetres that a standardised output moves the 68 points by."""
    moves = np.zeros((len(ARKIT_NAMES) + 5, 204), np.float32)
    moves[:FACE] = face.pieces68.per_channel.reshape(FACE, -1) * MILLIMETRES
    return torch.from_numpy(moves[scales.columns] * scales.spread[:, None])


def _batch(
    lessons: Lessons, heard: Floats, wanted: Floats, scales: Scales, generator: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Condition (B, T, C), standardised outputs (B, T, O) and contacts (B, T, 4).

    A feeling is asked for only where there is one to be shown: the lips' one version has none.
    """
    lengths = np.diff(lessons.start)
    whole = np.flatnonzero(lengths >= LENGTH)
    rows: list[tuple[Floats, Floats, Floats]] = []
    for number in generator.choice(whole, BATCH, p=lengths[whole] / lengths[whole].sum()):
        version = int(generator.integers(len(wanted)))
        first = int(lessons.start[number] + generator.integers(lengths[number] - LENGTH + 1))
        cut = slice(first, first + LENGTH)
        asked = lessons.activation[number, version] if len(wanted) > 1 else None
        told = with_activation(heard[cut], asked)
        values = (wanted[version, cut][:, scales.columns] - scales.mean) / scales.spread
        rows.append((told, values, lessons.contacts[cut]))
    told, values, contacts = (
        torch.from_numpy(np.stack(parts).astype(np.float32)) for parts in zip(*rows, strict=True)
    )
    told[..., : 2 * FEATURES] += FEATURE_NOISE * torch.randn(told[..., : 2 * FEATURES].shape)
    return told, values, contacts


def _loss(
    network: Decoder,
    batch: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
    points: torch.Tensor,
) -> torch.Tensor:
    heard, wanted, contacts = batch
    with torch.autocast("cpu", torch.bfloat16):
        hidden, logits = network.hear(heard)
    if network.is_generative:
        time = torch.rand(len(wanted))
        noise = torch.randn_like(wanted)
        mixed = torch.lerp(noise, wanted, time[:, None, None])
        with torch.autocast("cpu", torch.bfloat16):
            velocity = network.velocity(hidden, mixed, time)
        off = velocity.float() - (wanted - noise)
        # Where the velocity says its path ends is judged like a deterministic answer.
        end_off = off * (1.0 - time[:, None, None])
    else:
        with torch.autocast("cpu", torch.bfloat16):
            answer = network.answer(hidden)
        off = end_off = answer.float() - wanted
    moved = end_off @ points
    loss = off.square().mean() + POINT_WEIGHT * moved.square().mean()
    loss = loss + SPEED_WEIGHT * POINT_WEIGHT * moved.diff(dim=1).square().mean()
    if logits.shape[-1]:
        loss = loss + CONTACT_WEIGHT * functional.binary_cross_entropy_with_logits(
            logits.float(), contacts
        )
    return loss
