# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks and who: strip, text, face, head; and what was heard in the strip."""

from __future__ import annotations

from typing import Any

from .. import compat, defaults
from ..problems import AnimatorError
from .words import hint, paragraph


def draw_choice(layout: Any, context: Any, settings: Any) -> None:
    """Strip, its text, and the face."""
    scene = compat.sequencer_scene(context)
    search = compat.strip_search(scene)
    if search is None:
        layout.prop(settings, "strip_name", icon="SOUND")
    else:
        layout.prop_search(settings, "strip_name", *search, icon="SOUND")
    _draw_found_strip(layout, scene, settings)
    _draw_text(layout, scene, settings)
    layout.prop(settings, "target", icon="MESH_DATA")
    layout.prop(settings, "head_target", icon="OBJECT_DATA")
    if settings.target is None:
        _draw_found_face(layout, context, settings)


def _draw_found_strip(layout: Any, scene: Any, settings: Any) -> None:
    """Which strip speaks where none is chosen; where there is none at all, how to get one."""
    if not defaults.sound_strips(scene):
        layout.operator("mien.open_sound", icon="FILE_SOUND")
        return
    if settings.strip_name:
        return
    try:
        hint(layout, f"Speaks: {defaults.strip_for(scene).name}")
    except AnimatorError:
        return


def _draw_found_face(layout: Any, context: Any, settings: Any) -> None:
    """Which face speaks where none is chosen."""
    try:
        face = defaults.face_for(context, settings)
    except AnimatorError:
        return
    hint(layout, f"Will speak: {face.name}")


def _draw_text(layout: Any, scene: Any, settings: Any) -> None:
    """The text of the strip that would be spoken; each strip has its own."""
    try:
        line = defaults.strip_for(scene, settings.strip_name).mien
    except AnimatorError:
        return
    row = layout.row(align=True, heading="Text")
    row.prop(line, "use_text", text="")
    field = row.row(align=True)
    field.active = line.use_text
    # A place holder in an empty field says what it is for (4.2 has it).
    field.prop(line, "text", text="", placeholder="What the strip says (optional)")


def draw_heard(layout: Any, context: Any, settings: Any) -> None:
    """From Voice, and what it heard in this strip."""
    layout.operator("mien.emotion_from_voice", icon="SPEAKER")
    try:
        strip = defaults.strip_for(compat.sequencer_scene(context), settings.strip_name)
    except AnimatorError:
        return
    if strip.mien.heard:
        paragraph(layout, context, strip.mien.heard, "BLANK1")
        sure = layout.column()
        sure.use_property_decorate = True
        sure.prop(settings, "voice_confidence", slider=True)
