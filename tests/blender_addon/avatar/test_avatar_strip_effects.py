# SPDX-License-Identifier: GPL-3.0-or-later
"""Titles, colours and blurs of the sequencer, which have no content of their own, beside an avatar's strip."""

from __future__ import annotations

import bpy
import pytest
from avatar_studio import pictures_in
from bl_ext.devrepo.mien import compat, opening
from bl_ext.devrepo.mien.avatar import strip
from bl_ext.devrepo.mien.avatar.frames import Frames
from studio import needs_sound

pytestmark = pytest.mark.every_blender


def add_effect(editor, kind, channel, *, first=6, length=4, of=None):
    """An effect strip; the words for its length and its input were changed in 5.0."""
    collection = compat.strips(editor)
    words = collection.bl_rna.functions["new_effect"].parameters.keys()
    more = {"length": length} if "length" in words else {"frame_end": first + length}
    if of is not None:
        more["input1" if "input1" in words else "seq1"] = of
    return collection.new_effect(kind.title(), kind, channel, first, **more)


@pytest.mark.parametrize("kind", ["TEXT", "COLOR", "GAUSSIAN_BLUR"])
def test_a_render_goes_on_beside_effects(scene, tmp_path, kind):
    pictures = pictures_in(tmp_path / "avatar" / "anna", 3, 6)
    made = strip.put(bpy.context, scene, Frames(pictures[:2], 3), "anna").strip
    blurred = made if kind == "GAUSSIAN_BLUR" else None
    # Of a blurred strip the effect follows the place; others stand in the way of the longer one.
    effect = add_effect(scene.sequence_editor, kind, 3 if blurred else 2, of=blurred)
    strip.put(bpy.context, scene, Frames(pictures, 3), "anna")
    place = compat.strip_frames(made)
    assert (place.left, place.right) == (3, 9)
    assert made.channel == (2 if blurred else 3)
    place = compat.strip_frames(effect)
    assert (place.trim_start, place.trim_end) == (0, 0)
    assert (place.left, place.right) == ((3, 9) if blurred else (6, 10))


def test_a_sound_is_opened_beside_a_title(scene, clicks):
    needs_sound()
    editor = scene.sequence_editor_create()
    add_effect(editor, "TEXT", 1, first=1, length=400)
    made = opening.open_sound(bpy.context, clicks, frame=1).strip
    assert made.channel == 2
