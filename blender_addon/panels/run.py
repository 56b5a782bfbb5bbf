# SPDX-License-Identifier: GPL-3.0-or-later
"""The buttons, how far the job is, and what there is to say."""

from __future__ import annotations

from typing import Any

from .. import defaults
from ..operators.reasons import why_not_generate
from .words import paragraph


def draw_buttons(layout: Any, context: Any, settings: Any) -> None:
    """Generate and Clear, or the progress of what runs."""
    status = context.window_manager.mien
    if status.running:
        row = layout.row(align=True)
        row.progress(factor=status.fraction, text=f"{status.stage} {status.fraction:.0%}")
        row.operator("mien.cancel", text="", icon="X")
        return
    row = layout.row(align=True)
    row.scale_y = 1.4
    if defaults.has_no_face(context, settings):
        row.operator("mien.generate_on_head", icon="PLAY")
    else:
        row.operator("mien.generate", icon="PLAY")
    row.operator("mien.clear", icon="TRASH")
    row = layout.row(align=True)
    row.operator("mien.batch_list", icon="SEQ_STRIP_DUPLICATE")
    row.operator("mien.review_movie", icon="FILE_MOVIE")


def draw_words(layout: Any, context: Any, _settings: Any) -> None:
    """What is missing, what went wrong, what was done."""
    status = context.window_manager.mien
    if status.running:
        return
    reason = why_not_generate(context)
    if reason:
        paragraph(layout.box(), context, reason + ".", "INFO")
    draw_outcome(layout, context)


def draw_outcome(layout: Any, context: Any) -> None:
    """What went wrong, or was done, last."""
    status = context.window_manager.mien
    if status.problem:
        box = layout.box()
        paragraph(box, context, status.problem, "ERROR")
        paragraph(box, context, status.advice, "INFO")
        if status.log:
            box.operator("wm.path_open", text="Open Log", icon="TEXT").filepath = status.log
    elif status.done:
        paragraph(layout.box(), context, status.done, "CHECKMARK")
