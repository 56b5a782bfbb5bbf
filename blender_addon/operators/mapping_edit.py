# SPDX-License-Identifier: GPL-3.0-or-later
"""A character's own mapping: make it, change its list, mirror it, fill it, drop it."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast, mapping
from ..mapping import data, fill, mirror
from ..mapping.access import described
from ..problems import AnimatorError
from .on_character import OnCharacter


class _OnOwn(OnCharacter):
    """An operator on a character that has a mapping of its own."""

    def own(self, context: Any) -> Any:
        """The MienRig to change."""
        return mapping.own(self.face(context))


class MIEN_OT_mapping_own(OnCharacter, bpy.types.Operator):
    """Copy what Mien recognises into a mapping that can be changed."""

    bl_idname = "mien.mapping_own"
    bl_label = "Make Own Mapping"
    bl_description = (
        "Copy what Mien recognises into a mapping of this character's own, to change it link by "
        "link. It is saved with the character"
    )
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Copy it."""
        face = self.face(context)
        mapping.own(face)
        return f"'{face.name}' has a mapping of its own now."


class MIEN_OT_mapping_detect(OnCharacter, bpy.types.Operator):
    """Drop the character's own mapping, and take what Mien recognises."""

    bl_idname = "mien.mapping_detect"
    bl_label = "Detect Again"
    bl_description = (
        "Drop this character's own mapping, with its recorded poses, and take what Mien recognises"
    )
    bl_options = {"UNDO"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Recorded poses are work: ask first."""
        return context.window_manager.invoke_confirm(self, event)

    def work(self, context: Any) -> str:
        """Drop it."""
        face = self.face(context)
        mapping.forget(face)
        rig = mapping.rig_of(face)
        return f"Recognised on '{face.name}': {rig.family}, {len(rig.links)} links."


class MIEN_OT_mapping_add(_OnOwn, bpy.types.Operator):
    """A further link, a copy of the one that is shown."""

    bl_idname = "mien.mapping_add"
    bl_label = "Add Link"
    bl_description = "Add a link from a channel to a target: a copy of the one that is shown"
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Add it, and show it."""
        place = self.own(context)
        shown = place.links[place.active] if place.active < len(place.links) else None
        former = mapping.link_of(shown) if shown is not None else None
        new = place.links.add()
        if former is not None:
            mapping.write(new, former)
        else:
            new.source, new.owner = "jawOpen", self.face(context)
        place.active = len(place.links) - 1
        return "Added a link."


class MIEN_OT_mapping_remove(_OnOwn, bpy.types.Operator):
    """Take the shown link away."""

    bl_idname = "mien.mapping_remove"
    bl_label = "Remove Link"
    bl_description = "Remove the link that is shown"
    bl_options = {"UNDO"}

    @classmethod
    def why_not(cls, context: Any) -> str:
        """There must be one, of any character."""
        faces = [settings.target for settings in cast.everyone(context.scene) if settings.target]
        places = [place for face in faces if (place := data.place_of(face)) is not None]
        reason = super().why_not(context)
        if reason or any(place.links for place in places):
            return reason
        return "The mapping has no links" if places else "Make an own mapping first"

    def work(self, context: Any) -> str:
        """Remove it."""
        place = self.own(context)
        if not place.links:
            raise AnimatorError("The mapping has no links.", "Add one first.")
        gone = mapping.link_of(place.links[place.active])
        place.links.remove(place.active)
        place.active = max(0, min(place.active, len(place.links) - 1))
        return f"{gone.source} no longer moves {described(gone)}."


class MIEN_OT_mapping_mirror(OnCharacter, bpy.types.Operator):
    """Give the right side what the left side has."""

    bl_idname = "mien.mapping_mirror"
    bl_label = "Mirror"
    bl_description = (
        "Give the right-hand channels what the left-hand ones have: names, bones, poses and "
        "sliders mirrored, whatever the bones' rolls"
    )
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Mirror, and name what has no counterpart."""
        lost = mirror.mirror(self.face(context))
        if not lost:
            return "The right side does what the left side does."
        return f"Mirrored. Without a counterpart on the right: {', '.join(lost)}."


class MIEN_OT_mapping_fill(OnCharacter, bpy.types.Operator):
    """Make channels that were not posed of those that were."""

    bl_idname = "mien.mapping_fill"
    bl_label = "Fill Gaps"
    bl_description = (
        "Make channels that move nothing of channels that were posed, as near as that comes. "
        "They are marked, and give way to a pose of their own"
    )
    bl_options = {"UNDO"}

    def work(self, context: Any) -> str:
        """Fill, and say what was filled."""
        made = fill.fill(self.face(context))
        return (
            f"Filled: {', '.join(made)}." if made else "There is nothing to fill, or to fill from."
        )


CLASSES = (
    MIEN_OT_mapping_own,
    MIEN_OT_mapping_detect,
    MIEN_OT_mapping_add,
    MIEN_OT_mapping_remove,
    MIEN_OT_mapping_mirror,
    MIEN_OT_mapping_fill,
)
