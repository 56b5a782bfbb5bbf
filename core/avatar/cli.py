# SPDX-License-Identifier: Apache-2.0
"""`python -m core.cli avatar ...`: the avatar's commands; each loads what it needs when it runs."""

from __future__ import annotations

import argparse
from typing import Any

from .cli_track import add_curves_command, add_track_command

COMMANDS = {"track": add_track_command, "curves": add_curves_command}
"""Name of a command -> what adds it to the parser."""


def add_avatar_commands(commands: Any) -> None:  # noqa: ANN401 - argparse names no type for it
    """Add `avatar` with all of its commands to the parser of `core.cli`."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "avatar", help="a filmed person: track films, read curves off them"
    )
    avatar_commands = parser.add_subparsers(required=True, metavar=" | ".join(COMMANDS))
    for add_command in COMMANDS.values():
        add_command(avatar_commands)
