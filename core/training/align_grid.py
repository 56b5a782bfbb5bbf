# SPDX-License-Identifier: Apache-2.0
"""Phone times for GRID clips, aligned from their sound and words.

    python -m core.training.align_grid GRID OUT.json

GRID holds audio/{train,dev}/NAME.flac and words_{train,dev}.json (start s, end s, word).
Writes {NAME: [[label, start s, end s], ...]}.

Checked against the films' closures (`fit_grid`): over 1,170 p and b the fitted lips part 3 ms before
the burst and their least gap lies 3 ms before the label's middle (medians), so nothing is shifted.
In the 36 m, all in the letter's name, film is 50 ms later than the label. A p or b that begins a
clip is often given much of the silence before it (84 of 1,184 over 0.2 s, up to 0.77 s); those are
cut to a stop's length before their burst.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

import soundfile

from ..motion.phones import STOPS
from .align import align
from .clips import burst_time

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .align import Phone

PAUSES = frozenset({"sil", "sp"})
# Longer closures than the first are silence; what is left of them is the second, seconds.
LONGEST_STOP, STOP_BEFORE_BURST = 0.2, 0.12


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
                result[name] = shorten_stops(samples, align(samples, text))
            except ValueError as error:
                print(f"{name}: left out, {error}")
    args.out.write_text(json.dumps(result))
    print(f"{len(result)} clips aligned")


def shorten_stops(samples: NDArray[np.float32], phones: list[Phone]) -> list[Phone]:
    """Stops without the silence that was counted to their closure."""
    shortened = []
    for label, start, end in phones:
        if label in STOPS and end - start > LONGEST_STOP:
            start = max(start, burst_time(samples, start, end) - STOP_BEFORE_BURST)  # noqa: PLW2901
        shortened.append((label, start, end))
    return shortened


if __name__ == "__main__":
    main()
