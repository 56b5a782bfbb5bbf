# SPDX-License-Identifier: GPL-3.0-or-later
"""Left links -> right: names, bones, poses and sliders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import bpy
import mathutils

from ..rigs import spelling
from ..rigs.links import PROPERTY, SHAPE_KEY, TRANSFORM, Link, Pose, Triple
from ..rigs.sources import SOURCES
from . import changes, stored
from .recording import rotation_vector

# Sources that move what is on neither side, to one side.
SIDEWAYS = ("jawLeft", "mouthLeft")
# Central angles that a mirror turns round: yaw to the left is yaw to the right in it.
TURNED_ROUND = frozenset({"headYaw", "headRoll", "gazeYaw"})
_FLIP = mathutils.Matrix.Diagonal((-1.0, 1.0, 1.0))


def mirror(target: Any, *, only: Iterable[str] | None = None) -> tuple[str, ...]:
    """Give the right side what the left side has; returns what has no counterpart, by name.

    Links of right-hand sources go, where the left one has links. `only` keeps to these left (or
    central) sources.
    """
    place = stored.own(target)
    links = [stored.link_of(item) for item in place.links if item.owner]
    new, lost = mirrored_sources(links, only)
    filled = {item.source for item in place.links if item.filled}
    also = {right for right in new if right_to_left(right) in filled}
    changes.replace_sources(target, new, also)
    return lost


def mirrored_sources(
    links: Sequence[Link], only: Iterable[str] | None = None
) -> tuple[dict[str, list[Link]], tuple[str, ...]]:
    """Source -> its links, for every source that mirroring changes; and targets that have no mirror."""
    chosen = None if only is None else set(only)
    new: dict[str, list[Link]] = {}
    lost: list[str] = []
    for source in dict.fromkeys(link.source for link in links):
        if chosen is not None and source not in chosen:
            continue
        its = [link for link in links if link.source == source]
        other = left_to_right(source)
        if other:
            counterparts = [(link, mirrored(link, other)) for link in its]
            new[other] = [found for _, found in counterparts if found is not None]
            lost += [link.target for link, found in counterparts if found is None]
        elif not source.endswith("Right"):
            kept, gone = _within(its)
            lost += gone
            if kept != its:
                new[source] = kept
    return new, tuple(dict.fromkeys(lost))


def _within(links: list[Link]) -> tuple[list[Link], list[str]]:
    """A central source: what it does on the left it does on the right."""
    kept: list[Link] = []
    gone: list[str] = []
    for link in links:
        side = side_of(link)
        if side == "left":
            found = mirrored(link, link.source)
            if found is not None and link.source in TURNED_ROUND:
                found = replace(found, weight=-found.weight)
            kept += [link] if found is None else [link, found]
            gone += [link.target] if found is None else []
        elif side == "" or not any(side_of(other) == "left" for other in links):
            kept.append(link)
    return kept, gone


def left_to_right(source: str) -> str:
    """The right-hand source of a left-hand one; empty for a source that is not on the left."""
    other = source.removesuffix("Left") + "Right"
    return other if source.endswith("Left") and other in SOURCES else ""


def right_to_left(source: str) -> str:
    """The left-hand source of a right-hand one; empty for a source that is not on the right."""
    other = source.removesuffix("Right") + "Left"
    return other if source.endswith("Right") and other in SOURCES else ""


def side_of(link: Link) -> str:
    """`left`, `right` or an empty string: on which side a link's target is, by its name."""
    if link.kind == PROPERTY:
        names = [part for part in link.target.split('"')[1::2] if part]
        return next((side for name in names if (side := spelling.side_of(name))), "") or (
            spelling.side_of(link.owner.name)
        )
    return spelling.side_of(link.target) or spelling.side_of(link.owner.name)


def mirrored(link: Link, source: str) -> Link | None:
    """The link that does on the other side what `link` does on its own; None if nothing can.

    What is on neither side is its own mirror; one that a sideways source pushes needs a slider
    that goes both ways.
    """
    side = side_of(link)
    if not side:
        return _mirrored_central(link, source)
    if link.kind == TRANSFORM and link.target and spelling.side_of(link.target):
        bone = _other_name(link.target, [bone.name for bone in link.owner.pose.bones])
        if bone is None:
            return None
        return replace(link, source=source, target=bone, pose=bone_pose(link, bone))
    owner = _other_object(link.owner) if spelling.side_of(link.owner.name) else link.owner
    if owner is None:
        return None
    if link.kind == TRANSFORM:
        return replace(link, source=source, owner=owner, pose=object_pose(link, owner))
    target = _other_target(link, owner)
    return None if target is None else replace(link, source=source, owner=owner, target=target)


