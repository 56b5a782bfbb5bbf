# SPDX-License-Identifier: GPL-3.0-or-later
"""The strip's takes, the layers of the one in use, and what can be done to it."""

from __future__ import annotations

from typing import Any

from .. import layers, take_list


def draw_takes(layout: Any, context: Any, settings: Any) -> None:
    """Nothing where there is no take yet."""
    name = take_list.strip_name(context)
    found = take_list.listed(settings, name) if name else []
    if not found:
        return
    box = layout.box()
    for take in found:
        row = box.row(align=True)
        icon = "RADIOBUT_ON" if take.used else "RADIOBUT_OFF"
        label = take.label + (" (edited)" if take.edited else "")
        row.operator("mien.take_use", text=label, icon=icon, emboss=False).take = take.take
        row.operator("mien.take_remove", text="", icon="X", emboss=False).take = take.take
    used = next((take for take in found if take.used), None)
    if used is not None:
        _draw_layers(box, context, settings, used)
    row = box.row(align=True)
    row.operator("mien.generate", text="New Take", icon="ADD").new_take = True
    row.operator("mien.regenerate", text="Part...", icon="FILE_REFRESH")
    row = box.row(align=True)
    row.operator("mien.retime", icon="TIME")
    row.operator("mien.bake", text="Bake", icon="ACTION")


def _draw_layers(layout: Any, context: Any, settings: Any, used: take_list.Listed) -> None:
    column = layout.column(align=True)
    opened = take_list.open_layer(settings)
    for layer in used.layers:
        row = column.row(align=True)
        muted = layer in used.muted
        icon = "HIDE_ON" if muted else "HIDE_OFF"
        mute = row.operator("mien.layer_mute", text="", icon=icon)
        mute.take, mute.layer = used.take, layer
        solo = row.operator("mien.layer_solo", text="", icon="SOLO_OFF")
        solo.take, solo.layer = used.take, layer
        row.prop(
            context.scene.mien_cast,
            f"strength_{layer.lower()}",
            text=layers.LABELS[layer],
            slider=True,
        )
        row.operator("mien.layer_strength", text="", icon="KEY_HLT").layer = layer
        edit = row.operator(
            "mien.layer_edit", text="", icon="GREASEPENCIL", depress=opened == (used.take, layer)
        )
        edit.take, edit.layer = used.take, layer
