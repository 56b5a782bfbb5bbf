# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a button is grey: one sentence, or empty text when it may be pressed."""

from __future__ import annotations

from typing import Any

from .. import cast, character, compat, defaults, gaze_track, heard_keys, preview, take_list, takes
from ..problems import AnimatorError


def asked_by_a_panel(context: Any) -> bool:
    """Whether a button in Mien's panels asks, and not a script, which names what it wants later."""
    area, region = getattr(context, "area", None), getattr(context, "region", None)
    if area is None or region is None:
        return False
    return area.type in {"VIEW_3D", "SEQUENCE_EDITOR"} and region.type == "UI"


def why_not_start(context: Any) -> str:
    """What stops even a script that names everything."""
    return "Mien is already working" if context.window_manager.mien.running else ""


def why_not_generate(context: Any) -> str:
    """What is missing for a take. Called on every redraw, so it opens no file."""
    if context.window_manager.mien.running:
        return "Mien is already working"
    settings = cast.active_settings(context.scene)
    try:
        choice = defaults.decide(context, settings)
        character.check_character(choice.face, choice.head)
        gaze_track.check_aim(settings)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return ""


def why_not_preview(context: Any) -> str:
    """What is missing for a preview; one that runs can always be ended."""
    settings = cast.active_settings(context.scene)
    if preview.is_on(settings):
        return ""
    try:
        choice = defaults.decide(context, settings)
        character.links_of(choice.face, choice.head)
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
        defaults.strip_for(compat.sequencer_scene(context), settings.strip_name)
        heard_keys.check_can_be_keyed(settings)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return ""


def why_not_film(context: Any) -> str:
    """What is missing for a review film."""
    if context.window_manager.mien.running:
        return "Mien is already working"
    try:
        settings = cast.active_settings(context.scene)
        defaults.strip_for(compat.sequencer_scene(context), settings.strip_name)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    if context.scene.camera is None and settings.target is None:
        return "There is neither a camera nor a chosen face to be filmed"
    return ""


def why_not_clear(context: Any) -> str:
    """Why there is nothing to clear."""
    if context.window_manager.mien.running:
        return "Mien is working; cancel first"
    settings = cast.active_settings(context.scene)
    if settings.target is None and settings.head_target is None:
        return "Choose the face to clear in the Mien panel"
    places = character.animated_by_takes(settings.target, settings.head_target)
    if not any(piece.is_local for place in places for piece in takes.pieces_on(place)):
        return "Mien has made nothing on this face"
    return ""


def why_not_rework(context: Any) -> str:
    """Why there is no take of the strip to work on."""
    if context.window_manager.mien.running:
        return "Mien is working; wait, or cancel first"
    settings = cast.active_settings(context.scene)
    try:
        strip = defaults.strip_for(compat.sequencer_scene(context), settings.strip_name)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    if not take_list.plays(settings, strip.name):
        return f"'{strip.name}' has no take on this face: press Generate first"
    return ""


def why_not_cancel(context: Any) -> str:
    """Why there is nothing to cancel."""
    return "" if context.window_manager.mien.running else "Mien is not working"
