# SPDX-License-Identifier: Apache-2.0
"""Write a trained lip decoder as ONNX, and enter it into a folder's models.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import onnx
import torch

from ..motion.lips import MODEL_NAME
from ..motion.mouth_channels import MOUTH_CHANNELS
from ..motion.phones import CONTACTS, PHONES
from .export_encoder import halve_weights
from .lip_network import REACH_FRAMES, STYLE_SIZE, LipNetwork
from .register_model import register

if TYPE_CHECKING:
    from pathlib import Path


class Exported(torch.nn.Module):
    """The network as inference wants it: values in 0..1, probabilities instead of logits."""

    def __init__(self, network: LipNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, features: torch.Tensor, style: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(1, T, 384) and (1, 2) -> mouth (1, T, 16), phones (1, T, 40), contacts (1, T, 4)."""
        mouth, phones, contacts = self.network(features, style)
        return mouth.clamp(0.0, 1.0), phones.softmax(-1), contacts.sigmoid()


def export_and_register(network: LipNetwork, models: Path) -> None:
    """Write lip_decoder.onnx with its names in the metadata, and enter it into models.json."""
    path = models / f"{MODEL_NAME}.onnx"
    export(network, path)
    entry = register(
        models,
        MODEL_NAME,
        path,
        licence="Apache-2.0",
        source=(
            "GRID s1 (CC BY 4.0), FACEGOOD Audio2Face (MIT), Emo-DB (CC0), speech of Kokoro-82M "
            "(Apache-2.0) and Piper joe (CC0)"
        ),
        made_by="core/training/train_lips.py",
        card=f"{MODEL_NAME}.md",
    )
    print(f"{path.name}: {entry.bytes / 1e6:.1f} MB")


def export(network: LipNetwork, path: Path) -> None:
    """Write ONNX with float16 weights."""
    names = ["mouth", "phones", "contacts"]
    torch.onnx.export(
        Exported(network).eval(),
        (torch.zeros(1, 100, network.mean.shape[0]), torch.zeros(1, STYLE_SIZE)),
        str(path),
        input_names=["features", "style"],
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
