# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that hold for one take alone: the character's own are back before anybody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def settings_for_one_take(settings: Any, asked: Mapping[str, Any]) -> Iterator[None]:
    """Within the block, `settings` (one character's) have the values `asked` for.

    A job takes its direction from the settings while it is started, so the block need last no longer.
    Keys on a setting still have their say.
    """
    usual = {name: getattr(settings, name) for name in asked}
    try:
        for name, value in asked.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in usual.items():
            setattr(settings, name, value)
