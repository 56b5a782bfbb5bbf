# SPDX-License-Identifier: GPL-3.0-or-later
"""Some frames of a shot rendered anew: the edit keeps its cuts, and the rest of the shot."""

from __future__ import annotations

import bpy
import pytest
from avatar_studio import pictures_in
from bl_ext.devrepo.mien import compat
from bl_ext.devrepo.mien.avatar import rendering, strip
from bl_ext.devrepo.mien.avatar.frames import Frames

pytestmark = pytest.mark.every_blender


@pytest.fixture
def shot(tmp_path):
    """Frames 1 to 20."""
    return pictures_in(tmp_path / "anna", 1, 20)


def put(scene, paths, first):
    return strip.put(bpy.context, scene, Frames(paths, first), "anna")


def shown(each):
    place = compat.strip_frames(each)
    return place.left, place.right


def first_picture(each):
    """Frame of the file that a strip shows on its first frame, read off its name."""
    place = compat.strip_frames(each)
    names = [element.filename for element in each.elements]
    return int(names[place.left - (place.content_start - place.trim_start)][-8:-4])


@pytest.mark.parametrize("method", ["SOFT", "HARD"])
def test_a_cut_stays_through_a_part_and_the_whole(scene, shot, method):
    made = put(scene, shot, 1).strip
    right = made.split(frame=11, split_method=method)
    for first, last in ((13, 16), (1, 20), (5, 14)):
        done = put(scene, shot[first - 1 : last], first)
        assert (done.strip, done.left_alone) == (made, ())
        assert [shown(each) for each in (made, right)] == [(1, 11), (11, 21)]
        assert (first_picture(made), first_picture(right)) == (1, 11)
        assert made.channel == right.channel == 2


def test_a_trimmed_strip_stays_trimmed_whatever_part_is_rendered(scene, shot):
    made = put(scene, shot, 1).strip
    compat.place_strip(made, 1, 3, 7)
    assert put(scene, shot[9:15], 10).left_alone == ()
    assert shown(made) == (3, 7)
    assert len(made.elements) == 20


def test_a_shot_that_is_rendered_in_parts_is_shown_whole(scene, shot):
    made = put(scene, shot[:8], 1).strip
    put(scene, shot[8:14], 9)
    assert shown(made) == (1, 15)
    right = made.split(frame=10, split_method="SOFT")
    put(scene, shot[11:], 12)
    assert [shown(each) for each in (made, right)] == [(1, 10), (10, 21)]
    assert [element.filename for element in made.elements] == [path.name for path in shot]


def test_frames_that_are_gone_or_far_away_are_not_held_on_to(scene, shot):
    made = put(scene, shot[:8], 1).strip
    put(scene, shot[10:], 11)
    assert shown(made) == (11, 21)
    shot[10].unlink()
    put(scene, shot[11:15], 12)
    assert shown(made) == (12, 16)


def test_a_cut_that_other_files_do_not_reach_is_left_alone_and_told(scene, shot, tmp_path):
    made = put(scene, shot, 1).strip
    compat.place_strip(made, 1, 3, 7)
    before = [element.filename for element in made.elements]
    other = pictures_in(tmp_path / "other", 1, 20)
    done = put(scene, other[9:15], 10)
    assert (done.strip, done.left_alone) == (None, (made.name,))
    assert shown(made) == (3, 7)
    assert [element.filename for element in made.elements] == before
    put(scene, other, 1)
    assert shown(made) == (3, 7)
    assert bpy.path.abspath(made.directory).rstrip("/") == str(tmp_path / "other")


@pytest.mark.usefixtures("sat")
def test_the_animator_reads_which_strip_was_left_alone(scene, tmp_path):
    settings = scene.mien_avatar
    settings.name, settings.file_format = "anna", "PNG"
    made = put(scene, pictures_in(tmp_path / "elsewhere", 1, 20), 1).strip
    compat.place_strip(made, 1, 10, 14)
    asked = rendering.order(scene)
    pictures_in(asked.path_of(3).parent, 3, 4)
    said = rendering._add_strip(bpy.context, scene, asked)
    assert "Left as it was" in said
    assert made.name in said
    assert "shows them" not in said
