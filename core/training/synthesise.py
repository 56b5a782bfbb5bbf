# SPDX-License-Identifier: Apache-2.0
"""Make the synthetic speech that teaches phones and contacts: sound and phone times, many voices.

    python -m core.training.synthesise OUT --kokoro kokoro-quantized.onnx --styles voices/ \
        --piper en_US-joe-medium.onnx --line 480 --lively 801 --quick 121

Writes OUT/NAME.flac (16 kHz) and OUT/phones.json: {NAME: {"voice", "speed", "text", "phones":
[[label, start s, end s], ...]}}. A second run adds what is missing. Fixed seed: line i of a kind is
the same in every run. `studio` says what the kinds are.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import soundfile

from .studio import KINDS, Studio
from .voices import Kokoro, Piper

SAVE_EVERY = 20
DEFAULT_COUNTS = {"line": 480, "lively": 801, "quick": 121}


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--kokoro", type=Path, required=True)
    parser.add_argument("--styles", type=Path, required=True)
    parser.add_argument("--piper", type=Path, required=True)
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=int, default=DEFAULT_COUNTS[kind])
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    studio = Studio(Kokoro(args.kokoro, args.styles), Piper(args.piper), args.styles)
    index_path = args.out / "phones.json"
    index = json.loads(index_path.read_text()) if index_path.exists() else {}
    wanted = [(kind, n) for kind in KINDS for n in range(getattr(args, kind))]
    for kind, number in wanted:
        name = f"{kind}{number:05d}"
        if name in index:
            continue
        try:
            samples, index[name] = studio.record(kind, number)
        except ValueError as error:
            print(f"{name}: left out, {error}", flush=True)
            continue
        soundfile.write(args.out / f"{name}.flac", samples, 16_000)
        if number % SAVE_EVERY == 0:
            index_path.write_text(json.dumps(index))
            print(name, index[name]["voice"], index[name]["text"], flush=True)
    index_path.write_text(json.dumps(index))


if __name__ == "__main__":
    main()