def _mirrored_central(link: Link, source: str) -> Link | None:
    if link.kind == TRANSFORM:
        pose = bone_pose(link, link.target) if link.target else object_pose(link, link.owner)
        return replace(link, source=source, pose=pose)
    if right_to_left(source) not in SIDEWAYS:
        return replace(link, source=source)
    if link.low < link.rest < link.high:
        return replace(link, source=source, weight=-link.weight)
    return None


def _other_target(link: Link, owner: Any) -> str | None:
    if link.kind == SHAPE_KEY:
        blocks = getattr(owner.data, "shape_keys", None)
        return _other_name(
            link.target, [block.name for block in blocks.key_blocks] if blocks else []
        )
    return _other_path(link.target, owner)


def _other_path(path: str, owner: Any) -> str | None:
    """`pose.bones["a.L"]["x"]` -> the same for the right: every quoted name that has a side."""
    pieces = path.split('"')
    for i in range(1, len(pieces), 2):
        if not spelling.side_of(pieces[i]):
            continue
        if pieces[i - 1].endswith("bones["):
            names = [bone.name for bone in owner.pose.bones]
        else:
            holder = '"'.join(pieces[:i]).removesuffix("[")
            names = list((owner.path_resolve(holder) if holder else owner).keys())
        other = _other_name(pieces[i], names)
        if other is None:
            return None
        pieces[i] = other
    return '"'.join(pieces)


def _other_object(owner: Any) -> Any | None:
    """The object of the same character on the other side; a material's nodes are on neither."""
    if not isinstance(owner, bpy.types.Object):
        return owner
    scenes = owner.users_scene
    candidates = scenes[0].objects if scenes else [owner]
    near = [found for found in candidates if found.library == owner.library]
    name = _other_name(owner.name, [found.name for found in near])
    return next((found for found in near if found.name == name), None)


def _other_name(name: str, names: Iterable[str]) -> str | None:
    wanted = spelling.other_side(name)
    fits = [
        candidate
        for candidate in names
        if spelling.side_of(candidate) and wanted in spelling.forms(candidate)
    ]
    return min(fits, key=lambda candidate: abs(len(candidate) - len(name)), default=None)


def bone_pose(link: Link, bone: str) -> Pose:
    """`link`'s pose mirrored for `bone`, whatever the two bones' rolls."""
    bones = link.owner.data.bones
    here, there = bones[link.target], bones[bone]
    pose = _between(link.pose, _axes(here), _axes(there))
    moved = _vector(link.pose.location, _location_axes(here), _location_axes(there))
    return replace(pose, location=moved)


def object_pose(link: Link, other: Any) -> Pose:
    """`link`'s pose mirrored for another object (or the same), across the X plane that they share."""
    here, there = _root(link.owner), _root(other)
    own = here.inverted() @ link.owner.matrix_world.to_3x3().normalized()
    its = there.inverted() @ other.matrix_world.to_3x3().normalized()
    moved = _vector(link.pose.location, _parent_axes(link.owner, here), _parent_axes(other, there))
    return replace(_between(link.pose, own, its), location=moved)


def _axes(bone: Any) -> mathutils.Matrix:
    """A bone's own axes in the armature's space, as columns."""
    return bone.matrix_local.to_3x3()


def _location_axes(bone: Any) -> mathutils.Matrix:
    """The axes along which its pose location moves it: without Local Location its parent's."""
    if bone.use_local_location:
        return _axes(bone)
    return _axes(bone.parent) if bone.parent else mathutils.Matrix.Identity(3)


def _root(owner: Any) -> mathutils.Matrix:
    """Axes of what a character hangs on: it stands straight in them."""
    while owner.parent is not None:
        owner = owner.parent
    return owner.matrix_world.to_3x3().normalized()


def _parent_axes(owner: Any, root: mathutils.Matrix) -> mathutils.Matrix:
    """An object's parent space, in its root's axes."""
    own = owner.matrix_basis.to_3x3().normalized()
    return root.inverted() @ owner.matrix_world.to_3x3().normalized() @ own.inverted()


def _between(pose: Pose, here: mathutils.Matrix, there: mathutils.Matrix) -> Pose:
    turn = mathutils.Quaternion(mathutils.Vector(pose.rotation)).to_matrix()
    grow = mathutils.Matrix.Diagonal(pose.scale)
    change = there.inverted() @ _FLIP @ here
    back = here.inverted() @ _FLIP @ there
    scale = change @ grow @ back
    return Pose(
        location=pose.location,
        rotation=rotation_vector((change @ turn @ back).to_quaternion()),
        scale=(scale[0][0], scale[1][1], scale[2][2]),
    )


def _vector(vector: Triple, here: mathutils.Matrix, there: mathutils.Matrix) -> Triple:
    moved = there.inverted() @ _FLIP @ here @ mathutils.Vector(vector)
    return (moved.x, moved.y, moved.z)
