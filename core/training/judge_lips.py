# SPDX-License-Identifier: Apache-2.0
"""How well a network's own mouth follows film and animators that training did not see."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..face.model import load_face_model
from .losses import mouth_maps

if TYPE_CHECKING:
    from pathlib import Path

    from .lip_network import LipNetwork

DEV_SOURCES = ("grid_dev", "facegood_dev")
MEASURES = ("opening", "width", "jaw", "protrusion")


@torch.no_grad()
def judge(network: LipNetwork, scenes: Path) -> dict[str, dict[str, float]]:
    """Pearson r of each measure on WORK/scenes/SOURCE_0.npz for the dev sources that are there.

    Both sides are channel values seen through the head's landmarks; where a source has a style,
    the network is asked for it.
    """
    maps = mouth_maps(load_face_model())
    results = {}
    for source in DEV_SOURCES:
        path = scenes / f"{source}_0.npz"
        if not path.exists():
            continue
        with np.load(path) as data:
            arrays = {k: data[k] for k in data.files}
        got = []
        for number, (first, last) in enumerate(itertools.pairwise(arrays["start"])):
            features = torch.from_numpy(arrays["features"][first:last].astype(np.float32))[None]
            style = torch.tensor([[float(arrays["style"][number]), 0.0]])
            got.append(network(features, style)[0][0].clamp(0.0, 1.0))
        wanted = torch.from_numpy(arrays["mouth"].astype(np.float32))
        weights = torch.from_numpy(arrays["mouth_weights"].astype(np.float32))
        curves = [((x * (weights > 0.0)) @ maps.measures).numpy() for x in (torch.cat(got), wanted)]
        inside = weights.amax(-1).numpy() > 0.0
        results[source] = {
            name: round(float(np.corrcoef(curves[0][inside, i], curves[1][inside, i])[0, 1]), 3)
            for i, name in enumerate(MEASURES)
            if curves[1][inside, i].std() > 0.0
        }
    return results
