# SPDX-License-Identifier: Apache-2.0
"""Train an avatar on pictures whose every number is known (`benchmarks.avatar_truth`).

python -m benchmarks.avatar_train_truth TRUTH OUT.mienavatar [--steps 8000]

The training is that of `core.avatar.train.fit`; cameras, channels and mattes are the rendered ones
instead of tracked ones. Only the "training" frames are seen. Goes on from its checkpoint when killed.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.avatar_truth_read import Truth, read_truth
from core.avatar.avatar_file import save_avatar
from core.avatar.camera_json import camera_to_json
from core.avatar.consent import Consent
from core.avatar.person import person_mesh
from core.avatar.train.fit import Told, fit
from core.avatar.train.learned import Learned
from core.avatar.train.options import Options
from core.avatar.train.result import as_avatar, workplace_of
from core.avatar.train.training_set import TrainingSet
from core.face.model import load_face_model
from core.whole_folder import make_folder

CONSENT = Consent(
    person="the default head of Mien",
    given_by="nobody: it shows no person",
    statement="a rendered head from CC0 data",
    date="2026-11-28",
    uses="measuring",
)


def training_set(truth: Truth, rows: np.ndarray) -> TrainingSet:  # type: ignore[type-arg]
    """Frames of the truth as what a training takes."""
    return TrainingSet(
        person_mesh(load_face_model()),
        truth.rgb[rows],
        truth.alpha[rows],
        np.full_like(truth.alpha[rows], 255),
        truth.values[rows],
        truth.head_to_root[rows],
        tuple(truth.cameras[row] for row in rows),
        np.zeros(len(rows), np.int32),
        ("rendered",),
    )


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("truth", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=Options.steps)
    parser.add_argument("--gaussians", type=int, default=Options.gaussians)
    args = parser.parse_args()
    options = Options(steps=args.steps, gaussians=args.gaussians)
    truth = read_truth(args.truth)
    data = training_set(truth, truth.rows("training"))
    workplace = workplace_of(args.out)
    make_folder(workplace)
    started = time.monotonic()

    def tell(told: Told, _learned: Learned) -> None:
        if told.step % 500 == 0:
            spent = time.monotonic() - started
            print(f"{told.step} of {told.steps}, loss {told.loss:.4f}, {spent:.0f} s", flush=True)

    run: dict[str, object] = {"options": asdict(options), "pictures": len(data)}
    learned = fit(data, options, checkpoint=workplace / "checkpoint.npz", run=run, tell=tell)
    seconds = time.monotonic() - started
    face = load_face_model()
    avatar = as_avatar(
        data,
        learned,
        landmarks=face.landmarks68(data.values) - face.pieces68.neutral,
        meta={
            "consent": CONSENT.to_json(),
            "training": run | {"seconds": round(seconds, 1), "device": "cpu"},
            "film_camera": camera_to_json(data.cameras[0]),
        },
    )
    save_avatar(args.out, avatar)
    print(f"{args.out}: {len(data)} pictures, {args.steps} steps, {seconds:.0f} s")


if __name__ == "__main__":
    main()
