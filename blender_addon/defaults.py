# SPDX-License-Identifier: GPL-3.0-or-later
"""What Generate takes where the animator has chosen nothing: the only sensible strip and face.

Where there is more than one, it asks instead of guessing. A chosen face is filled in, so that the
animator sees it; a strip is not, since the next click on another strip should speak that one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import mathutils
import numpy as np

from . import cast, compat, face_mesh, mapping, strips
from .problems import AnimatorError
from .rigs.parts import parts_of

# A prop may have a key called "smile"; a face that speaks has more channels than this.
FEWEST_CHANNELS = 4
# The keys of a face move from brow to chin, more than half of a head's height and a tenth of a body's.
HEADS_SHARE = 0.3
QUATERNIONS = {"QUATERNION", "AXIS_ANGLE"}


@dataclass(frozen=True)
class Choice:
    """What a take would be made of: a sound strip, a face, and the object that turns, or None."""

    strip: Any
    face: Any
    head: Any


def settings_at(scene: Any, place: int) -> Any:
    """The settings of the character at `place`: 0 is the first one, -1 the one that the panel shows.

    Raises:
        AnimatorError: there is no such character.
    """
    try:
        return cast.chosen_settings(scene, place)
    except IndexError as error:
        count = len(cast.everyone(scene))
        raise AnimatorError(f"There is no character {place}.", f"0 to {count - 1} are.") from error


def decide(context: Any, settings: Any, strip_name: str = "") -> Choice:
    """What a take would be made of; changes nothing, and opens no file.

    Args:
        context: Blender's.
        settings: of one character.
        strip_name: the strip, where it is given.

    Raises:
        AnimatorError: nothing was chosen, and there is nothing to choose or more than one.
    """
    strip = strip_for(compat.sequencer_scene(context), strip_name or settings.strip_name)
    if settings.target is not None:
        return Choice(strip, settings.target, settings.head_target)
    face = face_for(context, settings)
    return Choice(strip, face, settings.head_target or turning_head(settings.id_data, face))


def fill(context: Any, settings: Any, strip_name: str = "") -> Choice:
    """As `decide`, and show the face and the head in the settings.

    Raises:
        AnimatorError: as `decide` does; nothing was changed.
    """
    choice = decide(context, settings, strip_name)
    if settings.target is None:
        settings.target, settings.head_target = choice.face, choice.head
    return choice


def strip_for(scene: Any, name: str = "") -> Any:
    """The strip called `name`; without a name the active sound strip, else the only one.

    Raises:
        AnimatorError: there is none, or more than one.
    """
    if name:
        return strips.find_strip(scene, name)
    active = scene.sequence_editor.active_strip if scene.sequence_editor else None
    found = sound_strips(scene)
    if active in found:
        return active
    if len(found) == 1:
        return found[0]
    if not found:
        if active is not None:
            return strips.find_strip(scene, "")
        raise AnimatorError(
            f"There is no sound strip in scene '{scene.name}'.",
            "Press Open Sound, or add one in the sequencer.",
        )
    raise AnimatorError(
        f"No sound strip is selected, and there are {len(found)} in scene '{scene.name}'.",
        "Click one in the sequencer, or choose it in the Mien panel.",
    )


def sound_strips(scene: Any) -> list[Any]:
    """Every strip of a scene that has sound and is not muted, in order of time, then of channel."""
    found = [
        strip
        for strip in compat.all_strips(scene)
        if strip.type == "SOUND" and strip.sound is not None and not strip.mute
    ]
    return sorted(found, key=lambda strip: (compat.strip_frames(strip).left, strip.channel))


def face_for(context: Any, settings: Any) -> Any:
    """The active object if it is a face, else the scene's only face that no other character has.

    Raises:
        AnimatorError: there is none, or more than one.
    """
    scene = settings.id_data
    others = {other.target for other in cast.everyone(scene) if other != settings}
    active = getattr(context, "active_object", None)
    if active is not None and active not in others and is_face(active):
        return active
    faces = [face for face in faces_in(scene.objects) if face not in others]
    if len(faces) == 1:
        return faces[0]
    if faces:
        named = ", ".join(face.name for face in faces[:4]) + (" ..." if len(faces) > 4 else "")
        raise AnimatorError(
            f"No face is chosen, and there are {len(faces)} faces in this scene: {named}.",
            "Select one, or choose it under Face in the Mien panel.",
        )
    raise AnimatorError(
        "No face is chosen, and Mien recognises none in this scene.",
        "Choose it under Face in the Mien panel, or add Add > Mesh > Mien Head.",
    )


def has_no_face(context: Any, settings: Any) -> bool:
    """Whether a strip is there to be spoken, and nobody to speak it."""
    return (
        settings.target is None
        and bool(sound_strips(compat.sequencer_scene(context)))
        and not faces_in(settings.id_data.objects)
    )


def is_face(candidate: Any) -> bool:
    """Whether an object's rig is recognised as a face without the animator's help."""
    return cast.can_be_face(candidate) and _channels(candidate) >= FEWEST_CHANNELS


def faces_in(objects: Iterable[Any]) -> list[Any]:
    """One object for each character among `objects`, by name.

    Head, teeth and lashes are parts of one: of those, the one whose own keys or bones move most
    channels stands for all.
    """
    found = [each for each in objects if _worth_a_look(each) and is_face(each)]
    found.sort(key=lambda each: (-_own_channels(each), each.name))
    faces: list[Any] = []
    known: set[Any] = set()
    for each in found:
        if each not in known:
            faces.append(each)
            known.update(parts_of(each))
    return sorted(faces, key=lambda face: str(face.name))


def _worth_a_look(candidate: Any) -> bool:
    """Most objects of a set cannot be a face, and the panel asks at every redraw."""
    if candidate.type == "MESH":
        return candidate.data.shape_keys is not None or mapping.has_own(candidate)
    return candidate.type == "ARMATURE" or mapping.has_own(candidate)


def _channels(candidate: Any) -> int:
    return len({link.source for link in mapping.rig_of(candidate).links})


def _own_channels(candidate: Any) -> int:
    links = mapping.rig_of(candidate).links
    return len({link.source for link in links if link.owner == candidate})


def turning_head(scene: Any, face: Any) -> Any:
    """The face itself where its mesh is a head alone and may turn as a whole, else None.

    It may not where it is part of a body, hangs on a rig, or where the eyes are objects that would
    stay behind.
    """
    if face.type != "MESH" or face.data.shape_keys is None or face.parent is not None:
        return None
    if face.rotation_mode in QUATERNIONS or face.constraints:
        return None
    if any(modifier.type == "ARMATURE" for modifier in face.modifiers):
        return None
    if not _is_mostly_face(face) or _leaves_parts_behind(scene, face):
        return None
    return face


def _is_mostly_face(face: Any) -> bool:
    """Whether what the keys move is a good share of the mesh's height."""
    resting, moved = face_mesh.points(face)
    # The mesh may lie on any of its axes, so its longest side is its height.
    whole = np.ptp(resting, axis=0).max()
    return bool(moved.any()) and bool(np.ptp(resting[moved], axis=0).max() >= HEADS_SHARE * whole)


def _leaves_parts_behind(scene: Any, face: Any) -> bool:
    """Whether a mesh that does not hang on the face stands inside it: an eye, teeth, a hat."""
    corners = [mathutils.Vector(corner) for corner in face.bound_box]
    low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    below = set(face.children_recursive)
    into_face = face.matrix_world.inverted_safe()
    for other in scene.objects:
        if other.type != "MESH" or other == face or other in below:
            continue
        centre = sum((mathutils.Vector(corner) for corner in other.bound_box), mathutils.Vector())
        inside = np.array(into_face @ other.matrix_world @ (centre / 8.0))
        if (inside > low).all() and (inside < high).all():
            return True
    return False
