# SPDX-License-Identifier: Apache-2.0
"""Mien on the command line.

python -m core.cli performance speech.wav --emotion angry --intensity 0.8 --fps 60 -o take.npz
python -m core.cli performance speech.wav --text "Bob said: maybe." --articulation 1.5 -o take.npz
python -m core.cli mouths take.npz -o mouths.json
python -m core.cli plot take.npz -o curves.png
python -m core.cli worker
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from .curves import load_performance, save_performance
from .direction import EMOTION_NAMES, MEANINGS, UPPER_LIMITS, Direction
from .errors import MienError
from .live_link import save_live_link_csv
from .mouth_files import save_mouths


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 after a told error, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A path may hold letters that the terminal's encoding lacks.
            stream.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["worker"]:
        from .worker import main as run_worker  # noqa: PLC0415 - it takes stdout for itself

        run_worker(words[1:])
    options = _parser().parse_args(words)
    try:
        options.command(options)
    except MienError as error:
        print(f"{error.message}\n{error.advice}", file=sys.stderr)
        return 1
    except ImportError as error:
        print(
            f"This Python at {sys.executable} lacks a package ({error}).\n"
            "Install numpy, soundfile, soxr and onnxruntime, or use install.py's .venv.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("\nstopped; nothing was written", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m core.cli",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="performance | mouths | plot | worker")
    take = commands.add_parser("performance", help="speech to a performance (.npz or .csv)")
    take.set_defaults(command=_performance)
    take.add_argument("audio", type=Path, help="wav, flac, ogg, mp3, aiff, ...")
    take.add_argument("-o", "--out", type=Path, required=True, help="take.npz, or take.csv")
    take.add_argument("--fps", type=float, default=24.0, help="frames a second, default 24")
    words = take.add_mutually_exclusive_group()
    words.add_argument(
        "--text",
        metavar="LINE",
        help="what the sound says, in English: its phones are used instead of those that are heard; "
        "words in [square brackets] are not spoken",
    )
    words.add_argument("--text-file", type=Path, metavar="FILE", help="the same from a text file")
    take.add_argument("--start", type=float, default=0.0, metavar="SECONDS")
    take.add_argument("--duration", type=float, default=None, metavar="SECONDS")
    take.add_argument("--models", type=Path, default=None, help="folder with models.json")
    take.add_argument("--direction", type=Path, default=None, help="JSON file; options override it")
    take.add_argument(
        "--emotion",
        help=f"one of {', '.join(EMOTION_NAMES)}, or a blend such as happy=0.6,surprised=0.4",
    )
    take.add_argument("--seed", type=int, help="from 0; another seed is another take")
    for name, highest in UPPER_LIMITS.items():
        option = "--" + name.replace("_", "-")
        take.add_argument(
            option, type=float, metavar="X", help=f"{MEANINGS[name]} (0 to {highest:g}, default 1)"
        )
    mouths = commands.add_parser(
        "mouths",
        help="mouths for cartoon rigs: Rhubarb's nine, Moho's, or Oculus and VRM visemes",
        description="The file's ending chooses what is written: .json or .tsv as Rhubarb Lip Sync "
        "writes them (mouths A to H and X), .dat a switch file for Moho with Preston Blair's names "
        "from frame 1, .csv weights of the 15 Oculus or VRM visemes for each frame. Frames are those "
        "of the performance; no mouth but a closure is shorter than two of them.",
    )
    mouths.set_defaults(command=_mouths)
    mouths.add_argument("take", type=Path, help="the .npz of a performance")
    mouths.add_argument("-o", "--out", type=Path, required=True, help=".json, .tsv, .dat or .csv")
    plot = commands.add_parser("plot", help="curves of a performance as a picture")
    plot.set_defaults(command=_plot)
    plot.add_argument("take", type=Path, help="the .npz of a performance")
    plot.add_argument("-o", "--out", type=Path, required=True, help="curves.png, .svg or .pdf")
    plot.add_argument("--audio", type=Path, default=None, help="the sound, if it was moved since")
    commands.add_parser("worker", help="the process that the add-on talks to (core.protocol)")
    return parser


def _performance(options: argparse.Namespace) -> None:
    from .performance import perform  # noqa: PLC0415 - plots do without onnxruntime

    if options.out.suffix.lower() not in {".npz", ".csv"}:
        raise MienError(
            "bad_out_path",
            f"{options.out} ends neither in .npz nor in .csv.",
            "Name the result take.npz or take.csv.",
        )
    performance = perform(
        options.audio,
        _direction(options),
        options.fps,
        options.models,
        _show_progress if sys.stderr.isatty() else None,
        start_seconds=options.start,
        duration_seconds=options.duration,
        text=_text(options),
    )
    if options.out.suffix.lower() == ".csv":
        save_live_link_csv(
            performance.time_seconds, performance.values, performance.fps, options.out
        )
    else:
        save_performance(performance, options.out)
    told = performance.meta.get("text", {})
    for note in (*performance.meta["audio"]["notes"], *told.get("notes", ())):
        print(f"note: {note}", file=sys.stderr)
    print(f"{options.out}: {performance.frames} frames at {performance.fps:g} fps")


def _text(options: argparse.Namespace) -> str | None:
    if options.text_file is None:
        return None if options.text is None else str(options.text)
    return _read("bad_text", options.text_file)


def _read(code: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise MienError(code, f"{path} cannot be read ({error}).", "Check the path.") from error


def _mouths(options: argparse.Namespace) -> None:
    performance = load_performance(options.take)
    save_mouths(performance, options.out)
    print(f"{options.out}: {performance.frames} frames at {performance.fps:g} fps")


def _direction(options: argparse.Namespace) -> Direction:
    data: dict[str, object] = {}
    if options.direction is not None:
        data = Direction.from_json(_read("bad_direction", options.direction)).to_json()
    for entry in fields(Direction):
        value = getattr(options, entry.name, None)
        if entry.init and value is not None:
            data[entry.name] = _blend(value) if entry.name == "emotion" else value
    return Direction.from_json(data)


def _blend(text: str) -> str | Mapping[str, float]:
    """A name, or weights by name from text such as ``happy=0.6,surprised=0.4``."""
    if "=" not in text:
        return text
    weights = {}
    for part in text.split(","):
        name, _, weight = part.partition("=")
        try:
            weights[name.strip()] = float(weight)
        except ValueError as error:
            raise MienError(
                "bad_direction",
                f'"{part.strip()}" is no emotion with its weight.',
                "Write for example happy=0.6,surprised=0.4.",
            ) from error
    return weights


def _show_progress(fraction: float, stage: str) -> None:
    end = "\n" if fraction >= 1.0 else ""
    print(f"\r{stage:<12}{fraction:4.0%}", end=end, file=sys.stderr, flush=True)


def _plot(options: argparse.Namespace) -> None:
    from .plot import plot_performance  # noqa: PLC0415 - matplotlib is needed here only
    from .speech.audio import load_speech  # noqa: PLC0415

    performance = load_performance(options.take)
    source = performance.meta.get("audio", {})
    path = options.audio or Path(str(source.get("path", "")))
    speech = None
    if options.audio is not None or path.is_file():
        start, length = source.get("start_seconds", 0.0), source.get("duration_seconds")
        speech = load_speech(path, start, length)
    plot_performance(performance, options.out, speech)
    print(options.out)


if __name__ == "__main__":
    sys.exit(main())
