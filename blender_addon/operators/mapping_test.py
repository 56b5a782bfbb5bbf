# SPDX-License-Identifier: GPL-3.0-or-later
"""Test: a channel goes to 1 and back on the rig, nothing is keyed, and all is put back."""

from __future__ import annotations

import time
from typing import Any

import bpy
from bpy.props import BoolProperty, StringProperty

from .. import mapping, status
from ..mapping import posing, recording
from ..problems import AnimatorError
from .on_character import OnCharacter

# Seconds that one channel takes; of all of them each takes less.
SECONDS = 1.2
SECONDS_OF_ALL = 0.5
TIMER_SECONDS = 1.0 / 30.0
# Of a slow viewport every picture counts as no more than this, so that it shows the whole motion.
MOST_SECONDS_A_PICTURE = 0.1
# Parts of the way shown where no window is there to play in.
STEPS = (0.25, 0.5, 0.75, 1.0)
LOOKING_ROUND = {"MOUSEMOVE", "MIDDLEMOUSE", "WHEELUPMOUSE", "WHEELDOWNMOUSE", "TRACKPADPAN"}


class MIEN_OT_mapping_test(OnCharacter, bpy.types.Operator):
    """Play a channel on the rig."""

    bl_idname = "mien.mapping_test"
    bl_label = "Test"
    bl_description = (
        "Play a channel on the rig: from 0 to 1 and back (angles to 20 degrees). Nothing is keyed, "
        "and the rig is put back as it was. Esc ends it"
    )

    source: StringProperty(
        name="Channel", description="What to play; empty: the channel of the link that is shown"
    )
    every: BoolProperty(name="All", description="Play all channels that move something, in order")

    def work(self, context: Any) -> str:
        """All at once, for scripts and files without a window: through the poses, and back."""
        self._prepare(context)
        try:
            for source in self._sources:
                for fraction in STEPS:
                    self._pose(source, fraction)
                    context.view_layer.update()
        finally:
            posing.put_back(self._remembered)
        return self._done()

    def invoke(self, context: Any, _event: Any) -> set[str]:
        """Play in time."""
        if bpy.app.background:
            return self.execute(context)
        try:
            self._prepare(context)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        self._played, self._last = 0.0, time.monotonic()
        self._timer = context.window_manager.event_timer_add(TIMER_SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: Any, event: Any) -> set[str]:
        """The next moment; Esc ends, turning the view is let through, the rest waits."""
        if event.type in LOOKING_ROUND:
            return {"PASS_THROUGH"}
        if event.type not in {"TIMER", "ESC"}:
            return {"RUNNING_MODAL"}
        now = time.monotonic()
        self._played += min(now - self._last, MOST_SECONDS_A_PICTURE)
        self._last = now
        seconds = SECONDS_OF_ALL if len(self._sources) > 1 else SECONDS
        place, fraction = divmod(self._played / seconds, 1.0)
        if event.type == "ESC" or place >= len(self._sources):
            self.cancel(context)
            self.report({"INFO"}, self._done())
            return {"FINISHED"}
        source = self._sources[int(place)]
        self._pose(source, fraction)
        context.workspace.status_text_set(f"Testing {source}. Esc ends the test")
        return {"RUNNING_MODAL"}

    def cancel(self, context: Any) -> None:
        """Put the rig back; Blender calls this too when it closes."""
        context.window_manager.event_timer_remove(self._timer)
        context.workspace.status_text_set(None)
        posing.put_back(self._remembered)

    def _prepare(self, context: Any) -> None:
        face = self.face(context)
        rig = mapping.rig_of(face)
        self._links, self._gone = posing.usable(rig.links)
        there = posing.sources_of(self._links)
        wanted = there if self.every else (self.source or recording.chosen_source(face),)
        self._sources = [source for source in wanted if source in there]
        if not self._sources:
            raise AnimatorError(
                f"{wanted[0] if wanted else 'The mapping'} moves nothing on '{face.name}'.",
                "Map it, or test another channel.",
            )
        self._remembered = posing.remember(self._links)

    def _pose(self, source: str, fraction: float) -> None:
        value = posing.strength(source) * posing.pulse(fraction)
        posing.pose(self._links, {source: value}, self._remembered)

    def _done(self) -> str:
        text = (
            f"Tested {len(self._sources)} channels."
            if self.every
            else f"Tested {self._sources[0]}."
        )
        return f"{text} Not there any more: {', '.join(self._gone)}." if self._gone else text


CLASSES = (MIEN_OT_mapping_test,)
