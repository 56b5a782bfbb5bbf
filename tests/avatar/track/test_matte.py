# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.avatar.track.matte import soft_alpha
from core.avatar.track_masks import MaskWindow

HAIR, BODY, FACE, CLOTHES = 1, 2, 3, 4
SIDE = 256


def head_before(background, hair=(60, 40, 30)):
    """A round head with hair, one strand of which leaves it upward, 3 pixels wide and half covering.

    Returns:
        the picture, the category map without the strand, and the true coverage.
    """
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    from_middle = np.hypot(x - 128, y - 128)
    alpha = np.clip(80.5 - from_middle, 0.0, 1.0)
    strand = (np.abs(x - 128) < 1.6) & (y < 55) & (y > 40)
    alpha[strand] = np.maximum(alpha[strand], 0.5)
    skin = (from_middle < 60) & (y > 110)
    colour = np.where(skin[..., None], (210, 160, 140), hair)
    picture = alpha[..., None] * colour + (1.0 - alpha[..., None]) * background
    mask = np.where(from_middle < 80, np.where(skin, FACE, HAIR), 0).astype(np.uint8)
    return picture.round().astype(np.uint8), mask, alpha


@pytest.mark.parametrize("background", [(60, 190, 230), (235, 235, 230)])
def test_a_strand_that_the_map_has_lost_is_found_by_its_colour(background):
    picture, mask, truth = head_before(np.array(background, float))
    alpha = soft_alpha(picture, mask) / 255.0
    strand = np.s_[44:46, 127:129]
    assert np.abs(alpha[strand] - truth[strand]).max() < 0.12
    assert np.abs(alpha - truth).mean() < 0.004
    assert alpha[200:, :20].max() == 0.0
    assert alpha[128, 128] == 1.0


def test_the_map_decides_where_hair_and_background_look_alike():
    picture, mask, truth = head_before(np.array((62, 42, 32.0)))
    alpha = soft_alpha(picture, mask) / 255.0
    assert np.abs(alpha - truth).mean() < 0.01


def test_parts_that_are_not_wanted_count_as_background():
    picture, mask, _ = head_before(np.array((60, 190, 230.0)))
    mask[215:] = CLOTHES
    picture[215:] = (200, 30, 30)
    assert soft_alpha(picture, mask)[245:].min() == 255
    assert soft_alpha(picture, mask, (HAIR, BODY, FACE))[235:].max() == 0


def test_a_map_of_a_window_lands_in_its_place():
    picture, mask, truth = head_before(np.array((60, 190, 230.0)))
    wide = np.full((400, 600, 3), (60, 190, 230), np.uint8)
    wide[100:356, 300:556] = picture
    alpha = soft_alpha(wide, mask, window=MaskWindow(300, 100, SIDE, SIDE)) / 255.0
    assert np.abs(alpha[100:356, 300:556] - truth).mean() < 0.004
    alpha[100:356, 300:556] = 0.0
    assert alpha.max() == 0.0


@pytest.mark.parametrize("category", [0, FACE])
def test_a_map_of_one_kind_is_all_or_nothing(category):
    picture = np.zeros((60, 80, 3), np.uint8)
    alpha = soft_alpha(picture, np.full((SIDE, SIDE), category, np.uint8))
    assert (alpha == (255 if category else 0)).all()
