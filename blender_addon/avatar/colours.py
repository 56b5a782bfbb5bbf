# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the scene shows an avatar in the colours of its film.

Frames are the film's own picture brought to linear light. Standard shows exactly that; AgX and Filmic
compress a scene's light as a camera would, and so a picture that a camera has compressed already looks
flat and grey.
"""

from __future__ import annotations

from typing import Any

STANDARD = "Standard"


def advice(scene: Any) -> str:
    """What to say about the scene's view, or empty text where it shows films as they are."""
    view = scene.view_settings
    if view.view_transform == STANDARD and view.exposure == 0.0 and view.gamma == 1.0:
        return ""
    if view.view_transform != STANDARD:
        return f"Avatars look flat in {view.view_transform}: their film was graded already"
    return "The scene's exposure or gamma changes the film's colours"


def match(scene: Any) -> str:
    """Show films as they are; returns a sentence about what was changed."""
    view = scene.view_settings
    before = view.view_transform
    view.view_transform = STANDARD
    view.look = "None"
    view.exposure, view.gamma = 0.0, 1.0
    return f"View transform {STANDARD} instead of {before}: the film's own colours."
