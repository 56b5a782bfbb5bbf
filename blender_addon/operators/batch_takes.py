# SPDX-License-Identifier: GPL-3.0-or-later
"""Batch: many strips to their characters, shown as a list first, then made one after the other."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from .. import batch, batch_run, dialogue, line_table, status
from ..problems import AnimatorError
from .background import BackgroundOperator

WAYS = (
    (batch.CHANNEL, "Channel", "Channel 1 to the first character, channel 2 to the second ..."),
    (batch.NAME, "Name", "To the character whose name the strip's name begins with, or holds"),
    (batch.TABLE, "Table", "As a CSV file or a text of this file says"),
)
LIST_WIDTH_PIXELS = 560
LINES_SHOWN = 30


class _Choices:
    """What both operators ask for."""

    by: EnumProperty(
        name="Share Out By", description="Which strip is spoken by which character", items=WAYS
    )
    only_selected: BoolProperty(
        name="Only Selected",
        description="Take selected strips only; with a table, it alone says which",
    )
    table_path: StringProperty(
        name="Table",
        description="CSV file with a first row of column names: strip, and any of character, preset, "
        "emotion, intensity, seed, style, text",
        subtype="FILE_PATH",
    )
    table_text: StringProperty(
        name="Text",
        description="Name of a text of this file that holds the table, instead of a file",
    )
    use_dialogue: BoolProperty(
        name="Dialogue",
        description="While one speaks, the others listen: they get a take of the speaker's strip with "
        "still lips, and eyes that are free meet",
    )
    listening: FloatProperty(
        name="Listeners' Intensity",
        description="How strongly a listener shows its own emotion. Factor of its intensity, from 0 "
        "(neutral) to 1 (as when speaking)",
        default=0.5,
        min=0.0,
        max=1.0,
    )


class _Batch:
    """What both operators do."""

    def plan(self, context: Any) -> list[batch.Line]:
        """The lines as asked for. Raises AnimatorError."""
        if self.by == batch.TABLE:
            rows = line_table.read_table(self.table_path, self.table_text)
            lines = batch.by_table(context, rows)
        elif self.by == batch.NAME:
            lines = batch.by_name(context, only_selected=self.only_selected)
        else:
            lines = batch.by_channel(context, only_selected=self.only_selected)
        if self.use_dialogue:
            lines = dialogue.with_listeners(context, lines, self.listening)
        return lines

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Grey buttons say why."""
        if context.window_manager.mien.running:
            cls.poll_message_set("Mien is already working")
            return False
        return True


class MIEN_OT_batch(_Choices, _Batch, BackgroundOperator, bpy.types.Operator):
    """Make a take of every line, one after the other."""

    bl_idname = "mien.batch"
    bl_label = "Make All Takes"
    bl_description = (
        "Make a take of each strip on its character's face, one after the other. A line that fails "
        "does not stop the others. All of it is one undo step"
    )
    bl_options = {"UNDO"}

    report_path: StringProperty(
        name="Report",
        description="JSON file to write what became of each line; empty writes none",
        subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )
    strict: BoolProperty(
        name="Strict",
        description="Raise an error at the end when a line has failed; takes that are made stay",
        options={"SKIP_SAVE"},
    )

    def begin(self, context: Any) -> batch_run.Run:
        """Plan, and start with the first line."""
        return batch_run.start(context, self.plan(context))

    def finished(self, context: Any) -> None:
        """Write the report; be strict if asked. Raises AnimatorError."""
        if self.report_path:
            batch_run.write_report(self._job, self.report_path)
        if self.strict and self._job.failures:
            raise AnimatorError(self._job.said)


class MIEN_OT_batch_list(_Choices, _Batch, bpy.types.Operator):
    """Show what a batch would do, then do it."""

    bl_idname = "mien.batch_list"
    bl_label = "Batch..."
    bl_description = (
        "Share the strips out to the characters: a list of what goes where, then all takes"
    )
    bl_options = {"INTERNAL"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Show the list."""
        return context.window_manager.invoke_props_dialog(
            self, width=LIST_WIDTH_PIXELS, confirm_text="Make All Takes"
        )

    def draw(self, context: Any) -> None:
        """The choices, and what comes of them."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "by")
        if self.by == batch.TABLE:
            layout.prop_search(self, "table_text", bpy.data, "texts")
            file = layout.row()
            file.active = not self.table_text
            file.prop(self, "table_path")
        else:
            layout.prop(self, "only_selected")
        layout.prop(self, "use_dialogue")
        if self.use_dialogue:
            layout.prop(self, "listening", slider=True)
        box = layout.box().column(align=True)
        try:
            lines = self.plan(context)
        except AnimatorError as problem:
            box.label(text=str(problem), icon="ERROR")
            return
        _draw_list(box, context.scene, lines)

    def execute(self, context: Any) -> set[str]:
        """Hand on to the operator that does it."""
        try:
            self.plan(context)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        chosen = {name: getattr(self, name) for name in _Choices.__annotations__}
        bpy.ops.mien.batch("INVOKE_DEFAULT", **chosen)
        return {"FINISHED"}


def _draw_list(column: Any, scene: Any, lines: list[batch.Line]) -> None:
    """What cannot be made stands on top, so that it is not cut off."""
    bad = [line for line in lines if line.problem]
    good = [line for line in lines if not line.problem]
    head = f"{len(good)} take{'' if len(good) == 1 else 's'} to make"
    column.label(text=head + (f", {len(bad)} that cannot be" if bad else ""))
    for line in (*bad, *good)[:LINES_SHOWN]:
        icon = "ERROR" if line.problem else "USER" if line.listens_to >= 0 else "SOUND"
        column.label(text=batch.describe(scene, line), icon=icon)
    if len(lines) > LINES_SHOWN:
        column.label(text=f"... and {len(lines) - LINES_SHOWN} more")


CLASSES = (MIEN_OT_batch, MIEN_OT_batch_list)
