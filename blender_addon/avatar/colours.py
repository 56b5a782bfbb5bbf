# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the scene shows an avatar in the colours of its film.

Frames are the film's own picture brought to linear light. Standard shows exactly that; AgX and Filmic
compress a scene's light as a camera would, and so a picture that a camera has compressed already looks
flat and grey.
"""

from __future__ import annotations

from typing import Any

from ..problems import AnimatorError

STANDARD, NO_LOOK = "Standard", "None"


def advice(scene: Any) -> str:
    """What to say about the scene's view, or empty text where it shows films as they are."""
    view = scene.view_settings
    if view.view_transform != STANDARD:
        return f"Avatars look flat in {view.view_transform}: their film was graded already"
    if view.exposure != 0.0 or view.gamma != 1.0:
        return "The scene's exposure or gamma changes the film's colours"
    if view.look != NO_LOOK or view.use_curve_mapping:
        return "The scene's look or curves change the film's colours"
    return ""


def match(scene: Any) -> str:
    """Show films as they are; returns a sentence about what was changed.

    Raises:
        AnimatorError: Blender's colour configuration is one of the studio's own, without Standard.
    """
    view = scene.view_settings
    before = view.view_transform
    try:
        view.view_transform = STANDARD
    except TypeError as error:
        raise AnimatorError(
            f"This Blender's colour configuration has no view transform {STANDARD}.",
            "Choose the one that shows video as it is, under Render > Color Management.",
        ) from error
    view.look, view.use_curve_mapping = NO_LOOK, False
    view.exposure, view.gamma = 0.0, 1.0
    return f"View transform {STANDARD} instead of {before}: the film's own colours."
