# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a button is grey: one sentence, or empty text when it may be pressed."""

from __future__ import annotations

from typing import Any

from .. import cast, character, compat, gaze_track, heard_keys, strips, takes
from ..problems import AnimatorError


def why_not_generate(context: Any) -> str:
    """What is missing for a take. Called on every redraw, so it opens no file."""
    if context.window_manager.mien.running:
        return "Mien is already working"
    settings = cast.active_settings(context.scene)
    try:
        strips.find_strip(compat.sequencer_scene(context), settings.strip_name)
        character.check_character(settings.target, settings.head_target)
        gaze_track.check_aim(settings)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return ""


def why_not_listen(context: Any) -> str:
    """What is missing to hear an emotion in the strip and key it."""
    if context.window_manager.mien.running:
        return "Mien is already working"
    settings = cast.active_settings(context.scene)
    try:
        strips.find_strip(compat.sequencer_scene(context), settings.strip_name)
        heard_keys.check_can_be_keyed(settings)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return ""


def why_not_clear(context: Any) -> str:
    """Why there is nothing to clear."""
    if context.window_manager.mien.running:
        return "Mien is working; cancel first"
    settings = cast.active_settings(context.scene)
    if settings.target is None and settings.head_target is None:
        return "Choose the face to clear in the Mien panel"
    places = character.animated_by_takes(settings.target, settings.head_target)
    if not any(takes.takes_on(place) for place in places):
        return "Mien has made nothing on this face"
    return ""


def why_not_cancel(context: Any) -> str:
    """Why there is nothing to cancel."""
    return "" if context.window_manager.mien.running else "Mien is not working"
