# SPDX-License-Identifier: Apache-2.0
"""`--device` of the avatar's commands, and the line that says what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_device_option(command: argparse.ArgumentParser) -> None:
    """Add `--device`; its names are those of `core.avatar.device`, which needs torch."""
    command.add_argument(
        "--device",
        default="auto",
        metavar="auto|cpu|cuda",
        help="auto (default): the graphics card where gsplat can draw on it, else the processor",
    )


def tell_device(name: str) -> None:
    """Say which device a wish comes to, before the work begins.

    Raises:
        MienError: where it cannot be had.
    """
    from .device import choose_device  # noqa: PLC0415 - torch takes seconds to load

    print(f"on {choose_device(name).words}", flush=True)
