# SPDX-License-Identifier: Apache-2.0
r"""How well the lips follow real people, beside the peers on the same clips, in one table.

    python -m benchmarks.lips --grid GRID --fitted WORK/grid_fit.npz --phones WORK/grid_phones.json \
        --facegood FACEGOOD --emodb EMODB --left-out WORK/left_out --ravdess RAVDESS \
        --samples SPEECH_SAMPLES --ljspeech LJSPEECH --read READ --rhubarb PATH/rhubarb --headaudio PACKAGE \
        --cache CACHE [--quick] [--snr DB ...] [--write] [--out REPORT] [--plots DIR]

Every set and peer is optional; what is left out is said to be missing. Mien is measured on what the
product gives: `core.performance.perform` at its default settings. --write puts the table into
benchmarks/RESULTS.md, --out REPORT writes REPORT.md and REPORT.json. The aligned sets (RAVDESS, LJ
Speech) need PocketSphinx the first time; the cache keeps labels and the peers' answers.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import lip_run, lip_sections
from benchmarks.lip_noise import SNRS_DB
from core.performance import load_models

if TYPE_CHECKING:
    from benchmarks.lip_sections import Section

RESULTS = Path(__file__).parent / "RESULTS.md"
HEADING = "## Lips"
LEGEND = """\
Mien is the `lips` layer of a Performance at default settings, or the `mix` of both layers. In brackets:
95 % intervals by bootstrap over speakers, or over clips of fewer than five. *Films*: Pearson r over all
frames; *MTM*: mean temporal misalignment (`benchmarks/lip_timing.py`), which rests on the share of the
film's extremes that found a partner; *above 8 Hz*: share of the opening's power; *SLCC*: correlation of lip
and speech intensity over clips within speakers; *pauses*: speed of the lips where nobody speaks.
*Labels*: frames of 20 ms where somebody speaks; *off edges* leaves out 10 ms beside every edge; *mouths of
9*: the drawings of Rhubarb; a closure is *seen* when the gap falls under a tenth of the speaker's range
inside the label. *Named*: the stretches that a system calls so. Emo-DB's labels are hand-made and its
speakers are measured by decoders that never heard them; GRID, RAVDESS, LJ Speech and the others are
aligned by PocketSphinx, the MFA samples by the Montreal Forced Aligner; FACEGOOD's closures are its
animator's. A German label allows the English visemes that look alike. `docs/lip_curves.png`
shows some openings; --plots draws them."""


def main() -> None:
    """Command line of the module docstring."""
    args = read_arguments()
    began = time.process_time(), time.monotonic()
    models = load_models(args.models)
    sets = lip_run.read_sets(args, models)
    sections = []
    for section in lip_sections.all_sections(args, sets, models):
        print("\n".join(section.lines), flush=True)
        sections.append(section)
    spent = time.process_time() - began[0], time.monotonic() - began[1]
    about = (
        f"`{command(args)}`; {dt.datetime.now(tz=dt.UTC).date()}, {os.cpu_count()} shared cores ({platform.machine()}), Python "
        f"{platform.python_version()}, one thread; {spent[0]:.0f} s of processor, {spent[1]:.0f} s of "
        f"clock{', --quick' if args.quick else ''}."
    )
    text = "\n".join(
        [about, "", LEGEND, "", *(line for section in sections for line in section.lines)]
    )
    print(about)
    if args.out:
        args.out.with_suffix(".md").write_text(text, encoding="utf-8")
        args.out.with_suffix(".json").write_text(json.dumps(as_json(sections), indent=1))
    if args.write:
        write_section(RESULTS, f"{HEADING} (`benchmarks/lips.py`)\n\n{text}\n")
    if args.plots:
        from benchmarks.lip_plots import draw_all  # noqa: PLC0415 - matplotlib only where asked for

        draw_all(args, sets, models)


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    folders = ("grid", "facegood", "emodb", "ravdess", "samples", "ljspeech", "read")
    for name in folders:
        parser.add_argument(f"--{name}", type=Path, help="folder of the set")
    parser.add_argument("--fitted", type=Path, help="grid_fit.npz of core.training.fit_grid")
    parser.add_argument("--phones", type=Path, help="grid_phones.json of core.training.align_grid")
    parser.add_argument("--left-out", type=Path, help="folder of core.training.train_contacts")
    parser.add_argument("--no-grid", type=Path, help="models folder of a decoder without GRID")
    parser.add_argument("--no-facegood", type=Path, help="the same without FACEGOOD")
    parser.add_argument("--rhubarb", type=Path, help="the peer's binary")
    parser.add_argument("--headaudio", type=Path, help="the peer's package folder")
    parser.add_argument("--models", type=Path, help="folder with models.json")
    parser.add_argument("--cache", type=Path, default=Path("out/lip_benchmark"))
    parser.add_argument("--systems", nargs="*", help="only systems whose names begin like this")
    parser.add_argument("--sets", nargs="*", help="only sets whose names begin like this")
    parser.add_argument("--clips", type=int, help="at most so many clips of each set")
    parser.add_argument("--snr", type=int, nargs="*", default=SNRS_DB, help="noise levels, dB")
    parser.add_argument("--quick", action="store_true", help="few clips, few noises")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--out", type=Path, help="write REPORT.md and REPORT.json")
    parser.add_argument("--plots", type=Path, help="folder for pictures of the curves")
    args = parser.parse_args()
    if args.grid and not (args.fitted and args.phones):
        parser.error("--grid needs --fitted and --phones")
    if args.emodb and not args.left_out:
        parser.error("--emodb needs --left-out: the product's decoder was trained on its speakers")
    if not any(getattr(args, name) for name in folders):
        parser.error("name at least one set")
    return args


def command(args: argparse.Namespace) -> str:
    """The command with the names of its folders in place of where they lie."""
    parts = ["python -m benchmarks.lips"]
    for name, value in vars(args).items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            parts.append(option)
        elif isinstance(value, Path):
            parts.append(f"{option} {name.upper()}")
        elif value:
            shown = value if isinstance(value, (list, tuple)) else [value]
            parts += [option, *(f'"{v}"' if " " in str(v) else str(v) for v in shown)]
    return " ".join(parts)


def as_json(sections: list[Section]) -> dict[str, Any]:
    """Figures by section, row and column."""
    return {section.name: section.data for section in sections}


def write_section(path: Path, text: str) -> None:
    """Put a section in place of the one of the same heading, or at the end."""
    old = path.read_text(encoding="utf-8")
    pattern = rf"^{HEADING} .*?(?=^## |\Z)"
    if re.search(pattern, old, re.DOTALL | re.MULTILINE):
        new = re.sub(pattern, lambda _: text + "\n", old, flags=re.DOTALL | re.MULTILINE)
    else:
        new = old.rstrip() + "\n\n" + text
    path.write_text(new.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
