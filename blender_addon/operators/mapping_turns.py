# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose what turns as the head, the neck and the eyes."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import StringProperty

from .. import status
from ..mapping import turns
from ..problems import AnimatorError
from .on_character import OnCharacter

LABELS = {
    turns.HEAD: "Head",
    turns.NECK: "Neck",
    turns.LEFT_EYE: "Left Eye",
    turns.RIGHT_EYE: "Right Eye",
}


def _object(label: str) -> Any:
    return StringProperty(
        name=label,
        description=f"Object that is the {label.lower()}, or the armature that has its bone. "
        "Left and right are the character's. Empty: as it was",
    )


def _bone(label: str) -> Any:
    return StringProperty(
        name=f"{label} Bone",
        description=f"Bone that turns the {label.lower()}. Empty: the object itself turns",
    )


class MIEN_OT_choose_turns(OnCharacter, bpy.types.Operator):
    """Let objects or bones turn with head and gaze."""

    bl_idname = "mien.choose_turns"
    bl_label = "Head and Eyes"
    bl_description = (
        "Choose objects or bones that turn as head, neck and eyes. The right axes are found, "
        "whatever the bones' rolls"
    )
    bl_options = {"UNDO"}

    head: _object("Head")
    head_bone: _bone("Head")
    neck: _object("Neck")
    neck_bone: _bone("Neck")
    left_eye: _object("Left Eye")
    left_eye_bone: _bone("Left Eye")
    right_eye: _object("Right Eye")
    right_eye_bone: _bone("Right Eye")

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Ask for them, beginning with the character's own armature."""
        try:
            armature = turns.armature_of(self.face(context))
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        for role in turns.ROLES:
            if armature is not None and not getattr(self, role.lower()):
                setattr(self, role.lower(), armature.name)
        return context.window_manager.invoke_props_dialog(self)

    def draw(self, _context: Any) -> None:
        """An object, and of an armature a bone, for each."""
        for role, label in LABELS.items():
            name = role.lower()
            self.layout.prop_search(self, name, bpy.data, "objects", text=label)
            chosen = bpy.data.objects.get(getattr(self, name))
            if chosen is not None and chosen.type == "ARMATURE":
                self.layout.prop_search(self, f"{name}_bone", chosen.data, "bones", text="Bone")

    def work(self, context: Any) -> str:
        """Make their links."""
        face = self.face(context)
        chosen = {role: what for role in turns.ROLES if (what := self._chosen(role)) is not None}
        if not chosen:
            raise AnimatorError("Nothing is chosen to turn.", "Choose a bone or an object.")
        count = turns.choose(face, chosen)
        return f"Made {count} links for {', '.join(LABELS[role].lower() for role in chosen)}."

    def _chosen(self, role: str) -> turns.Chosen | None:
        name, bone = getattr(self, role.lower()), getattr(self, f"{role.lower()}_bone")
        if not name:
            return None
        owner = bpy.data.objects.get(name)
        if owner is None:
            raise AnimatorError(f"There is no object '{name}'.", "Choose another one.")
        if owner.type == "ARMATURE" and not bone:
            return None
        if bone and (owner.pose is None or bone not in owner.pose.bones):
            raise AnimatorError(f"'{name}' has no bone '{bone}'.", "Choose another one.")
        return owner, bone


CLASSES = (MIEN_OT_choose_turns,)
