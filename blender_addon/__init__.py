# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien: a strip of speech becomes an emotional performance on a face in Blender."""

from __future__ import annotations

import bpy

# What a name here says must be the module beside this file: operators of the same name have others.
from . import (
    found_words,
    jobs,
    mapping,
    picture_icons,
    preferences,
    preview,
    preview_handlers,
    properties,
)
from .avatar import preview as avatar_preview
from .avatar import properties as avatar_properties
from .avatar import worker as avatar_worker
from .operators import (
    add_head,
    avatar,
    avatar_jobs,
    batch_takes,
    correct,
    open_sound,
    preset,
    rework,
    rig,
    style,
    support,
)
from .operators import character as character_operators
from .operators import sounds as sounds_operators
from .operators import takes as take_operators
from .operators.cancel import MIEN_OT_cancel
from .operators.clear import MIEN_OT_clear
from .operators.from_voice import MIEN_OT_emotion_from_voice
from .operators.generate import MIEN_OT_generate
from .operators.generate_on_head import MIEN_OT_generate_on_head
from .operators.preview import MIEN_OT_preview
from .operators.review_movie import MIEN_OT_review_movie
from .panels import avatar as avatar_panel
from .panels import pictures
from .panels import rig as rig_panel
from .panels.main import MIEN_PT_sequencer, MIEN_PT_view3d
from .panels.sounds import MIEN_UL_sounds

CLASSES = (
    MIEN_OT_generate,
    MIEN_OT_generate_on_head,
    MIEN_OT_preview,
    MIEN_OT_emotion_from_voice,
    *style.CLASSES,
    *preset.CLASSES,
    *open_sound.CLASSES,
    *batch_takes.CLASSES,
    *character_operators.CLASSES,
    *take_operators.CLASSES,
    *rework.CLASSES,
    MIEN_OT_clear,
    MIEN_OT_review_movie,
    MIEN_OT_cancel,
    *support.CLASSES,
    *sounds_operators.CLASSES,
    *correct.CLASSES,
    MIEN_UL_sounds,
    *rig.CLASSES,
    *rig_panel.CLASSES,
    *pictures.CLASSES,
    MIEN_PT_sequencer,
    MIEN_PT_view3d,
    *avatar.CLASSES,
    *avatar_jobs.CLASSES,
    *avatar_panel.CLASSES,
)


def register() -> None:
    """Called by Blender when the extension is enabled."""
    found_words.register()
    preferences.register()
    properties.register()
    avatar_properties.register()
    mapping.register()
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    add_head.register()
    preview_handlers.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled or Blender quits: `register` in reverse."""
    preview.stop()
    avatar_preview.stop()
    preview_handlers.unregister()
    jobs.stop_engine()
    avatar_worker.stop()
    add_head.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    picture_icons.unregister()
    mapping.unregister()
    avatar_properties.unregister()
    properties.unregister()
    preferences.unregister()
    found_words.unregister()
