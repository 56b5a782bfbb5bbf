# SPDX-License-Identifier: GPL-3.0-or-later
"""An avatar and the object that carries it: attach, add with a stand-in, find again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .. import cast
from ..head.data import HeadFileError, checked_head_file, read_head
from ..head.mesh import make_head
from ..places import core_folder
from ..problems import AnimatorError
from ..rigs.parts import FACE_TYPES
from .head_turn import NECK_PIVOT
from .likeness import in_likeness
from .papers import Papers, read_papers


def file_of(path: str, library: Any = None) -> Path:
    """A path as the animator wrote it: `//` begins at the .blend file, or at the library's."""
    return Path(bpy.path.abspath(path, library=library)).expanduser()


def carried_file(holder: Any) -> Path:
    """The avatar file of the object that carries it, which may be linked from another .blend file."""
    return file_of(holder.mien_avatar.path, holder.library)


def holder_of(scene: Any) -> Any:
    """The object whose avatar the scene renders: the chosen one, else the only one; or None."""
    chosen = scene.mien_avatar.holder
    if chosen is not None and chosen.mien_avatar.path and scene in chosen.users_scene:
        return chosen
    carrying = _carrying(scene)
    return carrying[0] if len(carrying) == 1 else None


def _carrying(scene: Any) -> list[Any]:
    return [each for each in scene.objects if each.mien_avatar.path]


def needed_holder(scene: Any) -> Any:
    """`holder_of`, where there must be one.

    Raises:
        AnimatorError: nothing in the scene carries an avatar, or several do and none is chosen.
    """
    holder = holder_of(scene)
    if holder is None and _carrying(scene):
        raise AnimatorError(
            f"Several objects of scene '{scene.name}' carry an avatar, and none is chosen.",
            "Choose one at Attached To under Avatar in the Mien panel.",
        )
    if holder is None:
        raise AnimatorError(
            f"No avatar is attached to anything in scene '{scene.name}'.",
            "Choose its file under Avatar in the Mien panel, then press Add Avatar, or select a rig "
            "and press Attach.",
        )
    return holder


def papers_of(holder: Any) -> Papers:
    """The papers of the avatar that an object carries.

    Raises:
        AnimatorError: its file is gone or is no avatar.
    """
    return read_papers(carried_file(holder))


def attach(scene: Any, thing: Any, path: str) -> str:
    """Let an object carry an avatar; returns a sentence about it.

    Raises:
        AnimatorError: the file is no avatar, or the object cannot carry one.
    """
    papers = read_papers(file_of(path))
    if thing is None or thing.type not in FACE_TYPES:
        raise AnimatorError(
            "An avatar is attached to a mesh, an armature or an empty.",
            "Select one, then try again.",
        )
    if not thing.is_editable:
        raise AnimatorError(
            f"'{thing.name}' is linked from another file.",
            "Press Make Editable under Rig, or attach the avatar to an empty of this file.",
        )
    thing.mien_avatar.path = path
    scene.mien_avatar.holder = thing
    return f"'{thing.name}' carries the avatar of {papers.person} now."


def add(context: Any, path: str) -> str:
    """Add an empty that carries an avatar, with a head on it as a stand-in; returns a sentence about it.

    The stand-in has the person's proportions and the channels as shape keys, so it can be chosen as a
    face and keyed as any other; it turns about the avatar's neck, and is not rendered.

    Raises:
        AnimatorError: the file is no avatar, or the head's file is damaged.
    """
    papers = read_papers(file_of(path))
    try:
        default = read_head(checked_head_file(core_folder() / "models"))
    except HeadFileError as error:
        raise AnimatorError(str(error)) from error
    data = in_likeness(default, file_of(path))
    name = papers.person or "Avatar"
    root = bpy.data.objects.new(name, None)
    root.empty_display_type, root.empty_display_size = "ARROWS", 0.1
    head = make_head(data, f"{name} Stand-In")
    _move_origin(head, np.array(NECK_PIVOT, np.float32))
    for thing in (root, head):
        context.collection.objects.link(thing)
    head.parent, head.location, head.hide_render = root, NECK_PIVOT, True
    root.location = context.scene.cursor.location
    attach(context.scene, root, path)
    _choose_face(context.scene, head)
    for other in context.selected_objects:
        other.select_set(state=False)
    root.select_set(state=True)
    context.view_layer.objects.active = root
    return f"Added {name}'s avatar with a stand-in for the viewport."


def _move_origin(head: Any, origin: np.ndarray) -> None:
    """Let an object's origin lie elsewhere in its mesh; nothing moves where it is placed there."""
    mesh = head.data
    for points in (mesh.vertices, *(block.data for block in mesh.shape_keys.key_blocks)):
        places = np.empty(3 * len(points), np.float32)
        points.foreach_get("co", places)
        places = (places.reshape(-1, 3) - origin).ravel()
        points.foreach_set("co", places)
    mesh.update()


def _choose_face(scene: Any, head: Any) -> None:
    """Where the shown character has no face yet, it gets this one, which also turns as its head."""
    settings = cast.active_settings(scene)
    if settings.target is None and settings.head_target is None:
        settings.target = settings.head_target = head
