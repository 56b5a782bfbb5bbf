# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien > Avatar: the file, what carries it, how it is rendered, and what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy

from ..avatar import attaching, colours, compositing, preview, read_back, rendering, sitter, worker
from ..avatar.papers import Papers
from ..problems import AnimatorError
from .run import draw_outcome
from .words import hint, paragraph

# Type of a request -> what a preview then waits for.
WAITS_FOR = {
    "avatar_capture": "the film's keys",
    "avatar_ply": "the .ply",
}


def draw_avatar(layout: Any, context: Any) -> None:
    """Draw the section, top to bottom."""
    layout.use_property_split = True
    layout.use_property_decorate = False
    scene = context.scene
    settings = scene.mien_avatar
    column = layout.column()
    column.enabled = not context.window_manager.mien.running
    holder = attaching.holder_of(scene)
    if holder is None:
        _draw_choice(column, context, settings)
    else:
        _draw_holder(column, context, holder)
        _draw_shot(column, context, settings)
    _draw_buttons(layout, context, carried=holder is not None)
    reason = worker.why_not()
    if reason:
        paragraph(layout.box(), context, reason + ".", "INFO")
    layout.operator("mien.film_to_keys", icon="FILE_MOVIE")
    if not context.window_manager.mien.running:
        draw_outcome(layout, context)


def _draw_choice(layout: Any, context: Any, settings: Any) -> None:
    """No avatar is attached yet."""
    layout.prop(settings, "holder")
    layout.prop(settings, "path")
    if settings.path:
        _draw_papers(layout, context, attaching.file_of(settings.path))
    row = layout.row(align=True)
    row.operator("mien.avatar_add", icon="USER")
    row.operator("mien.avatar_attach", icon="LINKED")


def _draw_holder(layout: Any, context: Any, holder: Any) -> None:
    """Who is attached to what, and what the rig can say."""
    row = layout.row(align=True)
    row.prop(context.scene.mien_avatar, "holder")
    row.operator("mien.avatar_detach", text="", icon="UNLINKED")
    layout.prop(holder.mien_avatar, "path")
    layout.prop(holder.mien_avatar, "place", placeholder=holder.name)
    papers = _draw_papers(layout, context, attaching.carried_file(holder))
    way = read_back.way_back(sitter.links_of(context.scene, holder))
    if papers is not None and not way.sources:
        paragraph(
            layout.box(),
            context,
            f"Nothing on '{holder.name}' moves the face: it stays at rest. Attach the avatar to a rig "
            "that Mien knows, or use Add Avatar.",
            "INFO",
        )
    for sentence in rendering.guesses(way):
        paragraph(layout, context, sentence, "INFO")


def _draw_papers(layout: Any, context: Any, file: Path) -> Papers | None:
    """Whom a file shows and who agreed, or why it is no avatar."""
    try:
        papers = attaching.read_papers(file)
    except AnimatorError as problem:
        paragraph(layout.box(), context, str(problem), "ERROR")
        return None
    size = papers.file_bytes / 1e6
    column = layout.column(align=True)
    hint(column, f"{papers.person}, consent of {papers.date}")
    hint(column, f"{papers.gaussians:,} Gaussians, {size:.1f} MB")
    paragraph(column, context, f"For: {papers.uses}", "CHECKMARK")
    return papers


def _draw_shot(layout: Any, context: Any, settings: Any) -> None:
    """Frames, shutter, files."""
    scene = context.scene
    picture = sitter.picture_of(scene)
    size = "the film's size" if settings.plate else f"{picture.width} x {picture.height}"
    layout.separator()
    layout.prop(scene, "camera")
    layout.prop(settings, "use_scene_range")
    if settings.use_scene_range:
        hint(layout, f"Frames {scene.frame_start} to {scene.frame_end}, {size}")
    else:
        column = layout.column(align=True)
        column.prop(settings, "frame_start")
        column.prop(settings, "frame_end")
        hint(layout, size)
    layout.prop(settings, "use_motion_blur")
    if settings.use_motion_blur:
        layout.prop(settings, "moments")
    layout.prop(settings, "file_format")
    layout.prop(settings, "folder")
    layout.prop(settings, "name", placeholder=attaching.holder_of(scene).name)
    layout.prop(settings, "plate", placeholder="None: with alpha")
    layout.prop(settings, "look", placeholder="Usual")
    layout.prop(settings, "use_strip")


def _draw_buttons(layout: Any, context: Any, *, carried: bool) -> None:
    """What can be done, or how far it is."""
    status = context.window_manager.mien
    if status.running:
        row = layout.row(align=True)
        row.progress(factor=status.fraction, text=f"{status.stage} {status.fraction:.0%}")
        row.operator("mien.cancel", text="", icon="X")
        if carried:
            _draw_eye(row)
        _draw_preview(layout, context)
        return
    if not carried:
        return
    row = layout.row(align=True)
    row.scale_y = 1.4
    row.operator("mien.avatar_render", icon="RENDER_ANIMATION")
    _draw_eye(row)
    _draw_preview(layout, context)
    row = layout.row(align=True)
    row.operator("mien.avatar_compositor", icon="NODE_COMPOSITING")
    if compositing.is_to_undo(context.scene):
        row.operator("mien.avatar_compositor_remove", text="", icon="X")
    _draw_colours(layout, context)
    layout.operator("mien.avatar_ply", icon="EXPORT")


def _draw_eye(row: Any) -> None:
    """Begin or end the preview: while a render runs, too."""
    row.operator(
        "mien.avatar_preview",
        text="",
        icon="HIDE_OFF" if preview.is_on() else "HIDE_ON",
        depress=preview.is_on(),
    )


def _draw_preview(layout: Any, context: Any) -> None:
    running = preview.current()
    if running is None:
        return
    settings = context.scene.mien_avatar
    row = layout.row(align=True)
    row.prop(settings, "preview_size")
    row.prop(settings, "preview_scale")
    if settings.plate:
        hint(layout, "At the film's camera and size, without the film")
    if running.problem:
        paragraph(layout.box(), context, running.problem, "ERROR")
    elif running.waits_for:
        hint(layout, f"The preview waits for {WAITS_FOR.get(running.waits_for, 'the worker')}")
    elif running.is_between_frames:
        hint(layout, "Drawn between the frames of the render")
    elif running.picture is None:
        hint(layout, "Loading the avatar ...")
    elif running.latency_seconds is not None:
        hint(layout, f"Preview in the view's corner ({1000.0 * running.latency_seconds:.0f} ms)")


def _draw_colours(layout: Any, context: Any) -> None:
    words = colours.advice(context.scene)
    if words:
        box = layout.box()
        paragraph(box, context, words + ".", "INFO")
        box.operator("mien.avatar_colours", icon="COLOR")


class _AvatarPanel:
    """What the panels have in common, wherever they stand."""

    bl_label = "Avatar"
    bl_region_type = "UI"
    bl_category = "Mien"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: Any) -> None:
        """Draw the shared section."""
        draw_avatar(self.layout, context)


class MIEN_PT_avatar_sequencer(_AvatarPanel, bpy.types.Panel):
    """Avatars beside the strips."""

    bl_space_type = "SEQUENCE_EDITOR"


class MIEN_PT_avatar_view3d(_AvatarPanel, bpy.types.Panel):
    """Avatars beside the rig."""

    bl_space_type = "VIEW_3D"


CLASSES = (MIEN_PT_avatar_sequencer, MIEN_PT_avatar_view3d)
