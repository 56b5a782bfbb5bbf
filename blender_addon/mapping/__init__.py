# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's own mapping: stored, shown, tested, mirrored, recorded, exchanged."""

from __future__ import annotations

from . import data
from .stored import forget, has_own, link_of, own, rig_of, store, write

__all__ = [
    "forget",
    "has_own",
    "link_of",
    "own",
    "register",
    "rig_of",
    "store",
    "unregister",
    "write",
]


def register() -> None:
    """Register what is stored."""
    data.register()


def unregister() -> None:
    """Undo `register`."""
    data.unregister()
