# SPDX-License-Identifier: GPL-3.0-or-later
"""The sounds of the strip: its words in a list, the phones of the chosen one, and what corrects them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from .. import cast, compat, strips
from ..line_sounds import clock, phones, stored
from ..line_sounds.spans import Span
from ..problems import AnimatorError
from .words import hint

PHONES_A_ROW = 6


class MIEN_UL_sounds(bpy.types.UIList):
    """Words of a line, or runs of phones between its pauses."""

    def draw_item(  # noqa: PLR0917 - Blender's own arguments
        self,
        context: Any,
        layout: Any,
        data: Any,
        item: Any,
        icon: int,
        active_data: Any,
        active_property: str,
        index: int = 0,
        flt_flag: int = 0,
    ) -> None:
        """The word, which can be typed over, and its frames."""
        row = layout.row(align=True)
        row.prop(item, "word", text="", emboss=False, placeholder="Type a word")
        strip = _strip(context)
        now = clock.when_drawn(strip.id_data, strip) if strip else None
        if now is not None:
            first, last = now.frame_at(item.start_seconds), now.frame_at(item.end_seconds)
            place = row.row()
            place.alignment = "RIGHT"
            place.label(text=f"{first} - {last}")


def draw_sounds(layout: Any, context: Any, _settings: Any) -> None:
    """A part that folds away; it says what to do where nothing is known yet."""
    header, body = layout.panel("MIEN_sounds", default_closed=True)
    header.label(text="Sounds")
    if body is None:
        return
    body.enabled = not context.window_manager.mien.running
    strip = _strip(context)
    if strip is None:
        hint(body, "Choose a sound strip")
        return
    line = strip.mien.sounds
    if not line.rows:
        hint(body, "Generate once: its sounds are heard with it")
        return
    row = body.row(align=True)
    row.operator("mien.sounds_show", icon="MARKER_HLT")
    row.operator("mien.sounds_hide", text="", icon="X")
    manager = context.window_manager
    row.prop(manager, "mien_sounds_shown", text="", icon="HIDE_OFF", toggle=True)
    now = clock.when_drawn(strip.id_data, strip)
    if now is None:
        hint(body, "Speed changed: Generate to hear it again")
    body.template_list("MIEN_UL_sounds", "", line, "rows", line, "row", rows=4)
    if now is not None:
        _draw_row(body, line, now)
    _draw_ending(body, line)


def _draw_row(layout: Any, line: Any, now: clock.Clock) -> None:
    """Phones of the chosen row, and what corrects the chosen one of them."""
    row = line.rows[min(line.row, len(line.rows) - 1)]
    known = stored.shown(line).phones
    here = [
        (index, phone)
        for index, phone in enumerate(known)
        if row.start_seconds - 1e-3 <= phone.middle < row.end_seconds + 1e-3
    ]
    if not here:
        hint(layout, "Its phones are known when it is spoken")
        return
    grid = layout.grid_flow(row_major=True, columns=PHONES_A_ROW, even_columns=True, align=True)
    for index, phone in here:
        button = grid.operator(
            "mien.choose_phone",
            text=phones.shown(phone.label),
            depress=line.run_first <= index <= line.run_last,
        )
        button.index = index
    chosen = [(index, phone) for index, phone in here if line.run_first <= index <= line.run_last]
    if chosen:
        _draw_phones(layout, chosen, now)


def _draw_phones(layout: Any, chosen: Sequence[tuple[int, Span]], now: clock.Clock) -> None:
    """One phone's label and edges, or a run's edges; and the word over them."""
    (first, start), (last, end) = chosen[0], chosen[-1]
    box = layout.box()
    if first == last:
        row = box.row(align=True)
        shown = phones.described(start.label)
        row.operator_menu_enum("mien.correct_phone", "label", text=shown).index = first
        row.operator("mien.remove_phone", text="", icon="REMOVE").index = first
    _draw_edge(box, "Start", first, "START", now.frame_at(start.start))
    _draw_edge(box, "End", last, "END", now.frame_at(end.end))
    box.operator("mien.correct_word", icon="FONT_DATA")


def _draw_edge(layout: Any, name: str, index: int, edge: str, frame: int) -> None:
    row = layout.row(align=True)
    row.label(text=f"{name} {frame}")
    for frames, text in ((-1, "-1"), (1, "+1")):
        button = row.operator("mien.nudge_phone", text=text)
        button.index, button.edge, button.frames = index, edge, frames


def _draw_ending(layout: Any, line: Any) -> None:
    """Re-Speak, and the ways back."""
    own = stored.corrections_of(line)
    count = len(own.phones) + len(own.words)
    if count or line.pending:
        row = layout.row(align=True)
        row.operator("mien.sounds_reset", text="Reset Row", icon="LOOP_BACK").row = line.row
        row.operator("mien.sounds_reset", text="Reset All").row = -1
    if line.pending:
        hint(layout, "Corrected, but not spoken yet")
    row = layout.row()
    row.scale_y = 1.2
    row.operator("mien.sounds_apply", icon="PLAY")


def _strip(context: Any) -> Any:
    """The strip that the panel shows, or None."""
    name = cast.active_settings(context.scene).strip_name
    try:
        return strips.find_strip(compat.sequencer_scene(context), name)
    except AnimatorError:
        return None
