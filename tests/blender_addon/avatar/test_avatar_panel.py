# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien > Avatar: every setting is offered, what is wrong is told, and grey buttons say why."""

from __future__ import annotations

from types import SimpleNamespace

import bpy
import pytest
from avatar_studio import drawn
from bl_ext.devrepo.mien import preferences
from bl_ext.devrepo.mien.avatar import worker
from bl_ext.devrepo.mien.operators import avatar_reasons as reasons
from bl_ext.devrepo.mien.problems import AnimatorError


def named(group):
    return {prop.identifier for prop in group.bl_rna.properties} - {"rna_type", "name"}


def test_at_first_a_file_is_asked_for(scene):
    layout = drawn()
    assert set(layout.shown) == {"holder", "path"}
    assert layout.buttons == ["mien.avatar_add", "mien.avatar_attach", "mien.film_to_keys"]


def test_a_file_is_told_before_it_is_attached(scene, anna):
    scene.mien_avatar.path = str(anna)
    words = " ".join(drawn().words)
    assert "Ada Łovelace, consent of 2026-05-03" in words
    assert "400 Gaussians" in words
    assert "For: tests" in words


def test_a_bad_file_is_told_in_the_panel(scene, tmp_path):
    path = tmp_path / "bad.mienavatar"
    path.write_bytes(b"bad")
    scene.mien_avatar.path = str(path)
    assert "bad.mienavatar is no avatar" in " ".join(drawn(900).words)


def test_every_setting_is_offered(sat, scene):
    settings = scene.mien_avatar
    settings.use_scene_range, settings.use_motion_blur = False, True
    shown = set(drawn().shown)
    left = named(settings) - shown - {"preview_size", "preview_scale", "path"}
    assert left == set()
    assert {"path", "place", "camera"} <= shown
    for group in (settings, sat.mien_avatar):
        for prop in group.bl_rna.properties:
            assert prop.description or prop.identifier in {"rna_type", "name"}, prop.identifier


def test_the_size_is_the_scenes_or_over_a_film_the_films(sat, scene):
    assert "Frames 3 to 6, 48 x 32" in drawn().words
    scene.mien_avatar.plate = "//anna.mientrack"
    assert "Frames 3 to 6, the film's size" in drawn().words
    assert not any("48 x 32" in word for word in drawn().words)


def test_with_an_avatar_everything_can_be_pressed(sat, scene):
    assert [button.removeprefix("mien.") for button in drawn().buttons] == [
        "avatar_detach",
        "avatar_render",
        "avatar_preview",
        "avatar_compositor",
        "avatar_colours",
        "avatar_ply",
        "film_to_keys",
    ]


@pytest.mark.every_blender
def test_paths_may_begin_at_the_blend_file(scene):
    holder = bpy.data.objects.new("Carrier", None)
    groups = (holder.mien_avatar, scene.mien_avatar)
    paths = [
        prop
        for group in groups
        for prop in group.bl_rna.properties
        if getattr(prop, "subtype", "") in {"FILE_PATH", "DIR_PATH"}
    ]
    assert {prop.identifier for prop in paths} == {"path", "folder", "plate"}
    # Blender 4.5 and later warn where it is not so.
    assert all(getattr(prop, "is_path_supports_blend_relative", True) for prop in paths)


def test_a_lost_file_is_told(sat, scene, tmp_path):
    sat.mien_avatar.path = str(tmp_path / "gone.mienavatar")
    assert "There is no avatar file" in " ".join(drawn(900).words)
    assert "There is no avatar file" in reasons.why_not_render(bpy.context)


def test_a_rig_that_cannot_say_everything_is_told(scene, face, anna):
    bpy.context.view_layer.objects.active = face
    bpy.ops.mien.avatar_attach(filepath=str(anna))
    assert "stays at rest" not in " ".join(drawn().words)
    for block in list(face.data.shape_keys.key_blocks)[1:]:
        face.shape_key_remove(block)
    assert "Nothing on 'Hero' moves the face" in " ".join(drawn(900).words)


def test_without_a_python_it_is_said_what_to_run(sat, scene, tmp_path):
    chosen = preferences.chosen()
    chosen.avatar_python = str(tmp_path / "python")
    try:
        with pytest.raises(AnimatorError, match="is not there") as caught:
            worker.chosen_python()
        assert "python3 install.py avatar" in caught.value.advice
        assert "python3 install.py avatar" in " ".join(drawn(900).words)
        for reason in (reasons.why_not_render, reasons.why_not_ply, reasons.why_not_preview):
            assert "is not there" in reason(bpy.context)
        assert not bpy.ops.mien.avatar_render.poll()
        with pytest.raises(RuntimeError, match="is not there"):
            bpy.ops.mien.check_avatar_python()
    finally:
        chosen.avatar_python = ""


def test_grey_buttons_say_why(scene, face, anna):
    assert "No avatar is attached" in reasons.why_not_render(bpy.context)
    assert "No avatar is attached" in reasons.why_not_detach(bpy.context)
    assert "No avatar is attached" in reasons.why_not_compositor(bpy.context)
    assert "nothing of Mien" in reasons.why_not_compositor_remove(bpy.context)
    assert "Choose a face" in reasons.why_not_film_to_keys(bpy.context)
    assert "Select the rig's" in reasons.why_not_attach(SimpleNamespace(active_object=None))
    bpy.context.view_layer.objects.active = face
    bpy.ops.mien.avatar_attach(filepath=str(anna))
    assert "has no camera" in reasons.why_not_render(bpy.context)
    assert "not saved yet" in reasons.why_not_compositor(bpy.context)


def test_frames_that_are_not_rendered_cannot_be_composited(sat):
    assert "Press Render Avatar first" in reasons.why_not_compositor(bpy.context)


def test_frames_before_0_are_refused_for_the_compositor(sat, scene):
    scene.mien_avatar.use_scene_range = False
    scene.mien_avatar.frame_start, scene.mien_avatar.frame_end = -2, 4
    assert "no frames before 0" in reasons.why_not_compositor(bpy.context)
