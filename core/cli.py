# SPDX-License-Identifier: Apache-2.0
"""Mien on the command line.

python -m core.cli performance speech.wav --emotion angry --intensity 0.8 --fps 60 -o take.npz
python -m core.cli performance speech.wav --text "Bob said: maybe." --articulation 1.5 -o take.npz
python -m core.cli performance speech.wav --style theatrical --voice-emotion 1 -o take.npz
python -m core.cli emotion speech.wav -o track.json
python -m core.cli performance speech.wav --track track.json -o take.npz
python -m core.cli landmarks take.npz other.npz -o face.npz
python -m core.cli performance speech.wav --landmarks face.npz --likeness 0.3 -o take.npz
python -m core.cli mouths take.npz -o mouths.json
python -m core.cli plot take.npz -o curves.png
python -m core.cli avatar track film.mp4 -o anna.mientrack
python -m core.cli avatar curves film.mp4 -o take.npz
python -m core.cli worker
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from .cli_direction import add_direction_options, read_direction, read_text_file
from .curves import load_performance, save_performance
from .errors import MienError
from .face.model import load_face_model
from .live_link import save_live_link_csv
from .mixing.landmark_database import database_of_performances, save_database
from .mouth_files import save_mouths
from .progress import terminal_report
from .whole_file import whole_file

# Commands of `avatar` that take up what an earlier run has left.
AVATAR_GOES_ON = (["train"], ["render"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 1 after an error, 130 after Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A path may hold letters that the terminal's encoding lacks.
            stream.reconfigure(errors="backslashreplace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["worker"]:
        from .worker import main as run_worker  # noqa: PLC0415 - it takes stdout for itself

        run_worker(words[1:])
    parser, avatar = _parsers()
    told, kept = _told, "nothing was written"
    if words[:1] == ["avatar"]:
        from .avatar.cli import add_avatar_commands  # noqa: PLC0415 - an extra
        from .avatar.faults import told  # noqa: PLC0415

        if words[1:2] in AVATAR_GOES_ON:
            kept = "what was finished is kept, and the same command goes on from there"
        add_avatar_commands(avatar)
    options = parser.parse_args(words)
    try:
        options.command(options)
    except KeyboardInterrupt:
        print(f"\nstopped; {kept}", file=sys.stderr)
        return 130
    except Exception as error:  # also those that nobody has foreseen are told in words
        problem = told(error)
        if problem.code == "internal":
            traceback.print_exception(error)
        print(f"{problem.message}\n{problem.advice}", file=sys.stderr)
        return 1
    return 0


def _told(error: BaseException) -> MienError:
    """What is told of an error; those of `avatar` are told by `core.avatar.faults`."""
    if isinstance(error, MienError):
        return error
    if isinstance(error, ImportError):
        return MienError(
            "incomplete_install",
            f"This Python at {sys.executable} lacks a package ({error}).",
            "Install numpy, soundfile, soxr and onnxruntime, or use install.py's .venv.",
        )
    return MienError(
        "internal",
        f"Mien met an error that it does not know ({type(error).__name__}: {error}).",
        "Please report it with the lines above.",
    )


def _parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """The parser, and that of `avatar`, which is filled when it is asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m core.cli",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(
        required=True, metavar="performance | emotion | landmarks | mouths | plot | avatar | worker"
    )
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
    take.add_argument(
        "--landmarks", type=Path, metavar="FILE", help="a face to be like: what `landmarks` wrote"
    )
    take.add_argument(
        "--likeness", type=float, default=0.0, help="0..1, how far the take is pulled toward it"
    )
    _add_sound_options(take)
    add_direction_options(take)
    emotion = commands.add_parser(
        "emotion",
        help="the emotion heard in a voice, as an emotion track (JSON)",
        description="Writes what the worker answers to an emotion request (core.protocol): a track of "
        "a few keys with the confidence of each, and probabilities for the whole range. Edit it and "
        "give it to performance --track.",
    )
    emotion.set_defaults(command=_emotion)
    emotion.add_argument("audio", type=Path, help="wav, flac, ogg, mp3, aiff, ...")
    emotion.add_argument("-o", "--out", type=Path, default=None, help="track.json; else printed")
    _add_sound_options(emotion)
    landmarks = commands.add_parser(
        "landmarks", help="takes to a landmark database: a face that others can be made like"
    )
    landmarks.set_defaults(command=_landmarks)
    landmarks.add_argument("takes", type=Path, nargs="+", help=".npz of performances")
    landmarks.add_argument("-o", "--out", type=Path, required=True, help="face.npz")
    landmarks.add_argument("--models", type=Path, default=None, help="folder with models.json")
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
    avatar = commands.add_parser(
        "avatar", help="a filmed person: track films, read the curves of a performance off them"
    )
    commands.add_parser("worker", help="the process that the add-on talks to (core.protocol)")
    return parser, avatar


def _add_sound_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--start", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--duration", type=float, default=None, metavar="SECONDS")
    parser.add_argument("--models", type=Path, default=None, help="folder with models.json")
    parser.add_argument(
        "--research-models",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="folder of the research model of emotion in the voice (not for commercial use)",
    )


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
        read_direction(options),
        options.fps,
        options.models,
        terminal_report(),
        start_seconds=options.start,
        duration_seconds=options.duration,
        text=_text(options),
        research_folder=options.research_models,
        landmark_database=options.landmarks,
        likeness=options.likeness,
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


def _emotion(options: argparse.Namespace) -> None:
    from .voice_suggestion import suggest_emotion  # noqa: PLC0415 - plots do without onnxruntime

    suggestion = suggest_emotion(
        options.audio,
        options.models,
        terminal_report(),
        start_seconds=options.start,
        duration_seconds=options.duration,
        research_folder=options.research_models,
    )
    text = json.dumps(suggestion.to_json(), indent=1)
    if options.out is None:
        print(text)
        return
    with whole_file(options.out, "The emotion track") as partial:
        partial.write_text(text + "\n", encoding="utf-8")
    strongest = max(suggestion.utterance, key=lambda name: suggestion.utterance[name])
    heard = (
        f"{strongest} {suggestion.utterance[strongest]:.0%}" if suggestion.speech else "no voice"
    )
    print(f"{options.out}: {len(suggestion.confidence)} keys; the whole: {heard}")


def _text(options: argparse.Namespace) -> str | None:
    if options.text_file is None:
        return None if options.text is None else str(options.text)
    return read_text_file("bad_text", options.text_file)


def _landmarks(options: argparse.Namespace) -> None:
    face = load_face_model(options.models)
    takes = [load_performance(take) for take in options.takes]
    database = database_of_performances(takes, face)
    save_database(database, options.out)
    print(f"{options.out}: {len(database.displacements)} faces of {len(takes)} takes")


def _mouths(options: argparse.Namespace) -> None:
    performance = load_performance(options.take)
    save_mouths(performance, options.out)
    print(f"{options.out}: {performance.frames} frames at {performance.fps:g} fps")


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
