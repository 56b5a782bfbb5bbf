# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel: strip, face, emotion, the buttons, what there is to say; below, all the rest."""

from __future__ import annotations

import textwrap
from typing import Any

import bpy

from .. import compat, rigs, strips
from ..operators.reasons import why_not_generate
from ..problems import AnimatorError
from .direction import draw_emotion, draw_parts, draw_take

# A sidebar character is about 7 px wide at 100 % resolution scale.
CHARACTER_PIXELS = 7
CHANNELS_NAMED = 6


def draw_panel(layout: Any, context: Any) -> None:
    """Draw the panel's content, top to bottom in the order of work."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    settings = context.scene.mien
    status = context.window_manager.mien
    column = layout.column()
    column.enabled = not status.running
    _draw_choice(column, context, settings)
    column.separator()
    draw_emotion(column, settings)
    _draw_heard(column, context, settings)
    column.separator()
    draw_take(column, settings)
    layout.separator()
    _draw_buttons(layout, status)
    _draw_words(layout, context, status)
    draw_parts(layout, settings, enabled=not status.running)


def _draw_choice(layout: Any, context: Any, settings: Any) -> None:
    scene = compat.sequencer_scene(context)
    search = compat.strip_search(scene)
    if search is None:
        layout.prop(settings, "strip_name", icon="SOUND")
    else:
        layout.prop_search(settings, "strip_name", *search, icon="SOUND")
        active = scene.sequence_editor.active_strip
        if not settings.strip_name and active is not None:
            _hint(layout, f"Active strip: {active.name}")
    _draw_text(layout, scene, settings)
    layout.prop(settings, "target", icon="MESH_DATA")
    layout.prop(settings, "head_target", icon="OBJECT_DATA")
    _draw_rig(layout, settings.target)


def _draw_text(layout: Any, scene: Any, settings: Any) -> None:
    """The text of the strip that would be spoken; each strip has its own."""
    try:
        line = strips.find_strip(scene, settings.strip_name).mien
    except AnimatorError:
        return
    row = layout.row(align=True, heading="Text")
    row.prop(line, "use_text", text="")
    field = row.row(align=True)
    field.active = line.use_text
    # A place holder in an empty field says what it is for (4.2 has it).
    field.prop(line, "text", text="", placeholder="What the strip says (optional)")


def _draw_rig(layout: Any, target: Any) -> None:
    key = getattr(getattr(target, "data", None), "shape_keys", None)
    if key is None:
        return
    rig = rigs.detect(block.name for block in key.key_blocks[1:])
    if not rig.links:
        return
    found = len({link.channel for link in rig.links})
    text = f"{rig.table}: {found} of {found + len(rig.missing)} channels"
    if rig.missing:
        named = ", ".join(rig.missing[:CHANNELS_NAMED])
        more = " ..." if len(rig.missing) > CHANNELS_NAMED else ""
        text += f"; missing {named}{more}"
    _hint(layout, text)


def _draw_heard(layout: Any, context: Any, settings: Any) -> None:
    """From Voice, and what it heard in this strip."""
    layout.operator("mien.emotion_from_voice", icon="SPEAKER")
    try:
        strip = strips.find_strip(compat.sequencer_scene(context), settings.strip_name)
    except AnimatorError:
        return
    if strip.mien.heard:
        _paragraph(layout, context, strip.mien.heard, "BLANK1")
        sure = layout.column()
        sure.use_property_decorate = True
        sure.prop(settings, "voice_confidence", slider=True)


def _draw_buttons(layout: Any, status: Any) -> None:
    if status.running:
        row = layout.row(align=True)
        row.progress(factor=status.fraction, text=f"{status.stage} {status.fraction:.0%}")
        row.operator("mien.cancel", text="", icon="X")
        return
    row = layout.row(align=True)
    row.scale_y = 1.4
    row.operator("mien.generate", icon="PLAY")
    row.operator("mien.clear", icon="TRASH")


def _draw_words(layout: Any, context: Any, status: Any) -> None:
    if status.running:
        return
    reason = why_not_generate(context)
    if reason:
        _paragraph(layout.box(), context, reason + ".", "INFO")
    if status.problem:
        box = layout.box()
        _paragraph(box, context, status.problem, "ERROR")
        _paragraph(box, context, status.advice, "INFO")
        if status.log:
            box.operator("wm.path_open", text="Open Log", icon="TEXT").filepath = status.log
    elif status.done:
        _paragraph(layout.box(), context, status.done, "CHECKMARK")


def _hint(layout: Any, text: str) -> None:
    row = layout.row()
    row.active = False
    row.alignment = "RIGHT"
    row.label(text=text)


def _paragraph(layout: Any, context: Any, text: str, icon: str) -> None:
    """Labels do not wrap, so wrap to the region's width."""
    scale = context.preferences.system.ui_scale
    width = max(20, int(context.region.width / (CHARACTER_PIXELS * scale)) - 8)
    column = layout.column(align=True)
    for i, line in enumerate(textwrap.wrap(text, width)):
        column.label(text=line, icon=icon if i == 0 else "BLANK1")


class _SidebarPanel:
    """What Mien's panels have in common, wherever they stand."""

    bl_label = "Mien"
    bl_region_type = "UI"
    bl_category = "Mien"

    def draw(self, context: Any) -> None:
        """Draw the shared panel."""
        draw_panel(self.layout, context)


class MIEN_PT_sequencer(_SidebarPanel, bpy.types.Panel):
    """Mien beside the strips."""

    bl_space_type = "SEQUENCE_EDITOR"


class MIEN_PT_view3d(_SidebarPanel, bpy.types.Panel):
    """Mien beside the face."""

    bl_space_type = "VIEW_3D"
