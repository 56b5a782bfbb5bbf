# SPDX-License-Identifier: Apache-2.0
"""Options of the command line that direct a performance, and the Direction they make."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from .direction import EMOTION_NAMES, MEANINGS, UPPER_LIMITS, Direction
from .emotion_track import EmotionTrack
from .errors import MienError
from .styles import find_style, list_styles


def add_direction_options(parser: argparse.ArgumentParser) -> None:
    """Add --style, --direction, --emotion or --track, --seed, and every number of UPPER_LIMITS."""
    parser.add_argument(
        "--style",
        metavar="NAME",
        help=f"a manner of acting: {', '.join(style.key for style in list_styles())}, or a .json file",
    )
    parser.add_argument(
        "--direction", type=Path, default=None, help="JSON file over the style; options override it"
    )
    feeling = parser.add_mutually_exclusive_group()
    feeling.add_argument(
        "--emotion",
        help=f"one of {', '.join(EMOTION_NAMES)}, or a blend such as happy=0.6,surprised=0.4",
    )
    feeling.add_argument(
        "--track",
        type=Path,
        metavar="FILE",
        help="emotion over time: the .json that the command emotion writes",
    )
    parser.add_argument("--seed", type=int, help="from 0; another seed is another take")
    usual = {entry.name: entry.default for entry in fields(Direction) if entry.init}
    for name, highest in UPPER_LIMITS.items():
        parser.add_argument(
            "--" + name.replace("_", "-"),
            type=float,
            metavar="X",
            help=f"{MEANINGS[name]} (0 to {highest:g}, default {usual[name]:g})",
        )


def read_direction(options: argparse.Namespace) -> Direction:
    """The style, the direction's file over it, and the options over both.

    Raises:
        MienError: naming the file or the setting that is wrong.
    """
    data: dict[str, Any] = {}
    if options.style is not None:
        data.update(find_style(options.style).direction)
    if options.direction is not None:
        data.update(_direction_file(options.direction))
    if options.track is not None:
        data["emotion_track"] = read_track(options.track)
    if options.emotion is not None:
        data.update(emotion=_blend(options.emotion), emotion_track=None)
    for name in ("seed", *UPPER_LIMITS):
        if getattr(options, name) is not None:
            data[name] = getattr(options, name)
    return Direction.from_json(data)


def read_track(path: Path) -> EmotionTrack:
    """An emotion track from JSON: its columns, or the whole answer of the command emotion.

    Raises:
        MienError: ``bad_direction``, naming the file or the column that is wrong.
    """
    text = read_text_file("bad_direction", path)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MienError(
            "bad_direction", f"{path} is not JSON ({error}).", "Check its text."
        ) from error
    if isinstance(data, Mapping) and "track" in data:
        data = data["track"]
    return EmotionTrack.from_json(data)


def read_text_file(code: str, path: Path) -> str:
    """The text of a file.

    Raises:
        MienError: `code`, naming the file.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise MienError(code, f"{path} cannot be read ({error}).", "Check the path.") from error


def _direction_file(path: Path) -> Mapping[str, Any]:
    text = read_text_file("bad_direction", path)
    # Checked as a whole, then only what it says counts: the style keeps the rest.
    Direction.from_json(text)
    return dict(json.loads(text))


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
