# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes side by side: use one, remove one; mute, solo, weaken and edit their layers."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty

from .. import cast, layers, status, take_list
from ..problems import AnimatorError
from .asked import WhenIdle

TAKE = StringProperty(name="Take", description="Id of the take, as its Action's mark has it")
LAYER = EnumProperty(
    name="Layer",
    description="Layer of the take",
    items=[(name, layers.LABELS[name], "") for name in layers.ORDER if name != layers.BASE],
)


class _OnTakes(WhenIdle):
    """Does its `work` on the shown character's takes."""

    bl_options = {"UNDO", "INTERNAL"}

    def execute(self, context: Any) -> set[str]:
        """Do it, and say what was done or why not."""
        settings = cast.active_settings(context.scene)
        known = {piece.take for piece in take_list.pieces_of(settings)}
        try:
            if getattr(self, "take", None) is not None and self.take not in known:
                raise AnimatorError("This take is not there any more.", "Choose another one.")
            text = self.work(context, settings)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        status.ended(context, text)
        status.redraw(context)
        return {"FINISHED"}


class MIEN_OT_take_use(_OnTakes, bpy.types.Operator):
    """Let this take play."""

    bl_idname = "mien.take_use"
    bl_label = "Use Take"
    bl_description = "Let this take play instead of the strip's other ones"

    take: TAKE

    def work(self, context: Any, settings: Any) -> str:
        """Switch."""
        return f"'{take_list.use(settings, self.take)}' plays another take now."


class MIEN_OT_take_remove(_OnTakes, bpy.types.Operator):
    """Remove this take."""

    bl_idname = "mien.take_remove"
    bl_label = "Remove Take"
    bl_description = "Remove this take; one that you edited stays in the file as an Action of yours"

    take: TAKE

    def work(self, context: Any, settings: Any) -> str:
        """Remove it."""
        return status.cleared(1, take_list.remove(settings, self.take))


class MIEN_OT_layer_mute(_OnTakes, bpy.types.Operator):
    """Mute or unmute a layer."""

    bl_idname = "mien.layer_mute"
    bl_label = "Mute Layer"
    bl_description = "Leave this layer out, or let it play again"

    take: TAKE
    layer: LAYER

    def work(self, context: Any, settings: Any) -> str:
        """Toggle."""
        muted = _muted(settings, self.take) ^ {self.layer}
        take_list.mute(settings, self.take, muted)
        what = "muted" if self.layer in muted else "playing"
        return f"{layers.LABELS[self.layer]}: {what}."


class MIEN_OT_layer_solo(_OnTakes, bpy.types.Operator):
    """Play this layer alone."""

    bl_idname = "mien.layer_solo"
    bl_label = "Solo Layer"
    bl_description = "Play this layer alone; press again to hear all of them"

    take: TAKE
    layer: LAYER

    def work(self, context: Any, settings: Any) -> str:
        """Toggle."""
        every = {name for name in layers.ORDER if name != layers.BASE}
        alone = every - {self.layer}
        solo = _muted(settings, self.take) == alone
        take_list.mute(settings, self.take, set() if solo else alone)
        return "All layers play." if solo else f"{layers.LABELS[self.layer]} alone."


class MIEN_OT_layer_strength(_OnTakes, bpy.types.Operator):
    """Set how strongly a layer plays."""

    bl_idname = "mien.layer_strength"
    bl_label = "Key Layer Strength"
    bl_description = (
        "Put a key on this layer's strength at the current frame, so that it can change"
    )

    layer: LAYER
    value: FloatProperty(
        name="Strength",
        description="Factor from 0 (as if the layer were not there) to 1; below 0: as it is",
        default=-1.0,
        max=1.0,
    )

    def work(self, context: Any, settings: Any) -> str:
        """Key it."""
        name = take_list.strip_name(context)
        now = take_list.strength(settings, name, self.layer)
        value = now if self.value < 0.0 else self.value
        take_list.set_strength(settings, name, self.layer, value, key=True)
        frame = context.scene.frame_current
        return f"{layers.LABELS[self.layer]}: strength {value:.2f} at frame {frame}."


class MIEN_OT_layer_edit(_OnTakes, bpy.types.Operator):
    """Open a layer's keys."""

    bl_idname = "mien.layer_edit"
    bl_label = "Edit Layer"
    bl_description = (
        "Show this layer's keys in the Graph Editor and the Dope Sheet, to edit them (the NLA "
        "editor's tweak mode); press again to close"
    )

    take: TAKE
    layer: LAYER

    def work(self, context: Any, settings: Any) -> str:
        """Toggle."""
        opened = take_list.edit(settings, self.take, self.layer)
        if not opened:
            return "Closed; all layers play."
        return (
            f"{layers.LABELS[self.layer]} is open in the Graph Editor. Press Edit again when done."
        )


def _muted(settings: Any, take: str) -> set[str]:
    piece = next(piece for piece in take_list.pieces_of(settings) if piece.take == take)
    return set(piece.content.get("muted", ()))


CLASSES = (
    MIEN_OT_take_use,
    MIEN_OT_take_remove,
    MIEN_OT_layer_mute,
    MIEN_OT_layer_solo,
    MIEN_OT_layer_strength,
    MIEN_OT_layer_edit,
)
