# SPDX-License-Identifier: GPL-3.0-or-later
"""What a data-block looked like before Mien, as plain data that a take can carry."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

from . import compat


def look(datablock: Any, paths: Iterable[str]) -> dict[str, Any]:
    """The present state of `datablock`: values at `paths`, and whether it is animated."""
    animation = datablock.animation_data
    return {
        "animated": animation is not None,
        "slot_memory": compat.slot_memory(animation) if animation else None,
        "values": {path: _read(datablock, path) for path in paths},
    }


def values(datablock: Any, paths: Iterable[str]) -> dict[str, float | list[float]]:
    """The present values at those of `paths` that are there."""
    found = {}
    for path in paths:
        try:
            found[path] = _read(datablock, path)
        except ValueError:
            continue
    return found


def restore(datablock: Any, state: dict[str, Any], keyed: Container[str]) -> None:
    """Give `datablock` the values of `state` at those paths that are in `keyed`.

    A value that was never keyed is the animator's to change meanwhile. Animation data that has
    become empty goes, if there was none before.
    """
    for path, value in state["values"].items():
        if path in keyed:
            _write(datablock, path, value)
    animation = datablock.animation_data
    if animation is None:
        return
    empty = animation.action is None and not animation.nla_tracks and not animation.drivers
    if empty and not state["animated"]:
        datablock.animation_data_clear()
    else:
        compat.restore_slot_memory(animation, state["slot_memory"])


def _read(datablock: Any, path: str) -> float | list[float]:
    value = datablock.path_resolve(path)
    return value if isinstance(value, int | float) else list(value)


def _write(datablock: Any, path: str, value: float | list[float]) -> None:
    """Set a value by its RNA path; what is gone by now needs nothing restored."""
    custom = path.endswith('"]')
    holder, _, name = path.rpartition('["' if custom else ".")
    try:
        owner = datablock.path_resolve(holder) if holder else datablock
    except ValueError:
        return
    if custom:
        if name[:-2] in owner:
            owner[name[:-2]] = value
    else:
        setattr(owner, name, value)
