# SPDX-License-Identifier: Apache-2.0
"""The numbers that judge an avatar's pictures, on pictures whose numbers are known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.avatar_metrics import (
    BROW_POINTS,
    FACE_GROWN,
    WIDTH_POINTS,
    alpha_error,
    below_brows,
    depth_error_mm,
    face_region,
    landmark_percent,
    psnr,
    ssim,
)
from benchmarks.avatar_pictures import face_square, over, similarity, warped


def noise(size=32, seed=0):
    return np.random.default_rng(seed).random((size, size, 3)).astype(np.float32)


def soft(size=64):
    y, x = np.mgrid[:size, :size] / size
    return np.dstack([0.5 + 0.4 * np.sin(9 * x), y, 0.5 + 0.3 * np.cos(7 * x * y)]).astype("f4")


def test_a_constant_shift_by_a_tenth_is_20_db():
    picture = noise() * 0.5
    assert psnr(picture, picture + 0.1) == pytest.approx(20.0, abs=1e-4)
    assert psnr(picture, picture) == np.inf


def test_only_the_region_counts():
    picture, other = noise(), noise()
    region = np.zeros((32, 32), bool)
    region[4:20, 4:20] = True
    other[~region] = 0.0
    other[region] += 0.01
    assert psnr(picture, other, region) == pytest.approx(40.0, abs=1e-3)
    assert psnr(picture, other) < 20.0


def test_ssim_is_one_for_the_same_and_what_its_window_says_at_one_pixel():
    one, other = noise(seed=1), noise(seed=2)
    assert ssim(one, one) == pytest.approx(1.0)
    steps = np.arange(-5, 6)
    window = np.exp(-(steps[:, None] ** 2 + steps**2) / (2 * 1.5**2))[..., None]
    window /= window.sum()
    a, b = one[11:22, 9:20].astype(float), other[11:22, 9:20].astype(float)
    mean_a, mean_b = ((window * p).sum((0, 1)) for p in (a, b))
    spread_a, spread_b, shared = (
        (window * p * q).sum((0, 1)) - m * n
        for p, q, m, n in (
            (a, a, mean_a, mean_a),
            (b, b, mean_b, mean_b),
            (a, b, mean_a, mean_b),
        )
    )
    by_hand = ((2 * mean_a * mean_b + 1e-4) * (2 * shared + 9e-4)) / (
        (mean_a**2 + mean_b**2 + 1e-4) * (spread_a + spread_b + 9e-4)
    )
    region = np.zeros((32, 32), bool)
    region[16, 14] = True
    assert ssim(one, other, region) == pytest.approx(by_hand.mean(), abs=1e-6)


def test_the_face_region_is_the_hull_grown_about_its_middle():
    angles = np.linspace(0, 2 * np.pi, 478, endpoint=False)
    landmarks = np.column_stack([60 + 30 * np.cos(angles), 50 + 30 * np.sin(angles)]).astype("f4")
    region = face_region(landmarks, 120, 100)
    assert region.shape == (100, 120)
    assert region.sum() == pytest.approx(np.pi * (30 * FACE_GROWN) ** 2, rel=0.01)
    assert region[50, 60 + 32]
    assert not region[50, 60 + 34]


def test_the_inner_face_ends_at_the_brows():
    landmarks = np.full((478, 2), 30.0, np.float32)
    landmarks[list(BROW_POINTS), 1] = 12.0
    region = np.ones((40, 40), bool)
    assert below_brows(region, landmarks).sum() == 28 * 40
    assert region.all()


def test_landmarks_are_measured_by_the_width_of_the_face():
    true = np.random.default_rng(0).random((478, 2)).astype(np.float32) * 100
    true[WIDTH_POINTS[0]], true[WIDTH_POINTS[1]] = (10, 50), (110, 50)
    shown = true.copy()
    shown[[13, 14]] += (3.0, 4.0)
    assert landmark_percent(shown, true, (13, 14)) == pytest.approx(5.0, abs=1e-4)
    assert landmark_percent(shown, true) == pytest.approx(10.0 / 478, abs=1e-4)


def test_alpha_counts_everywhere_and_depth_where_both_are_solid():
    alpha, other = np.zeros((4, 4), np.float32), np.zeros((4, 4), np.float32)
    alpha[:2], other[1:3] = 1.0, 1.0
    assert alpha_error(alpha, other) == pytest.approx(0.5)
    depth = np.full((4, 4), 0.9, np.float32)
    assert depth_error_mm(depth + 0.002, depth, alpha, other) == pytest.approx(2.0, abs=1e-3)
    assert np.isnan(depth_error_mm(depth, depth, alpha, np.zeros((4, 4), np.float32)))


def test_a_premultiplied_picture_lies_over_a_grey():
    rgba = np.array([[[0.2, 0.1, 0.0, 0.5]]], np.float32)
    assert over(rgba, 0.5)[0, 0] == pytest.approx((0.45, 0.35, 0.25))


def test_the_square_holds_the_whole_region_and_repeats_the_edge():
    picture = soft()
    region = np.zeros((64, 64), bool)
    region[20:60, 0:10] = True
    square = face_square(picture, region, 40)
    assert square.shape == (40, 40, 3)
    # The region's middle column is 5, so 15 columns of the square lie left of the picture.
    assert square[:, 0] == pytest.approx(picture[20:60, 0], abs=1e-6)
    assert square[:, 20] == pytest.approx(picture[20:60, 5], abs=1e-6)


def test_a_similarity_is_found_and_takes_a_picture_along():
    points = np.random.default_rng(0).random((9, 2)) * 40
    turn = np.array([[0.8, -0.3], [0.3, 0.8]])
    found = similarity(points, points @ turn.T + (3.0, -2.0))
    assert found == pytest.approx(np.column_stack([turn, (3.0, -2.0)]), abs=1e-9)
    picture = soft()
    moved = warped(picture, np.array([[1.0, 0.0, 5.0], [0.0, 1.0, -3.0]]))
    assert moved[3:, :-5] == pytest.approx(picture[:-3, 5:], abs=1e-5)
