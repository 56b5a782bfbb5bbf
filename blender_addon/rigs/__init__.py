# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rig offers: shape-key names matched against tables of the channels Mien speaks."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLES_FOLDER = Path(__file__).parent
# A side at the end, written short: eyeBlink_L, eyeBlink.r, eyeBlinkL.
SHORT_SIDE = re.compile(r"(?:[_.\- ]([lrLR])|(?<=[a-z])([LR]))$")


@dataclass(frozen=True)
class Link:
    """One channel drives one shape key, times `weight`."""

    channel: str
    shape_key: str
    weight: float = 1.0


@dataclass(frozen=True)
class Rig:
    """What was recognised on a mesh: the table, its links, and the channels without a key."""

    table: str
    links: tuple[Link, ...]
    missing: tuple[str, ...]


def detect(shape_key_names: Iterable[str], table: str = "arkit") -> Rig:
    """Match shape-key names with a table of this folder.

    The first spelling on the mesh wins when two keys normalise to the same name; an exact name
    always wins over a normalised one.
    """
    return _detect(tuple(shape_key_names), table)


@functools.lru_cache(maxsize=64)
def _detect(shape_key_names: tuple[str, ...], table: str) -> Rig:
    """Panels and buttons ask at every redraw; 0.4 ms uncached."""
    data = load_table(table)
    by_name: dict[str, str] = {}
    for name in shape_key_names:
        by_name.setdefault(normalised(name), name)
        by_name[name] = name
    links: list[Link] = []
    missing: list[str] = []
    for channel, alternatives in data["channels"].items():
        keys = _first_complete(alternatives, by_name)
        links.extend(Link(channel, key) for key in keys)
        if not keys:
            missing.append(channel)
    return Rig(data["name"], tuple(links), tuple(missing))


@functools.cache
def load_table(name: str) -> dict[str, Any]:
    """A table of this folder, read once: panels ask at every redraw."""
    text = (TABLES_FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def normalised(name: str) -> str:
    """One spelling for all: eyeBlink_L, EyeBlink.L, eye_blink_left, eyeBlinkL -> eyeblinkleft."""
    match = SHORT_SIDE.search(name)
    if match:
        side = "left" if (match.group(1) or match.group(2)).lower() == "l" else "right"
        name = name[: match.start()] + side
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _first_complete(alternatives: list[list[str]], by_name: dict[str, str]) -> list[str]:
    for alternative in alternatives:
        found = [by_name.get(name) or by_name.get(normalised(name)) for name in alternative]
        if all(found):
            return [key for key in found if key]
    return []
