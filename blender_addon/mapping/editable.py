# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a linked or half-overridden character one that can be keyed.

An override of an object or of a whole collection leaves meshes linked, so shape keys on it cannot
be keyed (4.2 to 5.2 alike); each mesh is overridden by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import bpy
import mathutils

from .. import cast
from ..problems import AnimatorError
from ..rigs.parts import parts_of
from . import access, stored

# Settings of a character that name objects.
POINTERS = ("target", "head_target", "gaze_object")


def make_editable(target: Any, scene: Any, view_layer: Any) -> Any:
    """Make library overrides of all that `target`'s rig needs; returns the object to key.

    Settings and mappings that name a linked object name its override from then on.

    Raises:
        AnimatorError: Blender makes no override of it, or nothing on it needs one.
    """
    if not needs(target):
        raise AnimatorError(
            f"'{target.name}' can be edited already.", "Nothing on it is linked from another file."
        )
    before = set(bpy.data.objects)
    if access.is_instance_of_library(target):
        _override_instance(target, scene, view_layer)
    elif target.library is not None:
        _override_linked(target, scene, view_layer)
    made = [obj for obj in bpy.data.objects if obj not in before and obj.override_library]
    of = {obj.override_library.reference: obj for obj in made}
    found = _face(made) if access.is_instance_of_library(target) else of.get(target, target)
    if access.is_instance_of_library(target):
        of[target] = found
        target.instance_type = "NONE"
    _retarget(of)
    for part in parts_of(found):
        _let_edit(part)
    for data in access.linked_data(found):
        if data.override_create(remap_local_usages=True) is None:
            raise AnimatorError(
                f"Blender makes no override of '{data.name}'.", "Make it local in the Outliner."
            )
    return found


def needs(target: Any) -> bool:
    """Whether anything on `target` is held by a library."""
    return (
        target.library is not None
        or access.is_instance_of_library(target)
        or access.report(target).mendable
    )


def _override_instance(empty: Any, scene: Any, view_layer: Any) -> None:
    """Override what an empty shows; the objects hang on it from then on, and stand where they stood."""
    collection = empty.instance_collection
    before = set(bpy.data.objects)
    _made(
        collection.override_hierarchy_create(
            scene, view_layer, reference=empty, do_fully_editable=True
        ),
        empty,
    )
    offset = mathutils.Matrix.Translation(-collection.instance_offset)
    for obj in bpy.data.objects:
        if obj not in before and obj.override_library and obj.parent is None:
            obj.parent = empty
            obj.matrix_parent_inverse = offset


def _override_linked(target: Any, scene: Any, view_layer: Any) -> None:
    """Override the linked collection that the scene shows `target` by, else the object itself."""
    collection = next(_shown_collections(scene.collection, target), None)
    if collection is None:
        _made(target.override_hierarchy_create(scene, view_layer, do_fully_editable=True), target)
        for holder in target.users_collection:
            if holder.library is None:
                holder.objects.unlink(target)
        return
    _made(collection.override_hierarchy_create(scene, view_layer, do_fully_editable=True), target)
    for holder in _local_collections():
        if collection.name in holder.children and holder.children[collection.name] == collection:
            holder.children.unlink(collection)


def _made(override: Any, target: Any) -> None:
    if override is None:
        raise AnimatorError(
            f"Blender makes no library override of '{target.name}'.",
            "Check that its file is there (File > External Data), or make it local.",
        )


def _shown_collections(holder: Any, target: Any) -> Iterator[Any]:
    """Linked collections right inside of this file's own, that hold `target`."""
    for child in holder.children:
        if child.library is None:
            yield from _shown_collections(child, target)
        elif target in list(child.all_objects):
            yield child


def _local_collections() -> list[Any]:
    roots = [scene.collection for scene in bpy.data.scenes if scene.library is None]
    return roots + [each for each in bpy.data.collections if each.library is None]


def _let_edit(part: Any) -> None:
    """Blender keeps what is overridden only for the hierarchy's sake from being edited."""
    for block in (part, part.data):
        override = getattr(block, "override_library", None)
        if override is not None and override.is_system_override:
            override.is_system_override = False


def _face(objects: Iterable[Any]) -> Any:
    """The object to choose as a face: with a mapping of its own, else the one that most is known of."""

    def worth(obj: Any) -> tuple[bool, int, bool, bool]:
        has_keys = getattr(obj.data, "shape_keys", None) is not None
        count = len(stored.rig_of(obj).links)
        return stored.has_own(obj), count, has_keys, obj.type == "ARMATURE"

    candidates = [obj for obj in objects if cast.can_be_face(obj)]
    return max(candidates, key=worth)


def _retarget(of: dict[Any, Any]) -> None:
    """Let settings and mappings that name a linked object name its override."""
    for scene in bpy.data.scenes:
        if scene.library is not None:
            continue
        for settings in cast.everyone(scene):
            for name in POINTERS:
                if getattr(settings, name) in of:
                    setattr(settings, name, of[getattr(settings, name)])
        for place in scene.mien_rigs:
            place.target = of.get(place.target, place.target)
            for link in place.links:
                link.owner = of.get(link.owner, link.owner)
