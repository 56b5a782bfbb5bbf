# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the file of a mapping, and believes nothing that it has not checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..problems import AnimatorError
from ..rigs.links import MAXIMUM, PROPERTY, SHAPE_KEY, SUM, TRANSFORM, Pose
from ..rigs.sources import SOURCES

FORMAT = "mien-mapping"
VERSION = 1
# Numbers of a link that are written by their own names.
NUMBERS = ("weight", "gain", "rest", "low", "high")


def read(path: Path) -> dict[str, Any]:
    """A file's `family` and `links`, each link as `to_file` of exchange.py writes it.

    Raises:
        AnimatorError: it is no mapping, is damaged, or of a later version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AnimatorError(
            f"'{path.name}' cannot be read as a mapping: {error}",
            "Choose a file that Mien exported.",
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise AnimatorError(
            f"'{path.name}' is no mapping of Mien.", "Choose a file that Mien exported."
        )
    if not isinstance(document.get("version"), int) or document["version"] > VERSION:
        raise AnimatorError(f"'{path.name}' was made by a later version of Mien.", "Update Mien.")
    if not isinstance(document.get("links"), list) or not isinstance(document.get("family"), str):
        raise _damaged(path, "it has no list of links")
    for row in document["links"]:
        _check(row, path)
    return document


def _damaged(path: Path, why: str) -> AnimatorError:
    return AnimatorError(f"'{path.name}' is damaged: {why}.", "Export the mapping again.")


# What a link of a file must have, and what each may be.
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "source": SOURCES,
    "kind": (SHAPE_KEY, PROPERTY, TRANSFORM),
    "combine": (SUM, MAXIMUM),
}
_TYPES: Mapping[str, type] = {
    "target": str,
    "index": int,
    "owner": dict,
    "stepped": bool,
    "enabled": bool,
    "filled": bool,
}
_OWNER_TYPES: Mapping[str, type] = {"name": str, "type": str, "is_face": bool}
# Blender's arrays have no more numbers than 32.
LAST_INDEX = 31


def _check(row: Any, path: Path) -> None:
    if not isinstance(row, dict):
        raise _damaged(path, f"{row!r:.60} is no link")
    for name, choices in _CHOICES.items():
        if row.get(name) not in choices:
            raise _damaged(path, f"{row.get(name)!r:.60} is no {name} that this version knows")
    where = f"a link of {row['source']}"
    if not _has_types(row, _TYPES):
        raise _damaged(path, f"{where} lacks one of {', '.join(_TYPES)}")
    if isinstance(row["index"], bool) or not -1 <= row["index"] <= LAST_INDEX:
        raise _damaged(path, f"{where} has no index")
    if not _has_types(row["owner"], _OWNER_TYPES):
        raise _damaged(path, f"{where} names no object")
    numbers = [row.get(name) for name in NUMBERS]
    if row["kind"] == TRANSFORM:
        numbers += _numbers_of_pose(row.get("pose"))
    if not all(map(_is_number, numbers)):
        raise _damaged(path, f"{where} has a number that is none")


def _has_types(row: Any, types: Mapping[str, type]) -> bool:
    return all(isinstance(row.get(name), kind) for name, kind in types.items())


def _numbers_of_pose(pose: Any) -> list[Any]:
    """The nine numbers of a pose; a None among them where it is none."""
    names = [field.name for field in fields(Pose)]
    if not isinstance(pose, dict) or pose.keys() != set(names):
        return [None]
    parts = [pose[name] for name in names]
    if not all(isinstance(part, list) and len(part) == 3 for part in parts):
        return [None]
    return [number for part in parts for number in part]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
