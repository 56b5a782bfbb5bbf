# SPDX-License-Identifier: GPL-3.0-or-later
"""The image strip that shows an avatar's frames in step with the scene."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import compat, opening

MARK = "mien_avatar"


def put(context: Any, scene: Any, paths: Sequence[Path], first_frame: int, name: str) -> Any:
    """Put frames into the sequencer, in the place of the strip that an earlier render has put there.

    Args:
        context: Blender's.
        scene: whose sequencer.
        paths: of the frames, one for each scene frame from the first.
        first_frame: scene frame of the first.
        name: of the strip.
    """
    compat.show_in_sequencer(context, scene)
    editor = scene.sequence_editor or scene.sequence_editor_create()
    former = of_name(scene, name)
    lowest, muted = 2, False
    if former is not None:
        lowest, muted = former.channel, former.mute
        compat.strips(former.parent_meta() or editor).remove(former)
    made = compat.new_image_strip(editor, name, [str(path) for path in paths], first_frame)
    made.channel = max(made.channel, lowest)
    opening.settle_channel(editor, made, lowest)
    made.blend_type = "ALPHA_OVER"
    made.mute = muted
    made[MARK] = name
    return made


def of_name(scene: Any, name: str) -> Any:
    """The strip that an earlier render has put there, be it renamed since; or None."""
    return next(
        (
            each
            for each in compat.all_strips(scene)
            if each.type == "IMAGE" and each.get(MARK) == name
        ),
        None,
    )


def all_of(scene: Any) -> list[Any]:
    """Every strip that shows an avatar."""
    return [each for each in compat.all_strips(scene) if each.type == "IMAGE" and MARK in each]
