# SPDX-License-Identifier: GPL-3.0-or-later
"""Corrections of phones and words, for the panel's list and for scripts: stored until Re-Speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ..line_sounds import clock, correcting, phones, stored, told
from ..line_sounds.spans import Span
from ..line_sounds.tiles import Edits
from ..problems import AnimatorError
from .sounds import ONCE, SoundsOperator, chosen_strip

LABELS = tuple(
    (label, phones.shown(label), phones.described(label))
    for label in (*phones.EXAMPLES, phones.PAUSE)
)
_INDEX = "from 0, of the strip's phones as they are seen (strip.mien.sounds.phones)"


class MIEN_OT_correct_phone(SoundsOperator, bpy.types.Operator):
    """Another sound, or other frames, for one phone."""

    bl_idname = "mien.correct_phone"
    bl_label = "Correct Phone"
    bl_description = (
        "Say that another sound is spoken here, or at other frames; Re-Speak moves the lips"
    )
    bl_options = {"REGISTER", "UNDO"}

    index: IntProperty(
        name="Phone", description=f"Number of the phone, {_INDEX}", min=0, options=ONCE
    )
    label: EnumProperty(
        name="Sound", description="What is spoken; left out: as it is", items=LABELS, options=ONCE
    )
    start_frame: IntProperty(
        name="Start", description="Scene frame at which it begins; left out: as it is", options=ONCE
    )
    end_frame: IntProperty(
        name="End", description="Scene frame at which it ends; left out: as it is", options=ONCE
    )

    def work(self, scene: Any, strip: Any) -> str:
        """Store the correction."""
        stored.check_heard(strip)
        now = clock.of_strip(scene, strip)
        number = tile_of_phone(strip, self.index)
        given = self.properties.is_property_set
        moved = {
            number + beside: now.second_at(getattr(self, name))
            for beside, name in ((0, "start_frame"), (1, "end_frame"))
            if given(name)
        }
        renamed = {number: self.label} if given("label") else {}
        return _said(strip, correcting.correct_phones(scene, strip, Edits(moved, renamed)))


class MIEN_OT_nudge_phone(SoundsOperator, bpy.types.Operator):
    """Move one edge of a phone by frames."""

    bl_idname = "mien.nudge_phone"
    bl_label = "Nudge Phone"
    bl_description = "Let this sound begin or end some frames later; the ones beside it give way"
    bl_options = {"REGISTER", "UNDO"}

    index: IntProperty(
        name="Phone", description=f"Number of the phone, {_INDEX}", min=0, options=ONCE
    )
    edge: EnumProperty(
        name="Edge",
        description="Which end of the phone moves",
        items=(("START", "Start", "Where it begins"), ("END", "End", "Where it ends")),
        options=ONCE,
    )
    frames: IntProperty(
        name="Frames",
        description="How many scene frames later; less than 0 is earlier",
        default=1,
        options=ONCE,
    )

    def work(self, scene: Any, strip: Any) -> str:
        """Store the correction."""
        stored.check_heard(strip)
        number = tile_of_phone(strip, self.index)
        tile = stored.tiles_of(strip.mien.sounds)[number]
        shift = self.frames / clock.of_strip(scene, strip).rate
        at_end = self.edge == "END"
        moved = {number + at_end: (tile.end if at_end else tile.start) + shift}
        return _said(strip, correcting.correct_phones(scene, strip, Edits(moved)))


class MIEN_OT_add_phone(SoundsOperator, bpy.types.Operator):
    """A phone that was not heard."""

    bl_idname = "mien.add_phone"
    bl_label = "Add Phone"
    bl_description = "Say that a sound is spoken from a frame on, up to the next one"
    bl_options = {"REGISTER", "UNDO"}

    label: EnumProperty(name="Sound", description="What is spoken", items=LABELS, options=ONCE)
    start_frame: IntProperty(
        name="Start", description="Scene frame at which it begins", options=ONCE
    )

    def work(self, scene: Any, strip: Any) -> str:
        """Store the correction."""
        stored.check_heard(strip)
        second = clock.of_strip(scene, strip).second_at(self.start_frame)
        edits = Edits(added=((self.label, second),))
        return _said(strip, correcting.correct_phones(scene, strip, edits))


class MIEN_OT_remove_phone(SoundsOperator, bpy.types.Operator):
    """A phone that is not spoken."""

    bl_idname = "mien.remove_phone"
    bl_label = "Remove Phone"
    bl_description = "Say that this sound is not spoken; the one before it goes on"
    bl_options = {"REGISTER", "UNDO"}

    index: IntProperty(
        name="Phone", description=f"Number of the phone, {_INDEX}", min=0, options=ONCE
    )

    def work(self, scene: Any, strip: Any) -> str:
        """Store the correction."""
        stored.check_heard(strip)
        edits = Edits(deleted=frozenset({tile_of_phone(strip, self.index)}))
        return _said(strip, correcting.correct_phones(scene, strip, edits))


class MIEN_OT_correct_word(SoundsOperator, bpy.types.Operator):
    """A word between two frames, or over a run of phones."""

    bl_idname = "mien.correct_word"
    bl_label = "Put Word"
    bl_description = (
        "Say which word is spoken between two frames; left out, over the chosen phones. Re-Speak lets "
        "the lips say it"
    )
    bl_options = {"REGISTER", "UNDO"}

    word: StringProperty(name="Word", description="An English word, or a few", options=ONCE)
    start_frame: IntProperty(
        name="Start",
        description="Scene frame at which it begins; left out: the first chosen phone's",
        options=ONCE,
    )
    end_frame: IntProperty(
        name="End",
        description="Scene frame at which it ends; left out: the last chosen phone's",
        options=ONCE,
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """From the panel: ask for the word."""
        return context.window_manager.invoke_props_dialog(self)

    def draw(self, context: Any) -> None:
        """The word; its place is that of the chosen phones."""
        self.layout.prop(self, "word")

    def work(self, scene: Any, strip: Any) -> str:
        """Store the correction."""
        stored.check_heard(strip)
        now = clock.of_strip(scene, strip)
        run = chosen_run(strip)
        given = self.properties.is_property_set
        start = now.second_at(self.start_frame) if given("start_frame") else run[0].start
        end = now.second_at(self.end_frame) if given("end_frame") else run[-1].end
        return _said(strip, correcting.correct_word(scene, strip, self.word, start, end))


class MIEN_OT_choose_phone(bpy.types.Operator):
    """Choose a phone in the panel; with Shift, a run of them."""

    bl_idname = "mien.choose_phone"
    bl_label = "Choose Phone"
    bl_description = (
        "Choose this phone to correct it. Shift-click another one to choose all between"
    )
    bl_options = {"INTERNAL"}

    index: IntProperty(
        name="Phone", description=f"Number of the phone, {_INDEX}", min=0, options=ONCE
    )
    extend: BoolProperty(
        name="Extend", description="Choose all from the chosen one to this one", options=ONCE
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        """Shift extends."""
        self.extend = event.shift
        return self.execute(context)

    def execute(self, context: Any) -> set[str]:
        """Choose it."""
        line = chosen_strip(context, "").mien.sounds
        first = min(line.run_first, self.index) if self.extend else self.index
        last = max(line.run_last, self.index) if self.extend else self.index
        line.run_first, line.run_last = first, last
        return {"FINISHED"}


def chosen_run(strip: Any) -> Sequence[Span]:
    """The phones that are chosen in the panel, at least one."""
    line = strip.mien.sounds
    found = stored.shown(line).phones
    return found[line.run_first : line.run_last + 1] or found[-1:]


def tile_of_phone(strip: Any, index: int) -> int:
    """Number of the tile that is the phone `index`; pauses count among tiles.

    Raises:
        AnimatorError: there are not so many phones.
    """
    tiles = stored.tiles_of(strip.mien.sounds)
    numbers = [number for number, tile in enumerate(tiles) if tile.label != phones.PAUSE]
    if index >= len(numbers):
        raise AnimatorError(
            f"Strip '{strip.name}' has no phone {index}.",
            f"Phones count from 0 to {len(numbers) - 1}.",
        )
    return numbers[index]


def _said(strip: Any, changes: Sequence[str]) -> str:
    if not changes:
        return f"'{strip.name}': nothing was changed."
    return f"'{strip.name}': {told.told(changes)}."


CLASSES = (
    MIEN_OT_correct_phone,
    MIEN_OT_nudge_phone,
    MIEN_OT_add_phone,
    MIEN_OT_remove_phone,
    MIEN_OT_correct_word,
    MIEN_OT_choose_phone,
)
