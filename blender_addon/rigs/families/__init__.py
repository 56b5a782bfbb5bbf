# SPDX-License-Identifier: GPL-3.0-or-later
"""The families of rigs, a JSON table each: which of a performance's columns moves what.

Fields of a table:

- `name`, `source` (where its names are from), `comment`;
- `kind`: NAMES (shape keys and custom properties), BONES, SWAP (mouths that show one at a time) or
  FRAME (a number that chooses the mouth);
- `sources`: column -> alternatives, best first; the first whose targets are all there is taken.
  An alternative is a list of targets, or target -> weight; for bones, target -> moves (bone_moves.py);
- `combine`: SUM or MAX, how several columns of one target go together;
- `needs`: lists of targets, one of which must be there whole; without it, any target counts;
- `also`: target -> other names of it;
- `prefixes` of SWAP: words that may stand before a mouth's name;
- `unit` of BONES: pairs of bones, the first found is the length that moves are counted in.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAMES, BONES, SWAP, FRAME = "NAMES", "BONES", "SWAP", "FRAME"
# Target -> its weight, or of bones its moves.
Alternative = Mapping[str, Any]


@dataclass(frozen=True)
class Family:
    """A table as read; see the module for its fields."""

    name: str
    source: str
    comment: str
    kind: str
    combine: str
    sources: Mapping[str, tuple[Alternative, ...]]
    needs: tuple[tuple[str, ...], ...] = ()
    also: Mapping[str, tuple[str, ...]] | None = None
    prefixes: tuple[str, ...] = ()
    unit: tuple[tuple[str, str], ...] = ()

    def spellings(self, target: str) -> tuple[str, ...]:
        """The names that a target goes by, the table's own first."""
        return (target, *(self.also or {}).get(target, ()))


@functools.cache
def all_families() -> tuple[Family, ...]:
    """Every table of this folder, by file name, read once: panels ask at every redraw."""
    return tuple(
        _family(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(Path(__file__).parent.glob("*.json"))
    )


def family(name: str) -> Family:
    """The family of that name.

    Raises:
        KeyError: there is none.
    """
    for each in all_families():
        if each.name == name:
            return each
    raise KeyError(name)


def _family(data: dict[str, Any]) -> Family:
    return Family(
        data["name"],
        data["source"],
        data["comment"],
        data["kind"],
        data["combine"],
        {
            source: tuple(_weighted(alternative) for alternative in alternatives)
            for source, alternatives in data["sources"].items()
        },
        tuple(tuple(group) for group in data.get("needs", ())),
        {target: tuple(names) for target, names in data.get("also", {}).items()},
        tuple(data.get("prefixes", ())),
        tuple((first, second) for first, second in data.get("unit", ())),
    )


def _weighted(alternative: list[str] | dict[str, Any]) -> Alternative:
    if isinstance(alternative, dict):
        return alternative
    return dict.fromkeys(alternative, 1.0)
