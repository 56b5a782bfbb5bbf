# SPDX-License-Identifier: GPL-3.0-or-later
"""Pose, then press: what differs from the neutral pose becomes what a source does.

Rotations are compared as rotations, whatever the bone's mode, and kept as rotation vectors about
the bone's own axes: posed = neutral * turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import mathutils

from ..problems import AnimatorError
from ..rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM, Link, Pose, Triple
from ..rigs.parts import parts_of
from ..rigs.sources import GAZE_ANGLES
from . import changes, data, snapshot, stored
from .snapshot import Snapshot, Spot, State

# Smaller differences are rounding: a hundredth of a degree, a thousandth of the slider.
LEAST_TURN_RADIANS = 2e-4
LEAST_SLIDER = 1e-3
# Of the armature's size (metres before its scale); 1 mm on a person.
LEAST_MOVE_SHARE = 2e-5
LEAST_SCALE = 1e-4


def record_neutral(target: Any) -> Any:
    """Take the present pose as rest: the MienRig that keeps it."""
    neutral = snapshot.take(parts_of(target))
    place = stored.own(target)
    place.neutral = snapshot.to_text(neutral)
    return place


def neutral_of(target: Any) -> Snapshot:
    """The recorded rest.

    Raises:
        AnimatorError: none was recorded.
    """
    place = data.place_of(target)
    return snapshot.from_text(place.neutral if place is not None else "")


def has_neutral(target: Any) -> bool:
    """Whether `target`'s rest was recorded."""
    place = data.place_of(target)
    return place is not None and bool(place.neutral)


def chosen_source(target: Any) -> str:
    """The source that the panel shows of `target`; empty where none is."""
    place = data.place_of(target)
    if place is None:
        return ""
    if place.chosen:
        return str(place.chosen)
    return str(place.links[place.active].source) if place.active < len(place.links) else ""


def to_neutral(target: Any) -> None:
    """Put the character back into its recorded rest."""
    snapshot.put_back(neutral_of(target), parts_of(target))


def posed_links(target: Any, source: str) -> tuple[Link, ...]:
    """What differs now from the recorded neutral, as links of `source`.

    Raises:
        AnimatorError: no neutral was recorded, or nothing differs from it.
    """
    parts = parts_of(target)
    return checked(target, differences(neutral_of(target), snapshot.take(parts), parts, source))


