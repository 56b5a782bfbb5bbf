# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel: its sections from top to bottom, in the order of work."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast
from .cast import draw_cast
from .choice import draw_choice, draw_heard
from .direction import draw_emotion, draw_parts, draw_take
from .pictures import draw_presets
from .preview import draw_preview
from .rig import draw_rig
from .run import draw_buttons, draw_words
from .sounds import draw_sounds
from .takes import draw_takes

# Sections that keep still while Mien works, and those that show how it goes.
ASKED = (
    draw_cast,
    draw_choice,
    draw_rig,
    draw_presets,
    draw_emotion,
    draw_heard,
    draw_take,
)
DONE = (draw_preview, draw_buttons, draw_words, draw_takes)


def draw_panel(layout: Any, context: Any) -> None:
    """Draw the sections for the character that is shown."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    settings = cast.active_settings(context.scene)
    running = context.window_manager.mien.running
    column = layout.column()
    column.enabled = not running
    for section in ASKED:
        section(column, context, settings)
        column.separator()
    for section in DONE:
        section(layout, context, settings)
    draw_sounds(layout, context, settings)
    draw_parts(layout, settings, enabled=not running)


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
