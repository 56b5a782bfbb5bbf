# SPDX-License-Identifier: Apache-2.0
"""`python -m core.cli avatar ...`: the avatar's commands; each loads what it needs when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cli_render import add_info_command, add_ply_command, add_render_command
from .cli_track import add_curves_command, add_track_command
from .cli_train import add_train_command

if TYPE_CHECKING:
    import argparse

COMMANDS = {
    "track": add_track_command,
    "curves": add_curves_command,
    "train": add_train_command,
    "render": add_render_command,
    "ply": add_ply_command,
    "info": add_info_command,
}
"""Name of a command -> what adds it to the parser."""


def add_avatar_commands(parser: argparse.ArgumentParser) -> None:
    """Add all commands to the parser of `avatar`."""
    commands = parser.add_subparsers(required=True, metavar=" | ".join(COMMANDS))
    for add_command in COMMANDS.values():
        add_command(commands)
