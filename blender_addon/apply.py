# SPDX-License-Identifier: GPL-3.0-or-later
"""A finished performance -> a take on the rig, all of it or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from . import compat, keying, rigs, settle, takes
from .problems import AnimatorError
from .strips import StripMap

# Below this share of sampled frames a performance cannot belong to the strip it was asked for;
# a file that ends up to two frames before its strip is normal, since Blender rounds lengths.
SHORTEST_SHARE = 0.5


@dataclass(frozen=True)
class Report:
    """What was keyed, on which whole frames (inclusive).

    `left_alone` are channels that the animator animates; `held_back` says why the face will not
    show all that is keyed, or is empty; `kept` are Actions of replaced takes that the animator had
    edited or protected.
    """

    first_frame: int
    last_frame: int
    curves: int
    left_alone: tuple[str, ...]
    held_back: str
    kept: tuple[str, ...]


def check_target(target: Any, head: Any) -> rigs.Rig:
    """The rig of `target`, if a take can be keyed on it (and on `head`, which may be None).

    Raises:
        AnimatorError: no mesh, no usable shape keys, linked data, or an NLA state that hides takes.
    """
    if target is None or target.type != "MESH":
        raise AnimatorError("No face is chosen.", "Choose its mesh under Face in the Mien panel.")
    key = target.data.shape_keys
    if key is None or len(key.key_blocks) < 2:
        raise AnimatorError(
            f"Mesh '{target.name}' has no shape keys.",
            "Choose a mesh with ARKit shape keys (jawOpen, mouthClose ...), "
            "or add Add > Mesh > Mien Head.",
        )
    if not key.use_relative:
        raise AnimatorError(
            f"The shape keys of '{target.name}' are absolute.",
            "Enable Relative in the mesh's Shape Keys panel.",
        )
    rig = rigs.detect(block.name for block in key.key_blocks[1:])
    if not rig.links:
        names = ", ".join(block.name for block in key.key_blocks[1:5])
        raise AnimatorError(
            f"No shape key of '{target.name}' has a name that Mien knows (it has {names} ...).",
            "Rename them to ARKit names such as jawOpen, mouthClose, mouthSmileLeft.",
        )
    takes.check_can_play(key, f"Mesh '{target.name}'")
    if head is not None:
        _check_head(head)
    return rig


def _check_head(head: Any) -> None:
    takes.check_can_play(head, f"Head object '{head.name}'")
    if head.rotation_mode in {"QUATERNION", "AXIS_ANGLE"}:
        raise AnimatorError(
            f"Head object '{head.name}' rotates by {head.rotation_mode.lower()}.",
            "Set its rotation mode to XYZ Euler (Object properties > Transform), "
            "or choose no head object.",
        )


def read_columns(
    path: Path, strip_name: str
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Channel name -> values (T,) of a performance file: of the mix, and of its lips alone.

    Raises:
        AnimatorError: the file cannot be read, or holds numbers that cannot be keyed.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            names = [str(name) for name in data["channel_names"]]
            layers = [np.asarray(data[layer], np.float32) for layer in ("values", "lips")]
    except (OSError, KeyError, ValueError) as error:
        raise AnimatorError(
            f"The performance of strip '{strip_name}' cannot be read: {error}", "Generate again."
        ) from error
    shape = (len(layers[0]), len(names))
    if any(layer.shape != shape or not np.isfinite(layer).all() for layer in layers):
        raise AnimatorError(
            f"The performance of strip '{strip_name}' is damaged.", "Generate again."
        )
    mix, lips = ({name: layer[:, i] for i, name in enumerate(names)} for layer in layers)
    return mix, lips


def key_take(
    strip_name: str,
    heard: StripMap,
    columns: Mapping[str, np.ndarray],
    target: Any,
    head: Any,
    *,
    lips: Mapping[str, np.ndarray] | None = None,
) -> Report:
    """Key a performance on the target's shape keys and, if given, on the head object.

    Where `lips`, the part that speech has in `columns`, are still open at the end of the strip,
    keys after it bring them to rest. An earlier take of the same strip on the same data-blocks is
    replaced; nothing changes when an error is raised.

    Raises:
        AnimatorError: the rig cannot take keys, or every channel is animated by the animator.
    """
    rig = check_target(target, head)
    count = min(heard.frames, len(next(iter(columns.values()))))
    if count < heard.frames * SHORTEST_SHARE:
        raise AnimatorError(
            f"The sound of strip '{strip_name}' ends after {count} of {heard.frames} frames.",
            "Trim the strip to the sound that its file holds, then generate again.",
        )
    columns = {name: values[:count] for name, values in columns.items()}
    spoken = {name: values[:count] for name, values in (lips or {}).items()}
    columns = settle.with_rest(columns, spoken, heard.grid_fps)
    key = target.data.shape_keys
    alone = all(takes.strip_of(take) == strip_name for take in takes.takes_on(key))
    plans, left_alone = _plan(rig, key, head, columns, alone=alone)
    name = f"{takes.ACTION_PREFIX} {strip_name} {target.name}"
    actions = _new_actions(name, plans, heard)
    kept = _place(strip_name, plans, actions)
    actions[0].name = name  # Blender numbered it while the take that it replaces was there.
    return Report(
        heard.first_frame,
        heard.first_frame + count - 1,
        sum(len(curves) for _, curves, _ in plans),
        left_alone,
        _held_back(rig, target),
        kept,
    )


def _held_back(rig: rigs.Rig, target: Any) -> str:
    """What on the mesh keeps shape keys from showing their whole value; the animator's choice."""
    if target.show_only_shape_key:
        return "the face stands still while Solo Active Shape Key (the pin) is on"
    blocks = [target.data.shape_keys.key_blocks[link.shape_key] for link in rig.links]
    muted = [block.name for block in blocks if block.mute]
    if muted:
        return f"muted shape keys do not move: {shortened(muted)}"
    short = [block.name for block in blocks if block.slider_max < 1.0]
    return f"held back by their Range Max: {shortened(short)}" if short else ""


