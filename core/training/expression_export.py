# SPDX-License-Identifier: Apache-2.0
"""Write a trained expression decoder as ONNX, and enter it into a folder's models.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import onnx
import torch

from ..motion.expression_decoder import MODEL_NAME
from ..motion.prototypes import MOVED_EMOTIONS
from ..motion.take_channels import RATE_HZ, take_channels
from ..motion.take_conditions import VOICE_NAMES
from ..speech.encoder import FEATURE_SIZE
from .export_encoder import halve_weights
from .expression_network import REACH_FRAMES, STRIDE, ExpressionNetwork
from .register_model import register

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = ("state", "moment", "voice", "features", "activation")


def export_and_register(network: ExpressionNetwork, models: Path) -> None:
    """Write expression_decoder.onnx with its names in the metadata, and enter it into models.json."""
    path = models / f"{MODEL_NAME}.onnx"
    export(network, path)
    entry = register(
        models,
        MODEL_NAME,
        path,
        licence="Apache-2.0",
        source=(
            "GRID s1 (CC BY 4.0), Emo-DB (CC0), speech of Kokoro-82M (Apache-2.0) and Piper joe "
            "(CC0), a teacher after the literature on FACS"
        ),
        made_by="core/training/train_expression.py",
        card=f"{MODEL_NAME}.md",
    )
    print(f"{path.name}: {entry.bytes / 1e6:.1f} MB")


def export(network: ExpressionNetwork, path: Path) -> None:
    """Write one evaluation of the velocity, with float16 weights."""
    frames = 8 * STRIDE
    sizes = (len(take_channels().names), len(VOICE_NAMES), FEATURE_SIZE, len(MOVED_EMOTIONS))
    state, voice, features, activation = (torch.zeros(1, frames, size) for size in sizes)
    torch.onnx.export(
        network.eval(),
        (state, torch.zeros(1), voice, features, activation),
        str(path),
        input_names=list(INPUTS),
        output_names=["velocity"],
        dynamic_axes={n: {1: "frames"} for n in [*INPUTS, "velocity"] if n != "moment"},
        opset_version=17,
        dynamo=False,
    )
    model = halve_weights(onnx.load(str(path)))
    meta = {
        "channels": list(take_channels().names),
        "voice": list(VOICE_NAMES),
        "emotions": list(MOVED_EMOTIONS),
        "rate_hz": RATE_HZ,
        "reach_frames": REACH_FRAMES,
        "stride": STRIDE,
    }
    onnx.helper.set_model_props(model, {k: json.dumps(v) for k, v in meta.items()})
    onnx.save(model, str(path))
