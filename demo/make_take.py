# SPDX-License-Identifier: GPL-3.0-or-later
"""A speaking head from one recording, by the add-on's own operators: demo.blend and demo.mp4.

Run by a Python that has bpy (install.py does it): python demo/make_take.py --out out
The add-on is enabled the way Blender enables any extension, in a user folder of its own that is deleted afterwards,
so nothing of the user's Blender is read or changed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).resolve().parent


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--audio", type=Path, default=HERE / "speech.flac")
    parser.add_argument("--emotion", default="happy")
    parser.add_argument("--intensity", type=float, default=0.8)
    parser.add_argument("--out", type=Path, default=HERE.parent / "out")
    return parser.parse_args()


@contextmanager
def step(screen: TextIO, title: str) -> Iterator[None]:
    """Print a step and its seconds on the terminal."""
    print(f"* {title} ...", file=screen, flush=True)
    started = time.monotonic()
    yield
    print(f"  done in {time.monotonic() - started:.1f} s", file=screen, flush=True)


def terminal_and_log(log: Path) -> TextIO:
    """Send what Blender prints to a log, and return the terminal for what people should read."""
    screen = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with log.open("w", encoding="utf-8") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
    return screen


def keep_worker_logs(user_folder: Path) -> None:
    """Print what the inference process logged into the log of this run."""
    for log in user_folder.rglob("worker-*.log"):
        print(log.read_text(encoding="utf-8", errors="replace"))


def make(options: argparse.Namespace, user_folder: Path, screen: TextIO) -> None:
    """All steps. Raises RuntimeError with a line for the person."""
    with step(screen, "Blender: starting, enabling the add-on"):
        import take  # noqa: PLC0415 - it imports bpy, which reads the user folder's place at once

        take.enable_addon(user_folder / "repository")
    with step(screen, f"take: {options.audio.name} spoken by the default head, {options.emotion}"):
        scene, strip = take.new_scene(options.audio)
        track = take.feeling(scene, options.emotion, options.intensity)
        head = take.generate(scene, strip, options.emotion, track)
        (options.out / "demo_track.json").write_text(json.dumps(track), encoding="utf-8")
    with step(screen, f"film: {take.describe_film(scene)}"):
        take.film(scene, head, options.out / "demo.mp4", screen)
    with step(screen, "demo.blend, with the sound inside"):
        take.save(scene, options.out / "demo.blend")


def main() -> int:
    """Make the take; returns the exit code."""
    options = parse_arguments()
    options.out, options.audio = options.out.resolve(), options.audio.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    screen = terminal_and_log(options.out / "demo_blender.log")
    with tempfile.TemporaryDirectory(prefix="mien_demo_", ignore_cleanup_errors=True) as folder:
        os.environ["BLENDER_USER_RESOURCES"] = folder
        try:
            make(options, Path(folder), screen)
        except RuntimeError as error:
            traceback.print_exc()
            keep_worker_logs(Path(folder))
            # The log that the add-on names goes with the user folder; its words are kept above.
            words = str(error).strip().removeprefix("Error: ").partition(" Log: ")[0]
            print(f"  {words}", file=screen, flush=True)
            return 1
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except BaseException:
        traceback.print_exc()
        code = 1
    # As a module, Blender 4.2 crashes and 4.5 hangs when Python ends while add-ons are registered.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