def shortened(names: Sequence[str]) -> str:
    """The first three names, and dots if there are more."""
    return ", ".join(names[:3]) + (" ..." if len(names) > 3 else "")


# A data-block, its curves, and its state before Mien.
Plan = tuple[Any, list[keying.Curve], dict[str, Any]]


def _plan(
    rig: rigs.Rig, key: Any, head: Any, columns: Mapping[str, np.ndarray], *, alone: bool
) -> tuple[list[Plan], tuple[str, ...]]:
    taken = takes.paths_of_others(key)
    paths = [keying.value_path(link.shape_key) for link in rig.links]
    free = [path for path in paths if path not in taken]
    if not free:
        raise AnimatorError(
            "Every channel of the face is already animated by you.",
            "Mute or unlink that Action (or those drivers) to let Mien key the face.",
        )
    before = takes.remember(key, free)
    curves = keying.shape_curves(rig, columns, before["values"], alone=alone)
    plans: list[Plan] = [(key, curves, before)]
    left_alone = [
        link.shape_key for link in rig.links if keying.value_path(link.shape_key) in taken
    ]
    if head is not None:
        if keying.HEAD_PATH in takes.paths_of_others(head):
            left_alone.append(f"{head.name}'s delta rotation")
        else:
            resting = takes.remember(head, [keying.HEAD_PATH])
            curves = keying.head_curves(columns, head, resting["values"][keying.HEAD_PATH])
            plans.append((head, curves, resting))
    return plans, tuple(left_alone)


def _new_actions(name: str, plans: list[Plan], heard: StripMap) -> list[Any]:
    """One Action a plan; from 4.4 on they share a single Action with a slot each."""
    actions: list[Any] = []
    try:
        for datablock, curves, _ in plans:
            if actions and compat.has_slots(actions[0]):
                actions.append(actions[0])
            else:
                actions.append(bpy.data.actions.new(name))
            keying.write_curves(actions[-1], datablock, curves, heard.first_frame)
    except Exception:
        takes.remove_unused(set(actions))
        raise
    return actions


def _place(strip_name: str, plans: list[Plan], actions: list[Any]) -> tuple[str, ...]:
    before = {datablock.id_type: state for datablock, _, state in plans}
    datablocks = [datablock for datablock, _, _ in plans]
    take_id = uuid.uuid4().hex
    replaced = takes.takes_of(datablocks[0], strip_name)
    former_heads = [head for head in takes.heads_of(replaced) if head not in datablocks]
    touched = datablocks + former_heads
    old = [takes.takes_on(datablock) for datablock in touched]
    try:
        for datablock, action in zip(datablocks, actions, strict=True):
            takes.mark(action, strip_name, take_id, before)
            takes.drop(datablock, takes.takes_of(datablock, strip_name))
            takes.arrange(datablock, [*takes.takes_on(datablock), action])
        for head in former_heads:
            takes.drop(head, takes.takes_of(head, strip_name))
    except Exception:
        for datablock, earlier in zip(touched, old, strict=True):
            takes.arrange(datablock, earlier)
        takes.remove_unused(set(actions))
        raise
    return takes.remove_unused({take for earlier in old for take in earlier})


def clear_takes(target: Any, head: Any) -> tuple[int, tuple[str, ...]]:
    """Remove all of Mien's takes from the target's shape keys and from the heads they turn.

    Everything that the takes touched is as it was before the first one. Returns the number of
    takes removed, and the names of Actions kept, which the animator had edited or protected.
    """
    key = target.data.shape_keys if target is not None and target.type == "MESH" else None
    found = takes.takes_on(key) if key is not None else []
    heads = takes.heads_of(found)
    if head is not None and head not in heads:
        heads.append(head)
    strips = {takes.strip_of(take) for take in found}
    for datablock in ([key] if key is not None else []) + heads:
        own = takes.takes_on(datablock)
        strips |= {takes.strip_of(take) for take in own}
        found += own
        takes.drop(datablock, own)
    return len(strips), takes.remove_unused(set(found))
