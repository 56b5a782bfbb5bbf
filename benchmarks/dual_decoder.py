# SPDX-License-Identifier: Apache-2.0
"""Are two decoders better than one? The question of Emo-TalkGen, measured.

    python -m benchmarks.dual_decoder DATA LIPS CACHE --left-out LEFT_OUT

DATA holds grid_s1 and emodb; LIPS is the folder of `core.training.prepare_lips` (grid_fit.npz,
grid_phones.json, teacher.pt); LEFT_OUT holds the product's lip decoders without each Emo-DB speaker
(`core.training.train_contacts`). Lessons, decoders and measurements are kept in CACHE by their settings:
delete a file there to make it anew, `product.json` after the product has changed.

Four systems of equal size learn the same lessons: one decoder of the whole face, or one of the lips and
one of the expression; the face or the expression as a plain answer, or drawn by flow matching. The lessons
with a feeling were made by the product's mixture, which two decoders apply themselves and one decoder has
to learn: that is what the design of two is about, and it is no accident that it helps there.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from benchmarks.dual_decoder_data import (
    DEV,
    FEELINGS,
    LEFT_OUT_SPEAKERS,
    STRANGERS,
    TRAIN,
    Lessons,
    prepare,
    read_lessons,
    write_lessons,
)
from benchmarks.dual_decoder_measures import Sums, measure_film, measure_strangers
from benchmarks.dual_decoder_product import NAME as PRODUCT
from benchmarks.dual_decoder_product import Product
from benchmarks.dual_decoder_systems import (
    ONE_FLOW,
    ONE_PLAIN,
    TWO_FLOW,
    TWO_PLAIN,
    System,
    Training,
    teach_systems,
)
from benchmarks.dual_decoder_tables import print_tables
from core.face.model import FaceModel, load_face_model
from core.performance import load_models

if TYPE_CHECKING:
    from collections.abc import Callable

# Two decoders, and what they are set against: the same heads first, then the usual single one.
PAIRS = ((TWO_PLAIN, ONE_PLAIN), (TWO_FLOW, ONE_FLOW), (TWO_FLOW, ONE_PLAIN))


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("lips", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--left-out", type=Path)
    parser.add_argument("--budget", type=int, default=120_000, help="parameters of each system")
    parser.add_argument("--seeds", type=int, default=2, help="trainings of each system")
    parser.add_argument("--steps", type=int, default=600, help="of each training")
    args = parser.parse_args()
    torch.set_num_threads(1)
    face = load_face_model()
    args.cache.mkdir(parents=True, exist_ok=True)
    sets, data = find_lessons(args, face)
    training = Training(args.budget, args.seeds, args.steps, data)
    measured: dict[str, list[Sums]] = {}
    for seed, systems in enumerate(teach_systems(sets[TRAIN], face, args.cache, training)):
        for name, system in systems.items():
            path = args.cache / f"sums_{'-'.join(d.plan.key for d in system.decoders)}.json"
            measured.setdefault(name, []).append(
                kept(path, lambda s=system: measure(s, sets, face))
            )
            print(f"measured: {name}, training {seed + 1}", flush=True)
    product = Product(load_models(), args.data, args.left_out, face)
    path = args.cache / "product.json"
    measured[PRODUCT] = [kept(path, lambda: measure(product, sets, face))]
    sizes = {name: system.parameters for name, system in systems.items()}
    print(f"\n{args.seeds} trainings of {args.steps} steps; parameters: {sizes}")
    print_tables(measured, PAIRS)


def measure(system: System | Product, sets: dict[str, Lessons], face: FaceModel) -> Sums:
    """All measures of one system."""
    return measure_film(system, sets[DEV], face) | measure_strangers(system, sets[STRANGERS], face)


def kept(path: Path, make: Callable[[], Sums]) -> Sums:
    """What `make` gives, from the file if it was made before."""
    if not path.exists():
        path.write_text(json.dumps(make()), encoding="utf-8")
    sums: Sums = json.loads(path.read_text(encoding="utf-8"))
    return sums


def find_lessons(args: argparse.Namespace, face: FaceModel) -> tuple[dict[str, Lessons], str]:
    """The three sets and their fingerprint; what was prepared once is kept."""
    settings = json.dumps([LEFT_OUT_SPEAKERS, FEELINGS])
    data = hashlib.sha256(settings.encode()).hexdigest()[:6]
    paths = {name: args.cache / f"lessons_{name}_{data}.npz" for name in (TRAIN, DEV, STRANGERS)}
    if not all(path.exists() for path in paths.values()):
        for name, lessons in prepare(args.data, args.lips, face):
            write_lessons(paths[name], lessons)
    return {name: read_lessons(path) for name, path in paths.items()}, data


if __name__ == "__main__":
    main()
