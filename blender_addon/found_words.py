# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks in the preferences have found, in words, until what they checked is changed."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import PointerProperty, StringProperty


class MienFound(bpy.types.PropertyGroup):
    """Results shown in the preferences, on `window_manager.mien_found`; not stored."""

    python: StringProperty(options={"SKIP_SAVE"})
    python_fault: StringProperty(options={"SKIP_SAVE"})
    avatar: StringProperty(options={"SKIP_SAVE"})
    avatar_fault: StringProperty(options={"SKIP_SAVE"})
    models: StringProperty(options={"SKIP_SAVE"})
    models_fault: StringProperty(options={"SKIP_SAVE"})


def tell_python(context: Any, *, words: str = "", fault: str = "") -> None:
    """Keep what is known of the worker's Python: empty texts for nothing."""
    found = context.window_manager.mien_found
    found.python, found.python_fault = words, fault


def tell_avatar(context: Any, *, words: str = "", fault: str = "") -> None:
    """Keep what is known of the avatar's Python: empty texts for nothing."""
    found = context.window_manager.mien_found
    found.avatar, found.avatar_fault = words, fault


def tell_models(context: Any, *, words: str = "", fault: str = "") -> None:
    """Keep what is known of the models, a line each: empty texts for nothing."""
    found = context.window_manager.mien_found
    found.models, found.models_fault = words, fault


def register() -> None:
    """Register the group and hang it on the window manager."""
    bpy.utils.register_class(MienFound)
    bpy.types.WindowManager.mien_found = PointerProperty(type=MienFound)


def unregister() -> None:
    """Undo `register`, in reverse."""
    del bpy.types.WindowManager.mien_found
    bpy.utils.unregister_class(MienFound)
