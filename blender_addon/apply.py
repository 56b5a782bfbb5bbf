# SPDX-License-Identifier: GPL-3.0-or-later
"""A finished performance -> a take on the character, all of it or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from . import character, keying, layers, settle, take_actions, takes
from .key_tolerance import Tolerance
from .performance_file import Performed
from .problems import AnimatorError
from .rigs.links import SHAPE_KEY
from .strips import StripMap

# Below this share of sampled frames a performance cannot belong to the strip it was asked for;
# a file that ends up to two frames before its strip is normal, since Blender rounds lengths.
SHORTEST_SHARE = 0.5


@dataclass(frozen=True)
class Order:
    """How a take is keyed.

    Attributes:
        strip_name: the strip that is spoken.
        heard: its frames.
        label: what the list of takes calls it.
        tolerance: how far keyed curves may lie from the performance.
        beside: keep the strip's present take, unheard, beside this one.
        made: what made the take, plain data, for re-timing it and for making it again.
    """

    strip_name: str
    heard: StripMap
    label: str = "Take"
    tolerance: Tolerance = field(default_factory=Tolerance)
    beside: bool = False
    made: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What was keyed, on which whole frames (inclusive).

    `on_top` are channels that the animator's own Action moves, above the take; `left_alone` those
    that their NLA strips or drivers move; `blocked` what cannot be keyed; `held_back` says why the
    face will not show all that is keyed, or is empty; `kept` are Actions of replaced takes that the
    animator had edited or protected.
    """

    first_frame: int
    last_frame: int
    curves: int
    keys: int
    on_top: tuple[str, ...]
    left_alone: tuple[str, ...]
    blocked: tuple[tuple[str, str], ...]
    held_back: str
    kept: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """What shall be written, by data-block: curves with their keys, layers, the state before Mien."""

    curves: Mapping[Any, list[layers.Curve]]
    keys: Mapping[Any, list[keying.Keys]]
    layers: Mapping[Any, set[str]]
    before: Mapping[Any, dict[str, Any]]
    left_alone: tuple[str, ...]
    contacts: Mapping[str, list[int]]


def key_take(order: Order, performed: Performed, target: Any, head: Any) -> Report:
    """Key a performance on a character and, if given, on its head object.

    Where lips are still open at the end of the strip, keys after it bring them to rest. The strip's
    present take is replaced, or kept unheard where `order.beside` says so; nothing changes when an
    error is raised.

    Raises:
        AnimatorError: the rig cannot take keys, or every channel is moved by the animator's own.
    """
    able = character.check_character(target, head)
    count = min(order.heard.frames, len(next(iter(performed.mix.values()))))
    if count < order.heard.frames * SHORTEST_SHARE:
        raise AnimatorError(
            f"The sound of strip '{order.strip_name}' ends after {count} of "
            f"{order.heard.frames} frames.",
            "Trim the strip to the sound that its file holds, then generate again.",
        )
    mix, lips = (
        {name: column[:count] for name, column in columns.items()}
        for columns in (performed.mix, performed.lips)
    )
    mix, lips = settle.with_rest(mix, lips, order.heard.grid_fps)
    contacts = {
        name: [row for row in rows if row < count] for name, rows in performed.contacts.items()
    }
    plan = _plan(able, order, Performed(mix, lips, contacts))
    last = order.heard.first_frame + len(next(iter(mix.values()))) - 1
    on_top = tuple(
        _named(curve)
        for datablock, curves in plan.curves.items()
        for above in [takes.paths_on_top(datablock)]
        for curve in curves
        if curve.layer == layers.BASE and curve.path in above
    )
    kept = _write(order, able, plan, last)
    return Report(
        order.heard.first_frame,
        order.heard.first_frame + count - 1,
        len({(block, c.path, c.index) for block, curves in plan.curves.items() for c in curves}),
        sum(len(keys.frames) for found in plan.keys.values() for keys in found),
        on_top,
        plan.left_alone,
        able.blocked,
        _held_back(able),
        kept,
    )


def clear_takes(target: Any, head: Any) -> tuple[int, tuple[str, ...]]:
    """Remove all of Mien's takes from a character, and wherever else these takes play.

    Everything that the takes touched is as it was before the first one. Returns the number of
    takes removed, and the names of Actions kept, which the animator had edited or protected.
    """
    own = character.animated_by_takes(target, head)
    pieces = [piece for datablock in own for piece in takes.pieces_on(datablock)]
    ids = {piece.take for piece in pieces if piece.is_local}
    return remove_takes(own, ids)


def remove_takes(datablocks: Sequence[Any], ids: set[str]) -> tuple[int, tuple[str, ...]]:
    """Remove takes by their ids from data-blocks and from those that share them; see clear_takes."""
    pieces = [
        piece
        for datablock in datablocks
        for piece in takes.pieces_on(datablock)
        if piece.take in ids
    ]
    gone = takes.everywhere(pieces)
    actions = dict.fromkeys(piece.action for piece in gone)
    for datablock in dict.fromkeys([*datablocks, *(piece.datablock for piece in gone)]):
        takes.drop(datablock, ids)
    return len(ids), takes.remove_unused(actions)


def shortened(names: Sequence[str]) -> str:
    """The first three names, and dots if there are more."""
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")


