# SPDX-License-Identifier: GPL-3.0-or-later
"""Two characters with a strip each: what the tests of batches and dialogues share."""

from __future__ import annotations

from bl_ext.devrepo.mien import cast, compat
from studio import add_sound, make_face


def add_character(scene, name, names, *, at=(0.0, 0.0, 0.0)):
    """A further character with a face of its own; the first one where that is still empty."""
    settings = scene.mien if scene.mien.target is None else cast.add(scene)
    settings.character_name = name
    settings.target = make_face(scene, names, name)
    settings.target.location = at
    return settings


def add_line(scene, path, name, *, frame, channel, frames=30, skipped=0):
    """A strip that is heard for `frames` frames, without the first `skipped` of its sound."""
    strip = add_sound(scene, path, name=name, frame=frame - skipped, channel=channel)
    if "right_handle" in strip.bl_rna.properties:
        strip.left_handle, strip.right_handle = frame, frame + frames
    else:
        strip.frame_final_start, strip.frame_final_end = frame, frame + frames
    place = compat.strip_frames(strip)
    assert (place.left, place.right) == (frame, frame + frames)
    return strip


def key_of(settings):
    return settings.target.data.shape_keys
