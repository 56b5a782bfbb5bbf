# SPDX-License-Identifier: GPL-3.0-or-later
"""Which numbers of Blender's data tell where a rig's targets are, and what they say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .. import spots, takes
from ..rigs.links import TRANSFORM
from .read_back import PARTS, Reading, Target

OWN = "own"
_QUATERNION = (1.0, 0.0, 0.0, 0.0)
_RESTING = {"location": (0.0, 0.0, 0.0), "scale": (1.0, 1.0, 1.0)}


@dataclass(frozen=True)
class Spot:
    """Where one part of a target lives.

    Attributes:
        target: of the rig.
        part: "value", a part of a transform, or OWN: the rotation of an object beside its delta.
        datablock, path: of the RNA property.
        indices: of its numbers; empty for a property that is a single number.
        rest: their values at rest.
        mode: rotation mode of a rotation.
    """

    target: Target
    part: str
    datablock: Any
    path: str
    indices: tuple[int, ...]
    rest: tuple[float, ...]
    mode: str = ""

    def numbers(self) -> list[tuple[Any, str]]:
        """Data-block and RNA path of each single number."""
        if not self.indices:
            return [(self.datablock, self.path)]
        return [(self.datablock, f"{self.path}[{index}]") for index in self.indices]

    def now(self) -> list[float]:
        """What stands there at this moment, in the scene that the animator looks at."""
        value = self.datablock.path_resolve(self.path)
        return [float(value[index]) for index in self.indices] if self.indices else [float(value)]


def spots_of(targets: Iterable[Target], rests: dict[Target, float]) -> list[Spot]:
    """All that has to be read for some targets.

    Args:
        targets: of the rig, all there.
        rests: target -> value at rest, of properties.
    """
    found: list[Spot] = []
    for target in targets:
        owner, kind, name, index = target
        datablock, path = spots.place(kind, owner, name)
        if kind != TRANSFORM:
            indices = (index,) if index >= 0 else ()
            found.append(Spot(target, "value", datablock, path, indices, (rests[target],)))
            continue
        mode = (datablock.path_resolve(path) if path else datablock).rotation_mode
        places = spots.transform_paths(datablock, path)
        before = _before_takes(datablock, places.values())
        if not path:
            where = spots.own_rotation_path(datablock)
            count = len(datablock.path_resolve(where))
            found.append(
                Spot(target, OWN, datablock, where, tuple(range(count)), (0.0,) * count, mode)
            )
        for part in PARTS:
            resting = before.get(places[part], _resting(part, mode))
            indices = tuple(range(len(resting)))
            found.append(Spot(target, part, datablock, places[part], indices, resting, mode))
    return found


def readings(found: list[Spot], rows: np.ndarray) -> dict[Target, Reading]:
    """What the numbers say.

    Args:
        found: from `spots_of`.
        rows: (T, numbers), the numbers of all spots one after another.
    """
    parts: dict[Target, dict[str, np.ndarray]] = {}
    own: dict[Target, np.ndarray] = {}
    place = 0
    for spot in found:
        count = len(spot.rest)
        numbers = rows[:, place : place + count]
        place += count
        if spot.part == OWN:
            own[spot.target] = numbers
            continue
        if spot.part == "rotation":
            moved = _turns(numbers, spot, own.get(spot.target))
        else:
            moved = numbers - np.asarray(spot.rest)
        parts.setdefault(spot.target, {})[spot.part] = (
            moved[:, 0] if spot.part == "value" else moved
        )
    return {target: Reading(**named) for target, named in parts.items()}


def _turns(numbers: np.ndarray, spot: Spot, own: np.ndarray | None) -> np.ndarray:
    """(T, 3) rotation vectors from rest, about the bone's or the object's own axes.

    An object's delta D turns it in its parent's space before its own rotation R, so that a turn H
    about its own axes is D = D0 R H R^-1.
    """
    back = spots.rotation_matrix(spot.rest, spot.mode).inverted()
    found = np.empty((len(numbers), 3))
    for row, values in enumerate(numbers):
        turn = back @ spots.rotation_matrix(tuple(values), spot.mode)
        if own is not None:
            turned = spots.rotation_matrix(tuple(own[row]), spot.mode)
            turn = turned.inverted() @ turn @ turned
        axis, angle = turn.to_quaternion().to_axis_angle()
        found[row] = np.array(axis) * (angle if angle <= np.pi else angle - 2.0 * np.pi)
    return found


def _resting(part: str, mode: str) -> tuple[float, ...]:
    if part != "rotation":
        return _RESTING[part]
    if mode == "QUATERNION":
        return _QUATERNION
    # No turn about an axis; Blender's own default axis.
    return (0.0, 0.0, 1.0, 0.0) if mode == "AXIS_ANGLE" else (0.0, 0.0, 0.0)


def _before_takes(datablock: Any, paths: Iterable[str]) -> dict[str, tuple[float, ...]]:
    """How a transform stood before Mien's first take, where there is one; else it rests as it is made."""
    if not takes.takes_on(datablock):
        return {}
    values = takes.remember(datablock, set(paths))["values"]
    return {path: tuple(value) for path, value in values.items()}
