# SPDX-License-Identifier: Apache-2.0
"""`install.py demo`: from nothing to a speaking head, as a .blend, a film and a picture of its curves."""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .console import Problem, log_tail, run_logged, step
from .environment import ensure, run_python
from .suite import main_environment
from .wheels import sha256_of

RESULTS = ("demo.blend", "demo.mp4", "demo_curves.png")
# What the results depend on besides the options: a change in any of these files makes them anew.
SOURCES = ("blender_addon", "core", "demo", "models")
# Parts of them that no demo runs.
UNUSED_PARTS = frozenset({"training", "film", "avatar"})
UPPER_INTENSITY = 1.5


@dataclass(frozen=True)
class Wish:
    """What was asked for, checked.

    Attributes:
        audio: the recording.
        emotion: one of the nine names.
        intensity: 0 to 1.5.
        out: the folder of the results.
    """

    audio: Path
    emotion: str
    intensity: float
    out: Path


def run(root: Path, options: argparse.Namespace) -> int:
    """Make the demo; returns 0. Raises Problem."""
    started = time.monotonic()
    wish = checked(root, options)
    python = ensure(root, main_environment(root, ("blender", "plot")))
    record = wish.out / ".demo.json"
    wanted = fingerprint(root, wish)
    if not options.again and is_up_to_date(record, wanted, wish.out):
        print(
            "* nothing has changed since the last run: the results are up to date (--again makes them anew)"
        )
    else:
        record.unlink(missing_ok=True)
        make(root, python, wish)
        record.write_text(json.dumps(describe(wanted, wish.out)), encoding="utf-8")
    tell(wish, time.monotonic() - started)
    return 0


def checked(root: Path, options: argparse.Namespace) -> Wish:
    """The wish behind the options, before anything is installed for it. Raises Problem."""
    audio = Path(options.audio).resolve() if options.audio else root / "demo" / "speech.flac"
    if not audio.is_file():
        raise Problem(f"there is no recording {audio}: give the path of a sound file to --audio")
    prototypes = json.loads(
        (root / "core" / "motion" / "prototypes.json").read_text(encoding="utf-8")
    )
    names = ["neutral", *prototypes["emotions"]]
    if options.emotion not in names:
        raise Problem(f"there is no emotion {options.emotion!r}: choose one of {', '.join(names)}")
    if not 0 <= options.intensity <= UPPER_INTENSITY:
        raise Problem(f"--intensity {options.intensity:g} is outside 0 to {UPPER_INTENSITY}")
    out = Path(options.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    trial = out / ".demo.trial"
    trial.touch()
    trial.unlink()
    return Wish(audio, options.emotion, options.intensity, out)


def make(root: Path, python: Path, wish: Wish) -> None:
    """Render the take in Blender and plot its curves. Raises Problem."""
    direction = ["--emotion", wish.emotion, "--intensity", str(wish.intensity)]
    script = ["demo/make_take.py", "--audio", str(wish.audio), *direction, "--out", str(wish.out)]
    log = wish.out / "demo_blender.log"
    code = run_python(python, script, root)
    if code:
        told = "see above" if code == 1 else f"Blender ended with code {code}"
        raise Problem(f"the take was not made: {told} (Blender's own words: {log})")
    with step("curves: the same performance from the command line, plotted"):
        take, picture = wish.out / "demo.npz", wish.out / "demo_curves.png"
        track = ["--track", str(wish.out / "demo_track.json")]
        for name, arguments in (
            (
                "demo-performance",
                ["performance", str(wish.audio), *track, "--seed", "0", "-o", str(take)],
            ),
            ("demo-plot", ["plot", str(take), "-o", str(picture)]),
        ):
            code, log = run_logged(root, name, [str(python), "-m", "core.cli", *arguments])
            if code:
                raise Problem(f"{log_tail(log, 2)} (log: {log})")


def source_files(root: Path) -> Iterator[Path]:
    """Files that the results are made from, in a fixed order."""
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            unused = UNUSED_PARTS.intersection(path.relative_to(root).parts)
            if path.is_file() and path.suffix != ".pyc" and not unused:
                yield path


def fingerprint(root: Path, wish: Wish) -> str:
    """Sha256 over sources, recording and options."""
    told = hashlib.sha256(
        json.dumps([wish.emotion, wish.intensity, sha256_of(wish.audio)]).encode()
    )
    for path in source_files(root):
        told.update(f"{path.relative_to(root).as_posix()} {sha256_of(path)}\n".encode())
    return told.hexdigest()


def describe(wanted: str, out: Path) -> dict[str, object]:
    """The record that a later run compares itself with."""
    return {"made_from": wanted, "results": {name: sha256_of(out / name) for name in RESULTS}}


def is_up_to_date(record: Path, wanted: str, out: Path) -> bool:
    """True if the results in the folder are whole and were made from the same."""
    try:
        return bool(json.loads(record.read_text(encoding="utf-8")) == describe(wanted, out))
    except (OSError, ValueError):
        return False


def tell(wish: Wish, seconds: float) -> None:
    """Where the results are, and what to do next."""
    print(f"\nDone in {seconds:.0f} s. In {wish.out}:")
    lines: Sequence[str] = (
        "demo.mp4          the head speaks: picture and sound",
        "demo.blend        open it in Blender and press Space; the sound is inside, the intensity is keyed",
        "demo_curves.png   lips, expression and the mix, over time",
        "",
        "Next:",
        "  python3 install.py demo --audio YOUR.wav --emotion angry    your own line, another feeling",
        "  python3 install.py blender                                  the add-on in your Blender",
        "  python3 install.py test                                     the test suite",
    )
    print("\n".join(f"  {line}" if line else "" for line in lines))
