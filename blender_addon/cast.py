# SPDX-License-Identifier: GPL-3.0-or-later
"""The characters of a scene, each with a direction of its own.

The first one's settings are `scene.mien`, so that a scene with one character needs no list; those of
further ones are `scene.mien_cast.members`. An F-curve of a member's setting names the member by its
place, so removing one gives the curves of those behind it their new names.
"""

from __future__ import annotations

import re
from typing import Any

import bpy

from . import compat

FIRST = "mien"
MEMBERS = "mien_cast.members"
# Grease pencil has the first name up to 4.2, the second from 4.3 on.
FACES = frozenset({"MESH", "ARMATURE", "EMPTY", "GPENCIL", "GREASEPENCIL"})
_MEMBER = re.compile(r"^mien_cast\.members\[(\d+)\]")


def everyone(scene: Any) -> list[Any]:
    """The settings of all characters of a scene, the first one's first."""
    return [scene.mien, *scene.mien_cast.members]


def shown_place(scene: Any) -> int:
    """Which character the panel shows: 0 is the first one."""
    return min(scene.mien_cast.active, len(scene.mien_cast.members))


def active_settings(scene: Any) -> Any:
    """The settings of the character that the panel shows."""
    return everyone(scene)[shown_place(scene)]


def can_be_face(candidate: Any) -> bool:
    """Whether an object can be a character's face."""
    return candidate.type in FACES


def chosen_settings(scene: Any, place: int) -> Any:
    """The settings of the character at `place` (0 is the first one), of the shown one if -1.

    Raises:
        IndexError: there is no such character.
    """
    return active_settings(scene) if place < 0 else everyone(scene)[place]


def label(settings: Any) -> str:
    """What a character is called: by its own name, else by its face's."""
    if settings.character_name:
        return str(settings.character_name)
    if settings.target is not None:
        return str(settings.target.name)
    place = everyone(settings.id_data).index(settings)
    return f"Character {place + 1}"


def address(settings: Any) -> tuple[int, str]:
    """What finds settings again later, through undo and renaming: `find`."""
    return settings.id_data.session_uid, settings.path_from_id()


def find(where: tuple[int, str]) -> Any:
    """The settings at an address, or None when their scene or they themselves are gone."""
    uid, path = where
    scene = next((found for found in bpy.data.scenes if found.session_uid == uid), None)
    try:
        return scene.path_resolve(path) if scene else None
    except (ValueError, IndexError):
        return None


def add(scene: Any) -> Any:
    """A further character, shown from now on."""
    member = scene.mien_cast.members.add()
    scene.mien_cast.active = len(scene.mien_cast.members)
    return member


def remove(scene: Any, place: int) -> None:
    """Take a character's settings and their keys away; takes on its face stay.

    The first one's settings cannot go, so the second one's take their place.
    """
    if place == 0:
        _drop_animation(scene, re.compile(r"^mien\."))
        if not scene.mien_cast.members:
            _reset(scene.mien)
            return
        _copy(scene.mien_cast.members[0], scene.mien)
        _rename_animation(scene, lambda path: path.replace(f"{MEMBERS}[0]", FIRST, 1))
        place = 1
    else:
        _drop_animation(scene, re.compile(rf"^{re.escape(MEMBERS)}\[{place - 1}\]"))
    scene.mien_cast.members.remove(place - 1)
    _rename_animation(scene, lambda path: _moved_up(path, place - 1))
    scene.mien_cast.active = min(scene.mien_cast.active, len(scene.mien_cast.members))


def _moved_up(path: str, gone: int) -> str:
    match = _MEMBER.match(path)
    if not match or int(match.group(1)) <= gone:
        return path
    return f"{MEMBERS}[{int(match.group(1)) - 1}]{path[match.end() :]}"


def _settable(settings: Any) -> list[str]:
    return [
        prop.identifier
        for prop in settings.bl_rna.properties
        if not prop.is_readonly and prop.identifier not in {"rna_type", "name"}
    ]


def _copy(source: Any, target: Any) -> None:
    for name in _settable(source):
        setattr(target, name, getattr(source, name))


def _reset(settings: Any) -> None:
    for name in _settable(settings):
        settings.property_unset(name)


def _fcurve_collections(scene: Any) -> list[Any]:
    """Everything that may animate the scene's own settings and belongs to it alone."""
    animation = scene.animation_data
    return [] if animation is None else [*compat.own_fcurve_collections(animation)]


def _drop_animation(scene: Any, path: re.Pattern[str]) -> None:
    for curves in _fcurve_collections(scene):
        for curve in [curve for curve in curves if path.match(curve.data_path)]:
            curves.remove(curve)


def _rename_animation(scene: Any, renamed: Any) -> None:
    for curves in _fcurve_collections(scene):
        for curve in curves:
            new = renamed(curve.data_path)
            if new != curve.data_path:
                curve.data_path = new
