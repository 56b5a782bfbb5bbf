# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a strip keeps the sounds of its line (`strip.mien.sounds`), and a marker what it stands for."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import spans, stored, typed, view


def _shown_phones(line: Any) -> str:
    return spans.encode(stored.shown(line).phones) or "[]"


def _shown_words(line: Any) -> str:
    return spans.encode(stored.shown(line).words) or "[]"


def _json(name: str, what: str) -> Any:
    return StringProperty(
        name=name,
        description=f"{what}: JSON list of [name, start, end], in seconds of the sound file",
    )


class MienSoundRow(bpy.types.PropertyGroup):
    """A row of the panel's list: a word, or a run of phones between pauses that has none yet."""

    word: StringProperty(
        name="Word",
        description="What is said here. Type another word, and Re-Speak lets the lips say it",
        update=typed.word_typed,
    )
    start_seconds: FloatProperty(
        name="Start", description="Where it begins, in seconds of the sound file", min=0.0
    )
    end_seconds: FloatProperty(
        name="End", description="Where it ends, in seconds of the sound file", min=0.0
    )


class MienLineSounds(bpy.types.PropertyGroup):
    """Phones, words and contacts of a strip's last take, and what the animator corrected."""

    phones: StringProperty(
        name="Phones",
        description="Phones as they are seen, corrections in them, for scripts to read: JSON list of "
        "[name, start, end], in seconds of the sound file",
        get=_shown_phones,
    )
    words: StringProperty(
        name="Words",
        description="Words as they are seen, corrections in them, for scripts to read: JSON list of "
        "[name, start, end], in seconds of the sound file",
        get=_shown_words,
    )
    heard_phones: _json("Heard Phones", "Phones that the last take spoke")
    heard_words: _json("Heard Words", "Words of the text that the last take spoke")
    heard_contacts: _json("Contacts", "When lips and tongue touched in the last take")
    corrected_phones: _json(
        "Corrected Phones", "Phones that the animator put right; sil is a pause"
    )
    corrected_words: _json("Corrected Words", "Words that the animator put right")
    pending: BoolProperty(
        name="Not Spoken Yet", description="Corrections were made that the face does not speak yet"
    )
    file: StringProperty(name="File", description="Name of the sound file that was heard")
    rate: FloatProperty(
        name="Rate",
        description="Scene frames per second of the sound file, when it was heard",
        min=0.0,
    )
    retiming: StringProperty(
        name="Retiming", description="The strip's length and speed when it was heard"
    )
    mixed: BoolProperty(
        name="Mixed Down",
        description="The strip's speed changes inside it, so its times count from its content's start",
    )
    rows: CollectionProperty(
        type=MienSoundRow, name="Rows", description="Rows of the panel's list, made from the above"
    )
    row: IntProperty(name="Row", description="The chosen row of the list, from 0", min=0)
    run_first: IntProperty(
        name="First Phone", description="First of the chosen phones, from 0", min=0
    )
    run_last: IntProperty(name="Last Phone", description="Last of the chosen phones, from 0", min=0)
    markers_of: StringProperty(
        name="Markers Of", description="The strip's name when its sounds were shown as markers"
    )
    markers_shown: StringProperty(
        name="Markers Shown", description="Which sounds are shown as markers: PHONE WORD CONTACT"
    )


class MienMarker(bpy.types.PropertyGroup):
    """What one of Mien's timeline markers stands for; on the animator's own the strip is empty."""

    strip: StringProperty(
        name="Strip", description="Name of the strip whose sound this marker shows"
    )
    kind: StringProperty(name="Kind", description="PHONE, WORD or CONTACT")
    number: IntProperty(name="Number", description="Which of the strip's boundaries, from 0")
    second: FloatProperty(
        name="Second", description="When the sound begins, in seconds of its file"
    )
    frame: IntProperty(name="Frame", description="Where the marker was put, before it was dragged")
    shown_name: StringProperty(
        name="Shown Name", description="How the marker was called, before it was renamed"
    )


CLASSES = (MienSoundRow, MienLineSounds, MienMarker)


def register() -> None:
    """Register the groups, and hang theirs on markers; strips have them through `strip.mien`."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.TimelineMarker.mien = PointerProperty(type=MienMarker)
    bpy.types.WindowManager.mien_sounds_shown = BoolProperty(
        name="Sounds Under Strips",
        description="Draw words, phones and contacts of Mien's takes under their strips in the "
        "sequencer, and at the bottom of dope sheet and timeline. Corrected ones are yellow",
        options={"SKIP_SAVE"},
        update=view.switch,
    )


def unregister() -> None:
    """Undo `register`, in reverse."""
    view.stop()
    del bpy.types.WindowManager.mien_sounds_shown
    del bpy.types.TimelineMarker.mien
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
