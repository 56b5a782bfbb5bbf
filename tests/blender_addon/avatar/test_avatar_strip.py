# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames in the sequencer: in step, and the same strip after the next render, as the animator left it."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from avatar_studio import frames_in, pictures_in
from bl_ext.devrepo.mien import compat
from bl_ext.devrepo.mien.avatar import compositing, strip
from bl_ext.devrepo.mien.avatar.frames import Frames
from bl_ext.devrepo.mien.problems import AnimatorError

pytestmark = pytest.mark.every_blender


@pytest.fixture
def saved(scene, tmp_path):
    scene.render.resolution_x, scene.render.resolution_y = 24, 16
    scene.render.resolution_percentage = 100
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "scene.blend"))
    return scene


@pytest.fixture
def pictures(tmp_path):
    return pictures_in(tmp_path / "avatar" / "anna", 3, 6)


def put(scene, paths, first=3, name="anna", **more):
    return strip.put(bpy.context, scene, Frames(paths, first, **more), name).strip


def shown(each):
    place = compat.strip_frames(each)
    return place.left, place.right


def names(each):
    return [element.filename for element in each.elements]


def test_a_strip_shows_frame_for_frame(saved, pictures):
    made = put(saved, pictures)
    assert shown(made) == (3, 9)
    assert names(made) == [path.name for path in pictures]
    assert (made.blend_type, made.channel) == ("ALPHA_OVER", 2)
    put(saved, pictures, name="bob")
    assert len(strip.all_of(saved)) == 2


def test_the_next_render_keeps_the_strip_and_what_was_set_on_it(saved, pictures, tmp_path):
    made = put(saved, pictures)
    made.name, made.mute, made.channel, made.blend_type = "My Anna", True, 5, "REPLACE"
    made.transform.offset_x, made.transform.scale_x, made.blend_alpha = 4.0, 0.5, 0.75
    made.modifiers.new("Grade", "COLOR_BALANCE")
    made.keyframe_insert("blend_alpha", frame=4)
    more = pictures_in(tmp_path / "elsewhere" / "anna", 2, 9)
    again = put(saved, more, first=2)
    assert again == made
    assert len(compat.all_strips(saved)) == 1
    assert (again.name, again.mute, again.channel) == ("My Anna", True, 5)
    assert (again.transform.offset_x, again.transform.scale_x) == (4.0, 0.5)
    assert (again.blend_type, again.blend_alpha) == ("REPLACE", 0.75)
    assert len(again.modifiers) == 1
    assert len(compat.all_fcurves(saved.animation_data.action)) == 1
    assert shown(again) == (2, 11)
    assert names(again) == [path.name for path in more]
    assert bpy.path.abspath(again.directory).rstrip("/") == str(more[0].parent)
    assert shown(put(saved, pictures[:2])) == (3, 5)


@pytest.mark.parametrize("method", ["SOFT", "HARD"])
def test_a_strip_that_was_cut_stays_cut_there(saved, pictures, tmp_path, method):
    made = put(saved, pictures)
    right = made.split(frame=5, split_method=method)
    right.channel = 4
    more = pictures_in(tmp_path / "avatar" / "anna", 1, 10)
    put(saved, more, first=1)
    assert [shown(each) for each in (made, right)] == [(1, 5), (5, 11)]
    # Scene frame 5 still shows the picture of frame 5.
    assert [compat.strip_frames(each).content_start for each in (made, right)] == [1, 1]
    assert right.channel == 4
    assert names(right) == [path.name for path in more]


def test_a_strip_that_was_moved_stays_as_far_from_its_frames(saved, pictures, tmp_path):
    made = put(saved, pictures)
    compat.place_strip(made, 103, 103, 109)
    put(saved, pictures)
    assert shown(made) == (103, 109)
    put(saved, pictures_in(tmp_path / "elsewhere", 4, 5), first=4)
    assert shown(made) == (104, 109)


def test_a_strip_that_holds_its_last_picture_goes_on_to_hold_it(saved, pictures, tmp_path):
    made = put(saved, pictures)
    compat.place_strip(made, 3, 3, 12)
    put(saved, pictures_in(tmp_path / "elsewhere", 3, 4))
    assert shown(made) == (3, 10)


def test_a_retimed_strip_stays_as_long(saved, pictures):
    made = put(saved, pictures)
    if "left_handle" not in made.bl_rna.properties:
        pytest.skip("a script that retimes pictures crashes Blender 4.5 and 5.0")
    made.retiming_keys.add(timeline_frame=5)
    made.retiming_keys[-1].timeline_frame = 15
    put(saved, pictures)
    assert shown(made) == (3, 15)
    assert compat.retiming_frames(made) == [3, 5, 15]


