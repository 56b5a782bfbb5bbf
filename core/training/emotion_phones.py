# SPDX-License-Identifier: Apache-2.0
"""Learn to tell phones from speech features, and their means, so that emotion is heard apart from words.

    python -m core.training.emotion_phones WORK LIPS/scenes/synthetic_0.npz

LIPS is the folder of `prepare_lips`: its plain synthetic scenes (28 voices) carry the phones. WORK holds
places.npz of `emotion_places`; writes WORK/phones.npz. See `core.speech.spoken_content`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from ..speech.spoken_content import without_places
from .emotion_clips import read_places
from .emotion_fit import Recipe, regress

SCENES, FRAME_SHARE = 500, 0.5
# Standardised features are taken a tenth as large: so the penalty is that of a hundredth of it.
SCALE = 10.0
RECIPE = Recipe(penalty=3e-5, iterations=40)


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("scenes", type=Path)
    args = parser.parse_args()
    places = read_places(args.work)
    generator = np.random.default_rng(0)
    with np.load(args.scenes) as file:
        start, features, sets = file["start"], file["features"], file["phone_sets"]
    frames, labels = [], []
    for scene in generator.permutation(len(start) - 1)[:SCENES]:
        part = slice(start[scene], start[scene + 1])
        known = (sets[part].sum(axis=1) == 1) & (generator.random(len(sets[part])) < FRAME_SHARE)
        frames.append(without_places(features[part].astype(np.float32), places)[known])
        labels.append(sets[part][known].argmax(axis=1))
    table, label = np.concatenate(frames), np.concatenate(labels)
    count = sets.shape[1]
    middle, spread = table.mean(axis=0), table.std(axis=0) * SCALE
    weights, bias = regress(((table - middle) / spread).astype(np.float64), label, count, RECIPE)
    weights = weights / spread[:, None]
    bias = bias - middle @ weights
    told = (table @ weights + bias).argmax(axis=1)
    means = np.stack([table[label == k].mean(axis=0) for k in range(count)])
    np.savez(
        args.work / "phones.npz",
        weights=weights.astype(np.float32),
        bias=bias.astype(np.float32),
        means=means.astype(np.float32),
    )
    print(f"{len(label)} frames, {np.mean(told == label):.3f} told right")


if __name__ == "__main__":
    main()
