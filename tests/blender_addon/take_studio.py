# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of takes share: two places in time, and the animator's own keys."""

from __future__ import annotations

from bl_ext.devrepo.mien.strips import StripMap

FRAMES = 60
HEARD = StripMap(0.0, 24.0, 11, FRAMES)
LATER = StripMap(0.0, 24.0, 101, FRAMES)


def key_of(face):
    return face.data.shape_keys


def values_at(scene, face, frame):
    scene.frame_set(frame)
    return {block.name: block.value for block in key_of(face).key_blocks}


def animate(datablock, path, value, frames=(1, 200)):
    """The animator's own keys, made the usual way."""
    holder, _, name = path.rpartition(".")
    owner = datablock.path_resolve(holder) if holder else datablock
    for frame in frames:
        setattr(owner, name, value)
        owner.keyframe_insert(name, frame=frame)
