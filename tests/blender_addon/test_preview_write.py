# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing to a rig and giving it back, in every Blender, also in one without sound."""

from __future__ import annotations

import numpy as np
import pytest
from bl_ext.devrepo.mien import character, preview_mark
from bl_ext.devrepo.mien.preview_frames import KnownFrames
from bl_ext.devrepo.mien.preview_mark import MARK
from bl_ext.devrepo.mien.preview_places import read_path, shape_key_of, write_path
from bl_ext.devrepo.mien.preview_write import Writer
from preview_studio import evaluated
from studio import differences, state
from take_studio import animate

FPS = 24.0


def covered(writer):
    return [(block, preview_mark.cover(block, values)) for block, values in writer.covered.items()]


def test_what_is_written_shows_at_once_and_comes_back(face, performance):
    face.data.shape_keys.key_blocks["jawOpen"].value = 0.125
    face.delta_rotation_euler.x = 0.25
    evaluated(face)
    before = state(face)
    writer = Writer(character.links_of(face, face))
    held = covered(writer)
    columns = performance(10)
    rows = writer.rows(columns)
    names = [block.name for block in face.data.shape_keys.key_blocks[1:]]
    for frame in (3, 7):
        writer.write(rows[frame])
        asked = [columns[name][frame] for name in names]
        assert evaluated(face) == pytest.approx(asked, abs=1e-6)
        assert face.delta_rotation_euler.x != 0.25
    assert MARK in face
    assert MARK in face.data.shape_keys
    for block, noted in held:
        preview_mark.uncover(block, noted)
    evaluated(face)
    assert differences(before, state(face)) == []
    assert MARK not in face
    assert list(face.data.shape_keys.keys()) == []
    assert evaluated(face)[names.index("jawOpen")] == 0.125


def test_marks_are_found_and_mended(face, performance):
    before = state(face)
    writer = Writer(character.links_of(face, None))
    covered(writer)
    writer.write(writer.rows(performance(5))[4])
    assert differences(before, state(face)) != []
    assert preview_mark.mend() == 1
    assert differences(before, state(face)) == []
    assert preview_mark.mend() == 0


def test_the_animators_own_channels_are_left_alone(face, performance):
    key = face.data.shape_keys
    animate(key, 'key_blocks["jawOpen"].value', 0.5)
    key.key_blocks["tongueOut"].driver_add("value").driver.expression = "0.75"
    writer = Writer(character.links_of(face, None))
    # What a driver moves is not even offered.
    assert writer.left_alone == ["jawOpen"]
    (values,) = writer.covered.values()
    assert 'key_blocks["jawOpen"].value' not in values
    assert 'key_blocks["tongueOut"].value' not in values
    writer.write(writer.rows(performance(5))[4])
    assert key.key_blocks["jawOpen"].value == 0.5


def test_paths_of_odd_names(face):
    face['odd "name"'] = 1.0
    write_path(face, '["odd \\"name\\""]', 2.0)
    assert face['odd "name"'] == 2.0
    write_path(face, "delta_location", [1.0, 2.0, 3.0])
    assert read_path(face, "delta_location") == [1.0, 2.0, 3.0]
    write_path(face, 'pose.bones["gone"].location', [0.0, 0.0, 0.0])
    block = face.shape_key_add(name='a "b" \\c')
    path = block.path_from_id() + ".value"
    assert shape_key_of(path) == block.name
    assert shape_key_of('key_blocks["x"].mute') is None


@pytest.fixture
def known():
    return KnownFrames(240, FPS)


def columns_of(count, value):
    return {"jawOpen": np.full(count, value, np.float32)}


def test_frames_around_the_playhead_are_asked_for_first(known):
    first, stop = known.next_piece(1, 100)
    assert first < 100 < stop
    assert stop - first == 3 + 1 + 12
    known.take_in(first, columns_of(stop - first, 0.5), columns_of(stop - first, 0.5), 1)
    assert known.next_piece(1, 100) == (stop, stop + 72)
    assert known.next_piece(2, 100) == (first, stop)
    assert known.known(100, 1)
    assert not known.known(100, 2)
    assert not known.known(10)


def test_every_frame_is_asked_for_once_and_then_none(known):
    asked = np.zeros(240, int)
    for at in (50, 50, 239, *[100] * 20):
        piece = known.next_piece(1, at)
        if piece is None:
            break
        asked[slice(*piece)] += 1
        count = piece[1] - piece[0]
        known.take_in(piece[0], columns_of(count, 0.5), columns_of(count, 0.5), 1)
    assert asked.min() == 1
    assert known.share(1) == 1.0
    assert known.next_piece(1, 0) is None
    assert known.next_piece(1, 10_000) is None


def test_what_reaches_beyond_the_strip_is_cut_off(known):
    own = known.take_in(230, columns_of(30, 0.5), columns_of(30, 0.5), 1)
    assert (own.start, own.stop) == (230, 240)
    after = known.rest_after()["jawOpen"]
    assert after[0] == 0.5
    assert after[-1] == 0.0
