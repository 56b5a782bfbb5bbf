# SPDX-License-Identifier: GPL-3.0-or-later
"""A mapping as a file: JSON, for another scene with the same character, or one built alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import bpy

from .. import spots
from ..problems import AnimatorError
from ..rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM, Link, Pose, Rig
from ..rigs.parts import parts_of
from ..rigs.spelling import normalised
from . import data, stored
from .exchange_file import FORMAT, NUMBERS, VERSION, read

# Storage has 32 bits: more digits than these are noise.
DIGITS = 7


@dataclass(frozen=True)
class Imported:
    """How many links fitted, and what did not: one line for each target that is missing here."""

    fitted: int
    unfitted: tuple[str, ...]


def to_file(target: Any, path: Path) -> int:
    """Write `target`'s mapping, own or recognised; returns how many links it has.

    Raises:
        AnimatorError: there is nothing to write, or the file cannot be written.
    """
    place = data.place_of(target)
    if place is None:
        rows = [(link, True, False) for link in stored.detected(target).links]
        family = stored.detected(target).family
    else:
        rows = [(link, item.enabled, item.filled) for item, link in stored.links_in(place)]
        rows, family = [row for row in rows if row[0].owner], place.family
    if not rows:
        raise AnimatorError(f"'{target.name}' has no mapping to export.", "Map it first.")
    links = [
        _row(link, target) | {"enabled": enabled, "filled": filled}
        for link, enabled, filled in rows
    ]
    document = {"format": FORMAT, "version": VERSION, "family": family, "links": links}
    try:
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise AnimatorError(
            f"The mapping cannot be written: {error}", "Choose another folder."
        ) from error
    return len(rows)


def from_file(target: Any, path: Path) -> Imported:
    """Make the file's mapping `target`'s own; all of the file is checked before anything changes.

    Raises:
        AnimatorError: it is no mapping, is damaged, of a later version, or fits nothing here.
    """
    document = read(path)
    rows = document["links"]
    finder = _Finder(target)
    fitting, unfitted = [], []
    for row in rows:
        owner = finder.owner(row)
        if owner is None:
            unfitted.append(f"{_described(row)} of '{row['owner']['name']}'")
        else:
            fitting.append((_link(row, owner), row))
    if not fitting:
        raise AnimatorError(
            f"Nothing in '{path.name}' fits '{target.name}'. It needs {', '.join(unfitted[:3])}.",
            "Choose the character that the mapping was made for, or one built alike.",
        )
    place = stored.store(target, Rig(document["family"], tuple(link for link, _ in fitting), ()))
    for item, (_, row) in zip(place.links, fitting, strict=True):
        item.enabled, item.filled = row["enabled"], row["filled"]
    return Imported(len(fitting), tuple(dict.fromkeys(unfitted)))


def _row(link: Link, target: Any) -> dict[str, Any]:
    row = asdict(
        Link(
            **{
                **link.__dict__,
                "owner": None,
                "pose": Pose(*map(_rounded, link.pose.__dict__.values())),
            }
        )
    )
    row.update({name: float(f"{row[name]:.{DIGITS}g}") for name in NUMBERS})
    if isinstance(link.owner, bpy.types.Object):
        row["owner"] = {
            "name": link.owner.name,
            "type": link.owner.type,
            "is_face": link.owner == target,
        }
    else:
        material = next(each for each in bpy.data.materials if each.node_tree == link.owner)
        row["owner"] = {"name": material.name, "type": "MATERIAL", "is_face": False}
    if link.kind != TRANSFORM:
        del row["pose"]
    return row


def _rounded(numbers: Any) -> tuple[float, ...]:
    return tuple(float(f"{number:.{DIGITS}g}") for number in numbers)


def _link(row: Mapping[str, Any], owner: Any) -> Link:
    plain = {name: row[name] for name in stored.PLAIN}
    if row["kind"] != TRANSFORM:
        return Link(**plain, owner=owner)
    return Link(
        **plain, owner=owner, pose=Pose(**{part: tuple(row["pose"][part]) for part in row["pose"]})
    )


def _described(row: Mapping[str, Any]) -> str:
    what = {SHAPE_KEY: "shape key", PROPERTY: "property", TRANSFORM: "bone"}[row["kind"]]
    return f"{what} '{row['target']}'" if row["target"] else "the object"


class _Finder:
    """Finds on a character what a file names: by name, else by the part that it plays."""

    def __init__(self, target: Any) -> None:
        self._target = target
        self._parts = parts_of(target)

    def owner(self, row: Mapping[str, Any]) -> Any | None:
        """What owns a link's target here; None where nothing has it."""
        wanted = row["owner"]
        if wanted["type"] == "MATERIAL":
            return self._nodes(wanted["name"])
        same_type = [part for part in self._parts if part.type == wanted["type"]]
        ways = (
            [part for part in same_type if part.name == wanted["name"]],
            [
                part
                for part in same_type
                if normalised(part.name.split(".")[0]) == normalised(wanted["name"].split(".")[0])
            ],
            [self._target] if wanted["is_face"] else [],
            # An object itself has no other name to be told by.
            same_type if row["target"] else [],
        )
        for way in ways:
            found = [part for part in way if _has(part, row)]
            if found:
                return found[0]
        return None

    def _nodes(self, name: str) -> Any | None:
        for part in self._parts:
            for slot in part.material_slots:
                if slot.material is not None and slot.material.name == name:
                    return slot.material.node_tree
        return None


def _has(part: Any, row: Mapping[str, Any]) -> bool:
    try:
        spots.place(row["kind"], part, row["target"])
    except (ValueError, AttributeError):
        return False
    return True
