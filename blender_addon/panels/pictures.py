# SPDX-License-Identifier: GPL-3.0-or-later
"""Emotions, styles and presets as pictures, in pop-overs that the panel opens."""

from __future__ import annotations

from typing import Any

import bpy

from .. import cast, picture_icons, presets, styles
from ..emotions import EMOTIONS

COLUMNS = 4
# A picture is 128 pixels wide; one unit of a layout is 20.
PICTURE_UNITS = 5.0
WIDTH_UNITS = 22


class _Popover:
    """What the pop-overs have in common; they stand in no sidebar of their own."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "HEADER"
    bl_options = {"INSTANCED"}
    bl_ui_units_x = WIDTH_UNITS


class MIEN_PT_emotion_pictures(_Popover, bpy.types.Panel):
    """Choose the emotion by its face."""

    bl_label = "Emotions"
    bl_description = "Choose the emotion by its face"

    def draw(self, context: Any) -> None:
        """A picture and a button for each."""
        chosen = cast.active_settings(context.scene).emotion
        grid = _grid(self.layout)
        for name, label, _ in EMOTIONS:
            cell = _cell(grid, picture_icons.EMOTION, name)
            button = cell.operator("mien.emotion_choose", text=label, depress=name == chosen)
            button.emotion = name


class MIEN_PT_style_pictures(_Popover, bpy.types.Panel):
    """Choose the style of acting by its face."""

    bl_label = "Styles"
    bl_description = "Choose how somebody acts, whatever he feels"

    def draw(self, context: Any) -> None:
        """A picture and a button for each; own styles have no picture."""
        grid = _grid(self.layout)
        for folder in (styles.shipped_folder(), styles.own_folder()):
            kind = picture_icons.STYLE if folder == styles.shipped_folder() else ""
            for style in styles.list_styles(folder):
                cell = _cell(grid, kind, style.path.stem)
                cell.operator("mien.style_apply", text=style.name).path = str(style.path)
        _save(self.layout, "mien.style_save", "Save Style...")


class MIEN_PT_preset_pictures(_Popover, bpy.types.Panel):
    """Choose emotion, intensity and style at once."""

    bl_label = "Presets"
    bl_description = "Choose emotion, intensity and style at once"

    def draw(self, context: Any) -> None:
        """A picture and a button for each; own presets have no picture."""
        grid = _grid(self.layout)
        for preset in presets.list_presets():
            kind = picture_icons.PRESET if preset.path.parent == presets.shipped_folder() else ""
            cell = _cell(grid, kind, preset.key)
            cell.operator("mien.preset_apply", text=preset.name).preset = preset.key
        _save(self.layout, "mien.preset_save", "Save Preset...")


def draw_presets(layout: Any, _context: Any, _settings: Any) -> None:
    """The three pop-overs side by side."""
    row = layout.row(align=True)
    row.popover("MIEN_PT_preset_pictures", text="Presets", icon="PRESET")
    row.popover("MIEN_PT_emotion_pictures", text="Emotions", icon="USER")
    row.popover("MIEN_PT_style_pictures", text="Styles", icon="ARMATURE_DATA")


def _grid(layout: Any) -> Any:
    return layout.grid_flow(
        row_major=True, columns=COLUMNS, even_columns=True, even_rows=False, align=False
    )


def _cell(grid: Any, kind: str, key: str) -> Any:
    cell = grid.column(align=True)
    number = picture_icons.icon(kind, key) if kind else 0
    if number:
        cell.template_icon(icon_value=number, scale=PICTURE_UNITS)
    return cell


def _save(layout: Any, operator: str, text: str) -> None:
    layout.separator()
    row = layout.row()
    row.operator_context = "INVOKE_DEFAULT"
    row.operator(operator, text=text, icon="FILE_TICK")


CLASSES = (MIEN_PT_emotion_pictures, MIEN_PT_style_pictures, MIEN_PT_preset_pictures)
