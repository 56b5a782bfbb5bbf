# SPDX-License-Identifier: GPL-3.0-or-later
"""Sounds of a line: shown as markers, hidden, reset, and spoken again as the animator corrected them."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import BoolProperty, IntProperty, StringProperty

from .. import cast, compat, jobs, respeaking, status, strips
from ..line_sounds import clock, correcting, markers, stored, told
from ..problems import AnimatorError
from .asked import WhenIdle
from .background import BackgroundOperator

# Blender hands an operator its last values again, and here left out means as it is.
ONCE = {"SKIP_SAVE"}
STRIP = StringProperty(
    name="Strip",
    description="Name of the sound strip; empty takes the one that the panel shows",
    options=ONCE,
)


def chosen_strip(context: Any, name: str) -> Any:
    """The strip of that name, or the one that the panel shows.

    Raises:
        AnimatorError: there is none.
    """
    shown = cast.active_settings(context.scene).strip_name
    return strips.find_strip(compat.sequencer_scene(context), name or shown)


class SoundsOperator(WhenIdle):
    """What operators on sounds have in common: one strip, done at once, an error in words.

    Subclasses say what they do, by `work`, which returns a sentence about it.
    """

    strip: STRIP

    def work(self, scene: Any, strip: Any) -> str:
        """Do it. Raises AnimatorError, with nothing changed."""
        raise NotImplementedError

    def execute(self, context: Any) -> set[str]:
        """Do it and say so."""
        try:
            strip = chosen_strip(context, self.strip)
            said = self.work(strip.id_data, strip)
        except AnimatorError as problem:
            return status.refused(self, context, problem)
        status.ended(context, said)
        self.report({"INFO"}, said)
        status.redraw(context)
        return {"FINISHED"}


class MIEN_OT_sounds_show(SoundsOperator, bpy.types.Operator):
    """Words, phones and contacts of a strip as timeline markers."""

    bl_idname = "mien.sounds_show"
    bl_label = "Show Sounds"
    bl_description = (
        "Show the words and phones of the strip's last take as timeline markers. Drag, rename, delete "
        "or duplicate them, then press Re-Speak. Press again after the strip has moved. Your own "
        "markers stay as they are"
    )
    bl_options = {"REGISTER", "UNDO"}

    phones: BoolProperty(
        name="Phones", description="A marker where each phone begins", default=True
    )
    words: BoolProperty(name="Words", description="Words at their first phone", default=True)
    contacts: BoolProperty(
        name="Contacts", description="Where lips and tongue touch; to be read, not to be dragged"
    )

    def work(self, scene: Any, strip: Any) -> str:
        """Put the markers."""
        stored.check_heard(strip)
        wanted = zip(markers.KINDS, (self.phones, self.words, self.contacts), strict=True)
        kinds = [kind for kind, chosen in wanted if chosen]
        count = markers.show(scene, strip, kinds, clock.of_strip(scene, strip))
        return f"'{strip.name}': {count} markers."


class MIEN_OT_sounds_hide(SoundsOperator, bpy.types.Operator):
    """Remove the markers of a strip's sounds."""

    bl_idname = "mien.sounds_hide"
    bl_label = "Hide Sounds"
    bl_description = "Remove Mien's markers of this strip; your own markers stay"
    bl_options = {"REGISTER", "UNDO"}

    def work(self, scene: Any, strip: Any) -> str:
        """Remove the markers."""
        return f"'{strip.name}': removed {markers.hide(scene, strip)} markers."


class MIEN_OT_sounds_reset(SoundsOperator, bpy.types.Operator):
    """Take corrections back."""

    bl_idname = "mien.sounds_reset"
    bl_label = "Reset"
    bl_description = (
        "Take back your corrections of a word, or of the whole strip; Re-Speak then hears it afresh"
    )
    bl_options = {"REGISTER", "UNDO"}

    row: IntProperty(
        name="Row",
        description="Which row of the list, from 0; -1 is all of the strip",
        default=-1,
        options=ONCE,
    )

    def work(self, scene: Any, strip: Any) -> str:
        """Take them back."""
        rows = strip.mien.sounds.rows
        if self.row < 0:
            gone = correcting.reset_all(scene, strip)
        elif self.row < len(rows):
            row = rows[self.row]
            gone = correcting.reset(scene, strip, row.start_seconds, row.end_seconds)
        else:
            raise AnimatorError(
                f"Strip '{strip.name}' has no row {self.row} of sounds.",
                f"Rows count from 0 to {len(rows) - 1}.",
            )
        return f"'{strip.name}': took back {gone} corrections."


class MIEN_OT_sounds_apply(WhenIdle, BackgroundOperator, bpy.types.Operator):
    """Speak a strip again with its corrections."""

    bl_idname = "mien.sounds_apply"
    bl_label = "Re-Speak"
    bl_description = (
        "Read what you did to the markers, and speak the strip again with all corrections: the mouth "
        "changes around them, everything else of the take stays, your edits too"
    )
    bl_options = {"UNDO"}

    strip: STRIP

    def begin(self, context: Any) -> jobs.Job:
        """Ask for the take with the corrections; they are stored when the face speaks them."""
        strip = chosen_strip(context, self.strip)
        stored.check_heard(strip)
        own, changes = correcting.correct_by_markers(strip.id_data, strip)
        settings = _speaker(context, strip)
        job = respeaking.start(context, settings, strip, own)
        use = job.use
        if changes:
            job.use = lambda message: f"{use(message)} Sounds: {told.told(changes)}."
        return job


def _speaker(context: Any, strip: Any) -> Any:
    """The character that speaks a strip: the shown one if it may be, else the one that names it."""
    shown = cast.active_settings(context.scene)
    if shown.strip_name in {"", strip.name}:
        return shown
    named = [s for s in cast.everyone(context.scene) if s.strip_name == strip.name]
    return named[0] if named else shown


CLASSES = (
    MIEN_OT_sounds_show,
    MIEN_OT_sounds_hide,
    MIEN_OT_sounds_reset,
    MIEN_OT_sounds_apply,
)
