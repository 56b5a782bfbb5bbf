# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a button of Avatar is grey: one sentence, or empty text when it may be pressed."""

from __future__ import annotations

from typing import Any

from .. import cast, character
from ..avatar import attaching, compositing, preview, rendering, sitter, worker
from ..problems import AnimatorError
from ..rigs.parts import FACE_TYPES
from .reasons import asked_by_a_panel


def why_not_busy(context: Any) -> str:
    """Mien does one thing at a time."""
    return "Mien is working; wait, or cancel first" if context.window_manager.mien.running else ""


def why_not_choose(context: Any) -> str:
    """What is missing to attach or add an avatar; a script may name the file later."""
    if asked_by_a_panel(context) and not context.scene.mien_avatar.path:
        return "Choose an avatar file first"
    return why_not_busy(context)


def why_not_attach(context: Any) -> str:
    """What is missing to attach an avatar to the active object."""
    thing = context.active_object
    if thing is None or thing.type not in FACE_TYPES:
        return "Select the rig's mesh or armature, or an empty"
    return why_not_choose(context)


def why_not_add(context: Any) -> str:
    """What is missing to add an avatar with a stand-in."""
    if context.mode != "OBJECT":
        return "Leave the edit mode first: the stand-in is added in object mode"
    if not context.collection.is_editable:
        return "The active collection is linked: click one of this file's own"
    return why_not_choose(context)


def why_not_detach(context: Any) -> str:
    """Why there is nothing to detach."""
    holder = attaching.holder_of(context.scene)
    return why_not_busy(context) or ("" if holder else "No avatar is attached")


def why_not_render(context: Any) -> str:
    """What is missing to render. Called on every redraw, so it opens no unchanged file."""
    try:
        attaching.papers_of(attaching.needed_holder(context.scene))
        sitter.cameras_of(context.scene)
        rendering.order(context.scene)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return why_not_busy(context) or worker.why_not()


def why_not_preview(context: Any) -> str:
    """What is missing for a preview; one that runs can always be ended."""
    if preview.is_on():
        return ""
    try:
        attaching.papers_of(attaching.needed_holder(context.scene))
        sitter.cameras_of(context.scene)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return worker.why_not()


def why_not_compositor(context: Any) -> str:
    """What is missing to set the compositor up."""
    try:
        asked = rendering.order(context.scene)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    if asked.taken.first < 0:
        return "The compositor reads no frames before 0: begin the range on frame 0 or later"
    if not asked.path_of(asked.taken.first).is_file():
        return "Press Render Avatar first: these frames are not there yet"
    return why_not_busy(context)


def why_not_compositor_remove(context: Any) -> str:
    """Why there is nothing to take out of the compositor."""
    if not compositing.is_to_undo(context.scene):
        return "The compositor has nothing of Mien"
    return why_not_busy(context)


def why_not_ply(context: Any) -> str:
    """What is missing to export an avatar."""
    try:
        attaching.papers_of(attaching.needed_holder(context.scene))
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return why_not_busy(context) or worker.why_not()


def why_not_film_to_keys(context: Any) -> str:
    """What is missing to key a film."""
    settings = cast.active_settings(context.scene)
    if settings.target is None:
        return "Choose a face in the Mien panel"
    try:
        character.check_character(settings.target, settings.head_target)
    except AnimatorError as problem:
        return str(problem).rstrip(".")
    return why_not_busy(context) or worker.why_not()