def test_a_longer_render_makes_way_for_the_animators_strips(saved, pictures):
    made = put(saved, pictures[:2])
    own = compat.new_image_strip(saved.sequence_editor, "Title", str(pictures[0]), 2, 6)
    put(saved, pictures)
    assert (shown(made), made.channel) == ((3, 9), 3)
    assert (shown(own), own.channel) == ((6, 7), 2)


def test_without_a_free_channel_it_is_told(saved, pictures):
    editor = saved.sequence_editor_create()
    for channel in range(2, 129):
        compat.new_image_strip(editor, "Full", str(pictures[0]), channel, 4)
    with pytest.raises(AnimatorError, match=r"2 to 128 is taken on frames 3 to 8"):
        put(saved, pictures)
    assert len(compat.all_strips(saved)) == 127


def test_it_fits_again_when_pictures_have_another_size(saved, pictures, tmp_path):
    made = put(saved, pictures)
    assert made.transform.scale_x == 1.0
    made.transform.scale_x = 2.0
    put(saved, pictures_in(tmp_path / "plate", 3, 6, size=(48, 32)))
    assert (made.transform.scale_x, made.transform.scale_y) == (1.0, 0.5)


def test_other_files_are_read_in_their_own_colours(saved, pictures, tmp_path):
    layered = frames_in(tmp_path / "layered", 3, 6)
    made = put(saved, pictures)
    assert (made.colorspace_settings.name, made.alpha_mode) == ("sRGB", "STRAIGHT")
    # Before 4.5 the sequencer has no multilayer OpenEXR.
    if bpy.app.version < (4, 5):
        with pytest.raises(AnimatorError, match="Choose PNG"):
            put(saved, layered)
        assert names(made) == [path.name for path in pictures]
        assert len(compat.all_strips(saved)) == 1
    else:
        put(saved, layered)
        assert made.colorspace_settings.name.startswith("Linear")
        assert made.alpha_mode == "PREMUL"


def test_where_the_folder_is_beside_the_file_so_is_what_is_stored(saved, pictures):
    made = put(saved, pictures, is_relative=True)
    assert made.directory == "//avatar/anna/"
    put(saved, pictures, is_relative=True)
    assert made.directory == "//avatar/anna/"
    put(saved, pictures)
    assert made.directory == f"{pictures[0].parent}/"
    compositing.set_up(saved, Frames(pictures, 3, is_relative=True), 1.0)
    (image,) = (each for each in bpy.data.images if each.name.startswith("anna"))
    assert image.filepath == "//avatar/anna/anna_0003.png"


@pytest.mark.slow
def test_files_that_were_written_anew_are_shown_anew(saved, tmp_path):
    folder = tmp_path / "avatar" / "anna"
    seen = []
    saved.frame_set(4)
    saved.view_settings.view_transform = "Standard"
    for colour in ((1.0, 0.0, 0.0, 1.0), (0.0, 1.0, 0.0, 1.0)):
        put(saved, pictures_in(folder, 3, 4, colour=colour), is_relative=True)
        saved.render.filepath = str(tmp_path / "edited.png")
        saved.render.image_settings.file_format = "PNG"
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(saved.render.filepath)
        seen.append(np.array(image.pixels[:3]))
        bpy.data.images.remove(image)
    np.testing.assert_allclose(seen, [(1, 0, 0), (0, 1, 0)], atol=0.02)


def test_the_compositor_mutes_the_strip_and_its_removal_shows_it(saved, pictures):
    made, own = put(saved, pictures), put(saved, pictures, name="bob")
    own.mute = True
    assert strip.is_rendered_instead(saved)
    assert "muted" in compositing.set_up(saved, Frames(pictures, 3), 1.0)
    assert made.mute
    assert not strip.is_rendered_instead(saved)
    put(saved, pictures)
    assert made.mute
    assert "shown again" in compositing.remove(saved)
    assert (made.mute, own.mute) == (False, True)


def test_other_pictures_in_the_sequencer_are_told(saved, pictures):
    editor = saved.sequence_editor_create()
    own = compat.new_image_strip(editor, "Storyboard", str(pictures[0]), 1, 3)
    assert "F12 renders it" in compositing.set_up(saved, Frames(pictures, 3), 1.0)
    assert not own.mute
    saved.render.use_sequencer = False
    try:
        assert "F12" not in compositing.set_up(saved, Frames(pictures, 3), 1.0)
    finally:
        saved.render.use_sequencer = True
