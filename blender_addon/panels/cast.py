# SPDX-License-Identifier: GPL-3.0-or-later
"""The characters of the scene: which one the rest of the panel is about."""

from __future__ import annotations

from typing import Any

from .. import cast


def draw_cast(layout: Any, context: Any, settings: Any) -> None:
    """One line for a single character, a row for each of several."""
    characters = cast.everyone(context.scene)
    shown = cast.shown_place(context.scene)
    if len(characters) == 1:
        row = layout.row()
        row.alignment = "RIGHT"
        row.operator("mien.character_add", icon="ADD")
        return
    row = layout.row()
    names = row.column(align=True)
    for place, character in enumerate(characters):
        button = names.operator(
            "mien.character_show",
            text=cast.label(character),
            icon="USER",
            depress=place == shown,
        )
        button.place = place
    buttons = row.column(align=True)
    buttons.operator("mien.character_add", text="", icon="ADD")
    buttons.operator("mien.character_remove", text="", icon="REMOVE")
    layout.prop(settings, "character_name")
