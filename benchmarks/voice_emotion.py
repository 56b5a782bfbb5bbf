# SPDX-License-Identifier: Apache-2.0
r"""What is heard of emotion in the voice, how sure it is, and whether effort reaches the face.

    python -m benchmarks.voice_emotion --ravdess RAVDESS [--work WORK] [--face] [--out REPORT.md]

* With --work, the folder of `core.training.train_emotion`: speakers left out, of the default model on
  Emo-DB and of the research model on RAVDESS.
* The shipped default model, which never met RAVDESS, on RAVDESS's six classes, by the road's own
  functions: whole clips and windows.
* Vocal effort: strong against normal acting of the same words by the same actor.
* With --face: the same pairs as performances with the acted emotion asked; see `voice_dose`.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from benchmarks.voice_dose import dose_lines
from benchmarks.voice_effort import effort_lines
from benchmarks.voice_heard import hear_ravdess
from benchmarks.voice_tables import cross_lines, left_out_lines


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ravdess", type=Path, required=True, help="folder of 03-01-*.flac")
    parser.add_argument("--work", type=Path, help="folder of core.training.train_emotion")
    parser.add_argument("--face", action="store_true", help="perform every pair: some minutes")
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    lines = ["# Emotion in the voice", "", f"{dt.date.today().isoformat()}, one core.", ""]
    if args.work:
        for name in ("default", "research"):
            lines += left_out_lines(args.work / f"out_of_fold_{name}.npz")
    heard = hear_ravdess(args.ravdess)
    lines += cross_lines(heard)
    lines += effort_lines(heard)
    if args.face:
        lines += dose_lines(args.ravdess)
    text = "\n".join(lines)
    print(text)
    if args.out:
        args.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
