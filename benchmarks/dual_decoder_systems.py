# SPDX-License-Identifier: Apache-2.0
"""The systems of the comparison: which decoders each is made of, and the face it gives.

All have the same number of parameters and the same lessons. One decoder learns the finished face
from voice and feeling. Two decoders learn the mouth from the voice, and the displacement from voice and
feeling; the product's mixture puts them together. Both kinds come with a plain head and with a
generative one (of the two, the lips stay plain), so that the number of decoders and chance can
be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.dual_decoder_data import Lessons
from benchmarks.dual_decoder_feelings import FACE, FPS
from benchmarks.dual_decoder_train import (
    EXPRESSION,
    LIPS,
    WHOLE,
    Plan,
    Taught,
    condition,
    find_scales,
    teach,
)
from core.curves import Span
from core.direction import Direction
from core.face.arkit import CHANNEL_NAMES
from core.mixing.contacts import close_lips
from core.mixing.mixture import mix_face
from core.motion.lips import LipTrack
from core.motion.phones import CONTACTS
from core.motion.randomness import stream
from core.runs import runs_of_true

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from core.face.model import FaceModel

    Floats = NDArray[np.float32]

LIPS_SHARE = 0.5
FLOW_STEPS = 4
CONTACT_CHANCE = 0.5
ONE_PLAIN, ONE_FLOW = "one decoder, plain", "one decoder, generative"
TWO_PLAIN, TWO_FLOW = "two decoders, both plain", "two decoders, expression generative"
SYSTEMS = (ONE_PLAIN, ONE_FLOW, TWO_PLAIN, TWO_FLOW)


@dataclass(frozen=True, eq=False)
class Shown:
    """One system's face for one clip.

    Attributes:
        bare: (T, 57) before lips are shut at the contacts that it hears.
        face: (T, 57) with them shut, as the product would show it.
        contacts: the contacts it hears.
    """

    bare: Floats
    face: Floats
    contacts: tuple[Span, ...]


@dataclass(frozen=True, eq=False)
class System:
    """Decoders of one training seed that make a face: one of the whole face, or lips and expression."""

    decoders: tuple[Taught, ...]
    face: FaceModel

    @property
    def parameters(self) -> int:
        """Of all its decoders."""
        return sum(p.numel() for d in self.decoders for p in d.network.parameters())

    def show(
        self, lessons: Lessons, number: int, activation: NDArray[np.float64], take: int
    ) -> Shown:
        """The face for a clip of a set and a feeling; `take` draws another performance."""
        rows = lessons.frames(number)
        first, contacts = _run(self.decoders[0], lessons, rows, activation, take)
        times = np.arange(len(first)) / FPS
        if len(self.decoders) == 1:
            bare = first.copy()
            np.clip(bare[:, :FACE], 0.0, 1.0, out=bare[:, :FACE])
            face = bare.copy()
            face[:, :FACE] = close_lips(bare[:, :FACE], times, contacts, self.face)
            return Shown(bare, face, contacts)
        displacement, _ = _run(self.decoders[1], lessons, rows, activation, take)
        mouth = np.clip(first[:, :FACE], 0.0, 1.0)
        bare, face = (
            mix_face(
                LipTrack(times, mouth, contacts, ()),
                times,
                Direction(firmness=firmness),
                displacement,
                self.face,
            ).values
            for firmness in (0.0, 1.0)
        )
        return Shown(bare, face, contacts)


@dataclass(frozen=True)
class Training:
    """How all systems are taught.

    Attributes:
        budget: parameters that a system may have.
        seeds: how many trainings of each.
        steps: of each training.
        data: fingerprint of the lessons.
    """

    budget: int
    seeds: int
    steps: int
    data: str


def plans(name: str, training: Training, seed: int) -> tuple[Plan, ...]:
    """The decoders a system is made of."""
    steps, data = training.steps, training.data
    if name in {ONE_PLAIN, ONE_FLOW}:
        return (Plan(WHOLE, name == ONE_FLOW, training.budget, seed, steps, data),)
    lips = int(LIPS_SHARE * training.budget)
    mouth = Plan(LIPS, is_generative=False, budget=lips, seed=seed, steps=steps, data=data)
    rest = training.budget - lips
    return mouth, Plan(EXPRESSION, name == TWO_FLOW, rest, seed, steps, data)


def teach_systems(
    lessons: Lessons, face: FaceModel, folder: Path, training: Training
) -> Iterator[dict[str, System]]:
    """All systems of one training seed after the other; decoders that were taught before are read.

    Args:
        lessons: what is taught.
        face: the canonical head.
        folder: where finished decoders are kept.
        training: see `Training`.
    """
    scales = {task: find_scales(lessons, task) for task in (WHOLE, LIPS, EXPRESSION)}
    for seed in range(training.seeds):
        systems = {}
        for name in SYSTEMS:
            own = plans(name, training, seed)
            decoders = tuple(teach(p, lessons, scales[p.task], face, folder) for p in own)
            systems[name] = System(decoders, face)
        yield systems


@torch.no_grad()
def _run(
    taught: Taught, lessons: Lessons, rows: slice, activation: NDArray[np.float64], take: int
) -> tuple[Floats, tuple[Span, ...]]:
    """Outputs (T, 57) of one decoder and the contacts it hears."""
    scales, network = taught.scales, taught.network
    asked = None if taught.plan.task == LIPS else activation
    heard = condition(lessons.features[rows], lessons.prosody[rows], asked, scales)
    hidden, logits = network.hear(torch.from_numpy(heard)[None])
    if network.is_generative:
        chance = stream(take, "dual decoder").standard_normal((1, len(heard), network.outputs))
        given = network.draw(hidden, torch.from_numpy(chance.astype(np.float32)), FLOW_STEPS)
    else:
        given = network.answer(hidden)
    values = np.zeros((len(heard), len(CHANNEL_NAMES)), np.float32)
    values[:, scales.columns] = given[0].numpy() * scales.spread + scales.mean
    chances = logits[0].sigmoid().numpy()
    return values, _spans(chances) if chances.shape[1] else ()


def _spans(chances: Floats) -> tuple[Span, ...]:
    """Stretches over CONTACT_CHANCE; edges where straight lines between frames cross it."""
    found = []
    for column, label in enumerate(CONTACTS):
        curve = chances[:, column].astype(np.float64)
        for first, stop in runs_of_true(curve > CONTACT_CHANCE):
            start = _crossing(curve, first - 1, first)
            end = _crossing(curve, stop, stop - 1)
            found.append(Span(label, start / FPS, end / FPS))
    return tuple(sorted(found, key=lambda span: span.start_seconds))


def _crossing(curve: NDArray[np.float64], outside: int, inside: int) -> float:
    """Where the line from a frame under the threshold to its neighbour above crosses it, in frames."""
    if not 0 <= outside < len(curve):
        return float(inside)
    share = (CONTACT_CHANCE - curve[outside]) / (curve[inside] - curve[outside])
    return outside + (inside - outside) * float(share)
