# SPDX-License-Identifier: GPL-3.0-or-later
"""A rig's targets over time -> the columns of a performance that put them there.

`rigs.values` says what a target does under given sources; this is the way back, so that whatever the
animator has keyed, layered or driven on the rig reaches the avatar. Where one source moves a target
alone, its value is exact. Two sources that pull one target to opposite sides are told apart by the
side. What else moves targets together is solved by least squares between the sources' limits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..rigs.links import MAXIMUM, TRANSFORM, Link
from ..rigs.sources import CHANNELS, GAZE_ANGLES, HEAD_ANGLES
from .least_squares import bounded

ANGLES = (*HEAD_ANGLES, *GAZE_ANGLES)
READ = (*CHANNELS, *ANGLES)
PARTS = ("location", "rotation", "scale")
# Eye rotations at which an eyeLook channel reaches 1, radians: up, down, aside (core.motion.gaze).
LOOK_UP, LOOK_DOWN, LOOK_ASIDE = (math.radians(degrees) for degrees in (20.0, 24.0, 28.0))
# Below this, a number moves by rounding alone.
NOTHING = 1e-6
# How far from 1 the resolution of a source may be (its own share in what is read back).
RESOLVED = 1e-4

# Owner, kind, name and index of a target.
Target = tuple[Any, str, str, int]


@dataclass(frozen=True)
class Reading:
    """One target over T moments, against its rest.

    Attributes:
        value: (T,) of a shape key or property, rest taken off; None for a transform.
        location, rotation, scale: (T, 3) of a transform, see `rigs.links.Pose`; None for the others.
    """

    value: np.ndarray | None = None
    location: np.ndarray | None = None
    rotation: np.ndarray | None = None
    scale: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Way:
    """What can be read back from a rig, and how.

    Attributes:
        targets: those that must be read.
        sources: the columns that are solved for.
        numbers: target, part ("value", "location", ...) and axis of each number of the targets.
        matrix: (numbers, sources): what each source at 1 adds to each number.
        shared: channels that move only what others move as well, so that they are a best guess.
        unread: channels that move the rig in a way that has no way back (the strongest wins).
        foreign: sources that move the rig and are no channels: visemes, drawn mouths, emotions.
    """

    targets: tuple[Target, ...]
    sources: tuple[str, ...]
    numbers: tuple[tuple[Target, str, int], ...]
    matrix: np.ndarray
    shared: tuple[str, ...]
    unread: tuple[str, ...]
    foreign: tuple[str, ...]


def way_back(links: Iterable[Link]) -> Way:
    """How a performance is read back from what `links` move."""
    groups: dict[Target, list[Link]] = {}
    for link in links:
        if abs(link.weight * link.gain) > NOTHING:
            groups.setdefault((link.owner, link.kind, link.target, link.index), []).append(link)
    linear = {target: group for target, group in groups.items() if _is_linear(group)}
    known = _sources(linear.values())
    rows: list[dict[str, float]] = []
    numbers: list[tuple[Target, str, int]] = []
    for target, group in linear.items():
        for part, axis, row in _rows(group):
            rows.append(row)
            numbers.append((target, part, axis))
    matrix = np.array([[row.get(name, 0.0) for name in known] for row in rows], np.float64)
    every = _sources(groups.values())
    return Way(
        targets=tuple(linear),
        sources=known,
        numbers=tuple(numbers),
        matrix=matrix.reshape(len(rows), len(known)),
        shared=_shared(known, matrix) if rows else (),
        unread=tuple(name for name in every if name in READ and name not in known),
        foreign=tuple(name for name in every if name not in READ),
    )


def columns(way: Way, readings: Mapping[Target, Reading], count: int) -> dict[str, np.ndarray]:
    """The 52 channels (0..1) and five angles (radians), each (T,); those that nothing moves are 0.

    Args:
        way: of the rig.
        readings: of all `way.targets`.
        count: T.
    """
    found = {name: np.zeros(count) for name in READ}
    if way.sources and count:
        numbers = np.stack([_number(readings[t], part, axis) for t, part, axis in way.numbers])
        low = [-math.pi if name in ANGLES else 0.0 for name in way.sources]
        high = [math.pi if name in ANGLES else 1.0 for name in way.sources]
        solved = bounded(way.matrix, numbers, np.array(low), np.array(high))
        found.update(
            {name: row for name, row in zip(way.sources, solved, strict=True) if name in READ}
        )
    return _with_looks(found, turned="gazeYaw" in way.sources or "gazePitch" in way.sources)


def _is_linear(group: list[Link]) -> bool:
    """Whether what the sources add can be told from the target: a sum, or one source alone."""
    return not group[0].stepped and (group[0].combine != MAXIMUM or len(group) == 1)


def _sources(groups: Iterable[list[Link]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.source for group in groups for link in group))


def _rows(group: list[Link]) -> Iterable[tuple[str, int, dict[str, float]]]:
    """Part, axis, and what each source adds at 1, of each number of a target that moves."""
    if group[0].kind != TRANSFORM:
        yield "value", 0, _added((link.source, link.weight * link.gain) for link in group)
        return
    for part in PARTS:
        for axis in range(3):
            row = _added(
                (link.source, link.weight * link.gain * getattr(link.pose, part)[axis])
                for link in group
            )
            if row:
                yield part, axis, row


def _added(weights: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for source, weight in weights:
        if abs(weight) > NOTHING:
            found[source] = found.get(source, 0.0) + weight
    return found


def _number(reading: Reading, part: str, axis: int) -> np.ndarray:
    values = getattr(reading, part)
    return np.asarray(values if part == "value" else values[:, axis], np.float64)


def _shared(sources: tuple[str, ...], matrix: np.ndarray) -> tuple[str, ...]:
    """Sources whose value cannot be told from those of others.

    Sources that pull alike to opposite sides count as one, since neither goes below 0.
    """
    even = matrix / np.maximum(np.linalg.norm(matrix, axis=0), NOTHING)
    opposite = even.T @ even < RESOLVED - 1.0
    signed = np.array([name in ANGLES for name in sources])
    opposite[signed, :] = opposite[:, signed] = False
    # Of those that pull to opposite sides the first stands for both.
    lead = np.where(opposite.any(axis=1), opposite.argmax(axis=1), np.arange(len(sources)))
    lead = np.minimum(lead, np.arange(len(sources)))
    leads = np.unique(lead)
    resolution = np.diag(np.linalg.pinv(even[:, leads]) @ even[:, leads])
    clear = set(leads[resolution > 1.0 - RESOLVED].tolist())
    return tuple(
        name
        for name, place in zip(sources, lead.tolist(), strict=True)
        if place not in clear and name in READ
    )


def _with_looks(found: dict[str, np.ndarray], *, turned: bool) -> dict[str, np.ndarray]:
    """Where eyes turn by angles, the channels that show the same."""
    if not turned:
        return found
    pitch, yaw = found["gazePitch"], found["gazeYaw"]
    looks = {
        ("eyeLookUpLeft", "eyeLookUpRight"): pitch / LOOK_UP,
        ("eyeLookDownLeft", "eyeLookDownRight"): -pitch / LOOK_DOWN,
        ("eyeLookOutLeft", "eyeLookInRight"): yaw / LOOK_ASIDE,
        ("eyeLookInLeft", "eyeLookOutRight"): -yaw / LOOK_ASIDE,
    }
    for names, values in looks.items():
        for name in names:
            found[name] = np.clip(np.maximum(found[name], values), 0.0, 1.0)
    return found
