# SPDX-License-Identifier: GPL-3.0-or-later
"""Poses of a pose library -> links: Actions whose names are what some table calls a channel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import bpy

from .. import compat
from ..problems import AnimatorError
from ..rigs.detection import detect
from ..rigs.links import Link
from ..rigs.offer import KEY, Offer
from ..rigs.parts import parts_of
from . import changes, data, recording, snapshot
from .snapshot import Snapshot, Spot, State

# An Action's curves of an object itself say nothing of whose they are, so they are not read.
_BONE = re.compile(r'^pose\.bones\["((?:[^"\\]|\\.)*)"\]\.(location|scale|rotation_\w+)$')
_KEY_VALUE = re.compile(r'^key_blocks\["((?:[^"\\]|\\.)*)"\]\.value$')
_STILL = {
    "location": (0.0, 0.0, 0.0),
    "scale": (1.0, 1.0, 1.0),
    "rotation_quaternion": (1.0, 0.0, 0.0, 0.0),
    "rotation_axis_angle": (0.0, 0.0, 1.0, 0.0),
    "rotation_euler": (0.0, 0.0, 0.0),
}
_MODES = {"rotation_quaternion": "QUATERNION", "rotation_axis_angle": "AXIS_ANGLE"}


def poses() -> list[Any]:
    """Actions that are poses: those marked as assets; all with one key a curve where none is marked."""
    marked = [action for action in bpy.data.actions if action.asset_data is not None]
    return marked or [action for action in bpy.data.actions if _is_pose(action)]


def record_poses(target: Any) -> dict[str, Sequence[Link]]:
    """Make named poses what their sources do; returns source -> links of those that were found.

    Raises:
        AnimatorError: no pose has a name that Mien knows, or none moves this character.
    """
    actions = poses()
    found = links_of_poses(target, actions)
    if not found:
        names = ", ".join(f"'{action.name}'" for action in actions[:3])
        have = f"There are {names}" if names else "This file has no poses"
        raise AnimatorError(
            f"No pose for '{target.name}' has a name that Mien knows. {have}.",
            "Name them as channels (jawOpen, mouthSmileLeft), visemes (viseme_PP) or vowels "
            "(A, I, U, E, O), or use Guided Mapping.",
        )
    recording.replace_moving(target, found)
    return found


def links_of_poses(target: Any, actions: Iterable[Any]) -> dict[str, Sequence[Link]]:
    """Source -> links, for those of the Actions whose names are known and that move the character."""
    by_name = {action.name: action for action in actions}
    named = detect(tuple(Offer(KEY, target, name, name) for name in by_name))
    parts = parts_of(target)
    rest = _rest(target, parts)
    found: dict[str, list[Link]] = {}
    for link in named.links:
        posed = {**rest, **_posed(by_name[link.target], rest, parts)}
        for its in recording.differences(rest, posed, parts, link.source):
            found.setdefault(link.source, []).append(replace(its, weight=its.weight * link.weight))
    return {source: changes.agreed(links) for source, links in found.items()}


def _is_pose(action: Any) -> bool:
    curves = compat.all_fcurves(action)
    return bool(curves) and all(len(curve.keyframe_points) == 1 for curve in curves)


def _rest(target: Any, parts: Sequence[Any]) -> Snapshot:
    """The recorded neutral pose; else that of an unposed rig, with its sliders where they stand."""
    place = data.place_of(target)
    if place is not None and place.neutral:
        return snapshot.from_text(place.neutral)
    return {spot: _at_rest(spot, state) for spot, state in snapshot.take(parts).items()}


def _at_rest(spot: Spot, state: State) -> State:
    _, kind, bone, _ = spot
    if kind == snapshot.SHAPE_KEY:
        return State((0.0,))
    return _unposed(state.mode) if kind == snapshot.TRANSFORM and bone else state


def _unposed(mode: str) -> State:
    name = next((name for name, each in _MODES.items() if each == mode), "rotation_euler")
    return State((*_STILL["location"], *_STILL[name], *_STILL["scale"]), mode)


def _posed(action: Any, rest: Snapshot, parts: Sequence[Any]) -> Snapshot:
    """What an Action's first frame makes of those targets of `rest` that it has curves for."""
    frame = action.frame_range[0]
    values: dict[str, dict[int, float]] = {}
    for curve in compat.all_fcurves(action):
        values.setdefault(curve.data_path, {})[curve.array_index] = curve.evaluate(frame)
    posed: Snapshot = {}
    for path, numbers in values.items():
        for part in parts:
            posed.update(_of_curve(path, numbers, part, {**rest, **posed}))
    return posed


def _of_curve(path: str, numbers: dict[int, float], part: Any, rest: Snapshot) -> Snapshot:
    bone, key = _BONE.match(path), _KEY_VALUE.match(path)
    if bone:
        return _transformed(
            (part.name, snapshot.TRANSFORM, _plain(bone[1]), -1), bone[2], numbers, rest
        )
    if key:
        spot = (part.name, snapshot.SHAPE_KEY, _plain(key[1]), -1)
        return {spot: State((numbers[0],))} if spot in rest else {}
    found = {(part.name, snapshot.PROPERTY, path, i): number for i, number in numbers.items()}
    single = (part.name, snapshot.PROPERTY, path, -1)
    if single in rest:
        return {single: State((numbers[0],))}
    return {spot: State((number,)) for spot, number in found.items() if spot in rest}


def _transformed(spot: Spot, part: str, numbers: dict[int, float], rest: Snapshot) -> Snapshot:
    if spot not in rest:
        return {}
    state = rest[spot]
    if part.startswith("rotation"):
        mode = _MODES.get(part, "XYZ" if state.mode in _MODES.values() else state.mode)
        if mode != state.mode:
            return {}  # the bone does not listen to this rotation
        middle = _with(state.numbers[3:-3], numbers)
        return {spot: State((*state.numbers[:3], *middle, *state.numbers[-3:]), mode)}
    if part == "location":
        return {spot: State((*_with(state.numbers[:3], numbers), *state.numbers[3:]), state.mode)}
    return {spot: State((*state.numbers[:-3], *_with(state.numbers[-3:], numbers)), state.mode)}


def _with(numbers: Sequence[float], changed: dict[int, float]) -> tuple[float, ...]:
    return tuple(changed.get(i, number) for i, number in enumerate(numbers))


def _plain(name: str) -> str:
    return name.replace('\\"', '"').replace("\\\\", "\\")
