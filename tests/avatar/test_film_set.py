# SPDX-License-Identifier: Apache-2.0
"""Crops of a film for training: the camera sees what the crop shows, and mattes leave no background in."""

from __future__ import annotations

import numpy as np
import pytest
from crude_avatar import crude_camera

from core.avatar.track_masks import MaskWindow
from core.avatar.train.crops import Window, crop_camera, cut, without_background


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
