# SPDX-License-Identifier: Apache-2.0
"""Phone times for GRID clips, aligned from their sound and words.

    python -m core.training.align_grid GRID OUT.json

GRID holds audio/{train,dev}/NAME.flac and words_{train,dev}.json (start s, end s, word).
Writes {NAME: [[label, start s, end s], ...]}.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import soundfile

from .align import align

PAUSES = frozenset({"sil", "sp"})


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grid", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    result = {}
    for part in ("train", "dev"):
        words = json.loads((args.grid / f"words_{part}.json").read_text(encoding="utf-8"))
        for name, rows in words.items():
            text = " ".join(word for _, _, word in rows if word not in PAUSES)
            samples, _ = soundfile.read(
                args.grid / "audio" / part / f"{name}.flac", dtype="float32"
            )
            try:
                result[name] = align(samples, text)
            except ValueError as error:
                print(f"{name}: left out, {error}")
    args.out.write_text(json.dumps(result))
    print(f"{len(result)} clips aligned")


if __name__ == "__main__":
    main()