def _plan(able: character.Character, order: Order, performed: Performed) -> _Plan:
    before = {
        datablock: takes.remember(datablock, paths)
        for datablock, paths in layers.paths_of(able.links).items()
    }
    rest = {datablock: state["values"] for datablock, state in before.items()}
    curves = layers.layered(able.links, performed.mix, performed.lips, rest)
    taken = {datablock: takes.paths_of_others(datablock) for datablock in before}
    free = [curve for curve in curves if curve.path not in taken[curve.datablock]]
    if not any(curve.layer != layers.HEAD for curve in free):
        raise AnimatorError(
            "Every channel of the face is already animated by you.",
            "Mute or unlink those NLA strips (or drivers) to let Mien key the face.",
        )
    left_alone = dict.fromkeys(
        _named(curve) for curve in curves if curve.path in taken[curve.datablock]
    )
    by_block: dict[Any, list[layers.Curve]] = {}
    for curve in _needed(free, rest):
        by_block.setdefault(curve.datablock, []).append(curve)
    keys = {
        datablock: keying.fitted(
            found, order.heard.first_frame, order.tolerance, performed.contacts
        )
        for datablock, found in by_block.items()
    }
    present = layers.layers_of(able.links)
    met = {
        curve.path: keying.met(curve.sources, performed.contacts, len(curve.values))
        for curve in curves
        if curve.layer == layers.LIPS
    }
    exact = {path: rows for path, rows in met.items() if rows}
    return _Plan(by_block, keys, present, before, tuple(left_alone), exact)


def _needed(
    curves: Sequence[layers.Curve], rest: Mapping[Any, Mapping[str, Any]]
) -> list[layers.Curve]:
    """All that moves, and of the base what holds it or stands off its rest.

    The first number is always held, so that every take has a base.
    """
    moving = {(c.datablock, c.path, c.index) for c in curves if c.layer != layers.BASE}
    begun: set[Any] = set()
    found = []
    for curve in curves:
        if curve.layer == layers.BASE:
            stands = rest[curve.datablock][curve.path]
            stands = stands if isinstance(stands, int | float) else stands[curve.index]
            moves = (curve.datablock, curve.path, curve.index) in moving
            off = abs(stands - float(curve.values[0])) > layers.AT_REST * curve.span
            if not (moves or off or curve.datablock not in begun):
                continue
            begun.add(curve.datablock)
        found.append(curve)
    return found


def _named(curve: layers.Curve) -> str:
    """A curve's channel in the animator's words."""
    if curve.path.startswith("key_blocks["):
        return curve.path.split('"')[1]
    if curve.path.startswith("delta_"):
        return f"{curve.datablock.name}'s delta {curve.path.split('_')[1]}"
    return f"{curve.datablock.name}'s {curve.path}"


def _held_back(able: character.Character) -> str:
    """What keeps shape keys from showing their whole value; the animator's choice."""
    keyed = [link for link in able.links if link.kind == SHAPE_KEY]
    pinned = [owner for owner in dict.fromkeys(k.owner for k in keyed) if owner.show_only_shape_key]
    if pinned:
        return "the face stands still while Solo Active Shape Key (the pin) is on"
    blocks = [link.owner.data.shape_keys.key_blocks[link.target] for link in keyed]
    muted = list(dict.fromkeys(block.name for block in blocks if block.mute))
    if muted:
        return f"muted shape keys do not move: {shortened(muted)}"
    short = list(dict.fromkeys(block.name for block in blocks if block.slider_max < 1.0))
    return f"held back by their Range Max: {shortened(short)}" if short else ""


def _write(order: Order, able: character.Character, plan: _Plan, last: int) -> tuple[str, ...]:
    """Write the take's Actions, take its forerunner away, place it; returns Actions kept."""
    name = f"{takes.ACTION_PREFIX} {order.strip_name} {able.face.name}"
    first = order.heard.first_frame
    content = {
        "strip": order.strip_name,
        "take": uuid.uuid4().hex,
        "label": order.label,
        "made": {
            **order.made,
            "heard": asdict(order.heard),
            "tolerance": asdict(order.tolerance),
            "contacts": {
                path: [first + row for row in rows] for path, rows in plan.contacts.items()
            },
        },
        "off": False,
        "muted": [],
    }
    parts = [
        take_actions.Part(
            datablock, curves, plan.keys[datablock], plan.before[datablock], plan.layers[datablock]
        )
        for datablock, curves in plan.curves.items()
    ]
    made = take_actions.make(name, parts, content)
    kept = _make_way(order, able)
    for datablock, (action_of, slot_of) in made.placed.items():
        takes.place(datablock, action_of, slot_of, (first, last))
        takes.complete_bases(datablock)
    if len(made.actions) == 1:
        # Blender numbered it while the take that it replaces was there.
        made.actions[0].name = name
    return kept


def _make_way(order: Order, able: character.Character) -> tuple[str, ...]:
    """The strip's take in use goes, or with `beside` falls silent; returns Actions kept."""
    head = next((link.owner for link in able.links if link.source in character.HEAD_TURNS), None)
    own = list(dict.fromkeys([*character.animated_by_takes(able.face, head), *able.datablocks]))
    pieces = [piece for datablock in own for piece in takes.pieces_on(datablock)]
    used = {
        piece.take
        for piece in pieces
        if piece.content["strip"] == order.strip_name and piece.is_local and piece.is_used
    }
    if not order.beside:
        return remove_takes(own, used)[1]
    takes.change_takes(pieces, used, off=True)
    return ()
