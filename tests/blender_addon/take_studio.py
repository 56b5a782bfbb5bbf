# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of takes share: two places in time, and the animator's own keys."""

from __future__ import annotations

import numpy as np
from bl_ext.devrepo.mien import apply, takes
from bl_ext.devrepo.mien.performance_file import Performed
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


def played(datablock):
    """Frames of the take that plays on a data-block, and its numbers on each: path, index -> (T,)."""
    pieces = [piece for piece in takes.pieces_on(datablock) if not piece.content["off"]]
    frames = np.arange(pieces[0].strip.frame_start, pieces[0].strip.frame_end + 1)
    return frames, takes.sampled(pieces, frames)


# What keyed curves may lie from a performance, of channels that go from 0 to 1.
NEAR = apply.Order("", HEARD).tolerance.share * 1.01


def key_take(strip_name, heard, columns, face, head, *, lips=None, contacts=None, **order):
    """Key a take of columns; without lips of their own all of it is expression."""
    asked = apply.Order(strip_name, heard, **order)
    return apply.key_take(asked, Performed(columns, lips or {}, contacts or {}), face, head)


def piece_of(datablock, layer):
    """The one piece of a layer on a data-block."""
    (piece,) = [piece for piece in takes.pieces_on(datablock) if piece.layer == layer]
    return piece


def curve_of(datablock, layer, path):
    return piece_of(datablock, layer).curves.find(path)
