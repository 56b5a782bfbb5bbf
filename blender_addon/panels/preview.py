# SPDX-License-Identifier: GPL-3.0-or-later
"""The preview in the panel: on and off, what it shows, and Key It."""

from __future__ import annotations

from typing import Any

from .. import apply, preview
from .words import hint, paragraph

# From here on an animator feels that the face comes late.
SLOW_MS = 100.0


def draw_preview(layout: Any, context: Any, settings: Any) -> None:
    """The toggle, and what there is to say of a running preview."""
    told = preview.told() if preview.is_on(settings) else None
    row = layout.row(align=True)
    row.operator("mien.preview", icon="HIDE_OFF" if told else "HIDE_ON", depress=told is not None)
    if told is None:
        return
    row.operator("mien.generate", text="Key It", icon="KEY_HLT")
    if told.waiting:
        hint(layout, f"{told.waiting} ...")
    else:
        text = f"Preview of '{told.strip_name}', nothing is keyed"
        if told.latency_ms is not None:
            text += f" ({told.latency_ms:.0f} ms)"
        if told.share < 1.0:
            text += f", {told.share:.0%} of its frames made"
        hint(layout, text)
    if told.left_alone:
        hint(layout, f"Left to your own animation: {apply.shortened(told.left_alone)}")
    if told.not_saved:
        hint(layout, f"Linked, so it moves but cannot be keyed: {apply.shortened(told.not_saved)}")
    if told.problem:
        paragraph(layout.box(), context, told.problem, "ERROR")
