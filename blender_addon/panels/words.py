# SPDX-License-Identifier: GPL-3.0-or-later
"""Words in a panel: labels do not wrap by themselves."""

from __future__ import annotations

import textwrap
from typing import Any

# A sidebar character is about 7 px wide at 100 % resolution scale.
CHARACTER_PIXELS = 7


def hint(layout: Any, text: str) -> None:
    """A quiet line on the right."""
    row = layout.row()
    row.active = False
    row.alignment = "RIGHT"
    row.label(text=text)


def paragraph(layout: Any, context: Any, text: str, icon: str) -> None:
    """Labels do not wrap, so wrap to the region's width."""
    scale = context.preferences.system.ui_scale
    width = max(20, int(context.region.width / (CHARACTER_PIXELS * scale)) - 8)
    column = layout.column(align=True)
    for i, line in enumerate(textwrap.wrap(text, width)):
        column.label(text=line, icon=icon if i == 0 else "BLANK1")