def checked(target: Any, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """The links, if there are any.

    Raises:
        AnimatorError: nothing differs from the neutral pose.
    """
    if not links:
        raise AnimatorError(
            f"Nothing of '{target.name}' differs from its neutral pose.",
            "Pose the bones or move the sliders first; or record the neutral pose again.",
        )
    return links


def replace_moving(target: Any, links_of: Mapping[str, Sequence[Link]]) -> None:
    """Let these sources do what is given; eyes that are posed no longer turn by gaze angles too."""
    posed_eyes = any(source.startswith("eyeLook") for source in links_of)
    gaze = dict.fromkeys(GAZE_ANGLES, ()) if posed_eyes else {}
    changes.replace_sources(target, {**gaze, **links_of})


def record(target: Any, source: str) -> tuple[Link, ...]:
    """Make the present pose what `source` does, in place of what it did, and go back to neutral.

    Raises:
        AnimatorError: as `posed_links`; nothing was changed.
    """
    links = posed_links(target, source)
    replace_moving(target, {source: links})
    to_neutral(target)
    return links


def differences(
    rest: Snapshot, now: Snapshot, parts: Iterable[Any], source: str
) -> tuple[Link, ...]:
    """Links of `source` that take a character from one state to the other."""
    objects = {part.name: part for part in parts}
    return tuple(
        link
        for spot, state in now.items()
        if spot in rest
        for link in _difference(spot, rest[spot], state, objects[spot[0]], source)
    )


def _difference(spot: Spot, rest: State, now: State, owner: Any, source: str) -> Iterator[Link]:
    _, kind, target, index = spot
    if kind == TRANSFORM:
        pose = pose_between(rest, now, is_bone=bool(target), reach=_size(owner) if target else 1.0)
        if pose != Pose():
            yield Link(source, kind, owner, target, pose=pose)
        return
    moved = now.numbers[0] - rest.numbers[0]
    if abs(moved) < LEAST_SLIDER:
        return
    if kind == SHAPE_KEY:
        block = owner.data.shape_keys.key_blocks[target]
        yield Link(
            source, kind, owner, target, weight=moved, low=block.slider_min, high=block.slider_max
        )
    else:
        yield _slider(Link(source, PROPERTY, owner, target, index), rest.numbers[0], moved)


def pose_between(rest: State, now: State, *, is_bone: bool, reach: float = 1.0) -> Pose:
    """The pose that takes a transform from `rest` to `now`, without what is mere rounding.

    `reach` is the size (metres) of what the transform is part of: moves are weighed against it.
    """
    location = _subtract(now.numbers[:3], rest.numbers[:3])
    turn = rotation_of(rest).inverted() @ rotation_of(now)
    rotation = rotation_vector(turn)
    if is_bone:
        scale = _subtract(now.numbers[-3:], rest.numbers[-3:])
    else:
        # An object's delta scale multiplies its own.
        pairs = zip(now.numbers[-3:], rest.numbers[-3:], strict=True)
        scale = _triple(b / a - 1.0 if a else 0.0 for b, a in pairs)
    return Pose(
        _or_nothing(location, LEAST_MOVE_SHARE * reach),
        _or_nothing(rotation, LEAST_TURN_RADIANS),
        _or_nothing(scale, LEAST_SCALE),
    )


def rotation_of(state: State) -> mathutils.Quaternion:
    """The rotation of a transform's state, in whatever mode it is."""
    numbers = state.numbers[3:-3]
    if state.mode == "QUATERNION":
        return mathutils.Quaternion(numbers).normalized()
    if state.mode == "AXIS_ANGLE":
        return mathutils.Quaternion(numbers[1:], numbers[0])
    return mathutils.Euler(numbers, state.mode).to_quaternion()


def rotation_vector(turn: mathutils.Quaternion) -> Triple:
    """Axis times angle, the short way round."""
    turn = turn.normalized()
    return tuple((-turn if turn.w < 0.0 else turn).to_exponential_map())


def _slider(link: Link, rest: float, moved: float) -> Link:
    """A PROPERTY link with the property's own range; twice the posed way where it has none."""
    low, high, stepped = _range(link.owner, link.target)
    if not abs(low) < 1e6:
        low = min(rest, rest + 2.0 * moved)
    if not abs(high) < 1e6:
        high = max(rest, rest + 2.0 * moved)
    return replace(link, weight=moved, rest=rest, low=low, high=high, stepped=stepped)


def _range(owner: Any, path: str) -> tuple[float, float, bool]:
    """Lowest, highest, and whether only whole numbers are taken, of a custom property."""
    holder_path, name = snapshot.split_custom(path)
    holder = owner.path_resolve(holder_path) if holder_path else owner
    if isinstance(holder[name], bool):
        return 0.0, 1.0, True
    limits = holder.id_properties_ui(name).as_dict()
    whole = isinstance(holder[name], int)
    return float(limits["min"]), float(limits["max"]), whole


def _size(owner: Any) -> float:
    """Size of an armature in its own metres."""
    scale = max(1e-9, *(abs(number) for number in owner.scale))
    return max(*owner.dimensions, 1e-9) / scale


def _subtract(a: Iterable[float], b: Iterable[float]) -> Triple:
    return _triple(x - y for x, y in zip(a, b, strict=True))


def _triple(numbers: Iterable[float]) -> Triple:
    x, y, z = numbers
    return (x, y, z)


def _or_nothing(numbers: Triple, least: float) -> Triple:
    return numbers if max(abs(number) for number in numbers) > least else (0.0, 0.0, 0.0)
