# SPDX-License-Identifier: Apache-2.0
"""Crops of a film for training: the camera sees what the crop shows, and mattes leave no background in."""

from __future__ import annotations

import numpy as np
import pytest
from crude_avatar import crude_camera

from core.avatar.track_masks import CATEGORIES, MaskWindow
from core.avatar.train.crops import (
    LUMA_CHROMA,
    Window,
    crop_camera,
    cut,
    rim_like_inside,
    without_background,
)

FACE_SKIN = CATEGORIES.index("face_skin")


def test_the_crops_camera_sees_what_the_crop_shows():
    camera = crude_camera(200)
    window = Window(30.5, -12.0, 120.0)
    point = np.array([[0.03, -0.1, 0.2]])
    whole = camera.pixels_of(point)
    part = crop_camera(camera, window, 64).pixels_of(point)
    np.testing.assert_allclose(part, (whole - [30.5, -12.0]) * 64 / 120.0)


def test_a_crop_shows_the_pixels_of_its_window():
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[40:60, 50:70] = 200
    mask = np.zeros((256, 256), np.uint8)
    mask[26:230, 26:230] = 3
    window = Window(50.0, 40.0, 20.0)
    sample = cut(pixels, mask, MaskWindow(0, 0, 100, 100), window, 20)
    assert sample.colour.shape == (20, 20, 3)
    assert (sample.colour[2:-2, 2:-2] == 200).all()
    assert (sample.alpha[2:-2, 2:-2] == 255).all()


def test_outside_the_film_nothing_is_known():
    pixels = np.full((100, 100, 3), 90, np.uint8)
    mask = np.zeros((256, 256), np.uint8)
    sample = cut(pixels, mask, MaskWindow(0, 0, 100, 100), Window(-50.0, 0.0, 100.0), 50)
    assert (sample.care[:, :24] == 0).all()
    assert (sample.care[:, 27:] == 255).all()


def test_clothes_are_not_asked():
    pixels = np.full((100, 100, 3), 90, np.uint8)
    mask = np.zeros((256, 256), np.uint8)
    mask[128:] = 4
    sample = cut(pixels, mask, MaskWindow(0, 0, 100, 100), Window(0.0, 0.0, 100.0), 100)
    assert (sample.care[55:] == 0).all()
    assert (sample.care[:45] == 255).all()


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_half_covered_pixels_get_the_persons_own_colour(share):
    front, behind = np.array([40.0, 60.0, 30.0]), np.array([30.0, 160.0, 220.0])
    alpha = np.zeros((96, 96), np.uint8)
    alpha[:, 20:] = round(255 * share)
    alpha[:, 24:] = 255
    part = (alpha / 255.0)[..., None]
    picture = np.round(part * front + (1.0 - part) * behind).astype(np.uint8)
    found = without_background(picture, alpha)
    np.testing.assert_allclose(found[:, 20:24].mean(axis=(0, 1)), front, atol=4.0)
    np.testing.assert_array_equal(found[:, 30:], picture[:, 30:])


def filmed_edge():
    """A head (H, W, 3) before a cyan wall, its film with colour at a quarter of the resolution, its matte."""
    rng = np.random.default_rng(5)
    front = np.array([70.0, 55.0, 40.0]) + rng.normal(0.0, 12.0, (96, 96, 1))
    behind = np.array([30.0, 160.0, 220.0])
    alpha = np.zeros((96, 96), np.uint8)
    alpha[:, 30:] = np.clip(60 * np.arange(1, 67), 0, 255)
    share = (alpha / 255.0)[..., None]
    coded = (share * front + (1.0 - share) * behind) @ LUMA_CHROMA.T
    coded[..., 1:] = (
        coded[..., 1:].reshape(24, 4, 24, 4, 2).mean(axis=(1, 3)).repeat(4, 0).repeat(4, 1)
    )
    picture = np.clip(np.round(coded @ np.linalg.inv(LUMA_CHROMA).T), 0, 255).astype(np.uint8)
    return front, picture, alpha


def rim_error(found, front):
    rim = (slice(None), slice(30, 36))
    return np.abs(found[rim] - front[rim]).max(axis=2).mean()


def test_a_rim_loses_the_walls_colour_that_a_coarsely_coded_film_gave_it():
    front, picture, alpha = filmed_edge()
    solved = without_background(picture, alpha)
    held = rim_like_inside(solved, alpha)
    assert rim_error(solved, front) > 30.0
    assert rim_error(held, front) < 15.0
    np.testing.assert_array_equal(held[:, 40:], solved[:, 40:])


def test_crops_have_no_rim_in_the_walls_colour():
    front, picture, _ = filmed_edge()
    mask = np.zeros((256, 256), np.uint8)
    mask[:, round(31.5 * 256 / 96) :] = FACE_SKIN
    whole = MaskWindow(0, 0, 96, 96), Window(0.0, 0.0, 96.0)
    sample = cut(picture, mask, *whole, 96)
    assert rim_error(without_background(picture, sample.alpha), front) > 30.0
    assert rim_error(sample.colour, front) < 25.0
