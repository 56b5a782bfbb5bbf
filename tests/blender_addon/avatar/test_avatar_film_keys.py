# SPDX-License-Identifier: GPL-3.0-or-later
"""A film's performance as a take: frame for frame, split into layers, and the strip's own where there is one."""

from __future__ import annotations

import bpy
import numpy as np
import pytest
from avatar_studio import add_camera
from bl_ext.devrepo.mien import apply, cast, take_list
from bl_ext.devrepo.mien.avatar import film_keys, sampling, sitter
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.rigs.sources import CHANNELS, layer_of
from bl_ext.devrepo.mien.strips import StripMap
from studio import REPOSITORY, add_sound

from core.curves import Performance, save_performance
from core.face.arkit import CHANNEL_NAMES

FILM_FPS, PICTURES = 30.0, 61
GRID = REPOSITORY.parent / "shared/data/grid_s1/video"


@pytest.fixture
def performance_file(tmp_path):
    """Two seconds of a film at 30 pictures a second, each channel with a slow wave of its own."""
    times = np.arange(PICTURES) / FILM_FPS
    values = np.stack(
        [0.4 + 0.3 * np.sin(2.0 * times + place) for place in range(len(CHANNEL_NAMES))], axis=1
    ).astype(np.float32)
    values[:, len(CHANNELS) :] *= 0.2
    still = np.zeros_like(values)
    marks = np.zeros((PICTURES, 68, 3), np.float32)
    path = tmp_path / "film.npz"
    performance = Performance(
        *(times, values, still, values, marks, marks, marks, (), (), ()),
        emotion=np.zeros((PICTURES, 0), np.float32),
        meta={"film": {"path": "film.mp4"}},
    )
    save_performance(performance, path)
    return path, times, values


def test_a_film_is_split_as_regions_are(performance_file):
    path, times, _ = performance_file
    performed, seconds = film_keys.read(path, "film")
    np.testing.assert_allclose(seconds, times)
    assert set(performed.lips) == {n for n in CHANNEL_NAMES if layer_of(n) == "LIPS"}
    assert set(performed.mix) == set(CHANNEL_NAMES)


@pytest.mark.every_blender
def test_its_take_follows_the_film_and_its_layers_can_be_muted(scene, face, performance_file):
    path, times, values = performance_file
    scene.render.fps = 24
    add_camera(scene)
    scene.mien.target, scene.mien.head_target = face, None
    performed, seconds = film_keys.read(path, "film")
    place = StripMap(0.0, 24.0, 10, film_keys.frames_of(seconds, 24.0))
    assert place.frames == 49
    order = apply.Order("film", place, "Film film", made={"film": "film.mp4"})
    report = apply.key_take(order, film_keys.resampled(performed, seconds, place), face, None)
    assert (report.first_frame, report.last_frame) == (10, 58)

    def shown():
        taken = sampling.range_of(scene, first=10, last=58, step=1, moments=1)
        return sampling.sample(scene, sitter.sitter(scene, face), taken).values[:, 0]

    at = np.arange(49) / 24.0
    wanted = np.stack([np.interp(at, times, values[:, i]) for i in range(len(CHANNELS))], axis=1)
    assert np.abs(shown() - wanted).max() < 0.02
    settings = cast.active_settings(scene)
    (listed,) = take_list.listed(settings, "film")
    assert {"LIPS", "EXPRESSION"} <= set(listed.layers)
    take_list.mute(settings, listed.take, ["LIPS"])
    muted = shown()
    jaw, brow = CHANNELS.index("jawOpen"), CHANNELS.index("browInnerUp")
    assert not muted[:, jaw].any()
    assert np.abs(muted[:, brow] - wanted[:, brow]).max() < 0.02


def test_a_film_that_is_not_there_is_told(scene, face, tmp_path):
    scene.mien.target = face
    with pytest.raises(AnimatorError, match="There is no film"):
        film_keys.start(bpy.context, scene.mien, tmp_path / "none.mp4", 1)


def test_a_films_strip_is_known_by_another_way_to_the_same_file(scene, clicks, tmp_path):
    strip = add_sound(scene, clicks)
    film = clicks.parent / ".." / clicks.parent.name / clicks.name
    assert film != clicks
    assert film_keys._strip_of(scene, film) == strip
    assert film_keys._strip_of(scene, tmp_path / clicks.name) is None
