# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import av
import numpy as np
import pytest
from film_studio import faces, lay_down, make_film, opening

from core.errors import MienError
from core.film.read import LONGER_SIDE, SOUND_HZ, read_pictures, read_sound, upright


def test_pictures_come_upright_with_their_times(tmp_path):
    pictures = list(read_pictures(make_film(tmp_path / "a.mp4", 2.0, 30)))
    assert len(pictures) == 60
    np.testing.assert_allclose([p.time_seconds for p in pictures], np.arange(60) / 30, atol=1e-3)
    assert pictures[0].pixels.shape == (300, 300, 3)
    assert np.abs(pictures[0].pixels.astype(int) - faces()[0]).mean() < 8


def test_a_variable_rate_keeps_its_own_times(tmp_path):
    steps = np.random.default_rng(0).integers(12, 40, 50) / 600.0
    times = np.concatenate(([0.0], np.cumsum(steps)))
    film = make_film(tmp_path / "a.mp4", float(times[-1]) + 0.04, times=times)
    got = [p.time_seconds for p in read_pictures(film)]
    np.testing.assert_allclose(got, times, atol=2e-3)


def test_the_sound_lies_where_the_lips_are(tmp_path):
    film = make_film(tmp_path / "a.mkv", 3.0, 25)
    sound = read_sound(film)
    assert sound.source_rate_hz == 44_100
    assert len(sound.samples) / SOUND_HZ == pytest.approx(3.0, abs=0.08)
    level = np.convolve(np.abs(sound.samples), np.full(640, 1 / 640), "same")
    fine = np.arange(len(level)) / SOUND_HZ
    best = max(
        range(-3200, 3201, 160),
        key=lambda lag: np.corrcoef(
            level[4000:-4000], opening(fine[4000:-4000] - lag / SOUND_HZ) ** 2
        )[0, 1],
    )
    assert abs(best / SOUND_HZ) <= 0.04


def test_a_large_picture_is_made_smaller():
    frame = av.VideoFrame.from_ndarray(np.zeros((2160, 3840, 3), np.uint8), format="rgb24")
    assert upright(frame).shape == (720, LONGER_SIDE, 3)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_phone_held_any_way_gives_an_upright_face(tmp_path, turns):
    film = make_film(tmp_path / "a.mp4", 1.2, 25, turns=turns)
    lay_down(film, turns)
    pixels = next(iter(read_pictures(film))).pixels
    assert np.abs(pixels.astype(int) - faces()[0]).mean() < 8


def read_all(film):
    return read_sound(film), list(read_pictures(film))


@pytest.mark.parametrize(
    ("name", "what", "code"),
    [
        ("silent.mp4", {"has_sound": False}, "film_no_sound"),
        ("short.mp4", {"seconds": 0.5}, "film_short"),
    ],
)
def test_what_is_missing_is_named(tmp_path, name, what, code):
    film = make_film(tmp_path / name, **{"seconds": 2.0, **what})
    with pytest.raises(MienError, match=name) as caught:
        read_all(film)
    assert caught.value.code == code


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_film_that_was_cut_off_is_refused(tmp_path, suffix):
    whole = make_film(tmp_path / f"whole.{suffix}", 6.0, 25)
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(whole.read_bytes()[: int(0.6 * whole.stat().st_size)])
    with pytest.raises(MienError, match="cut") as caught:
        list(read_pictures(cut))
    assert caught.value.code in {"film_cut", "film_unreadable"}


def test_no_film_and_no_file(tmp_path):
    (tmp_path / "text.mp4").write_text("no film", encoding="utf-8")
    for name, code in (("text.mp4", "film_unreadable"), ("none.mp4", "film_missing")):
        with pytest.raises(MienError, match=name) as caught:
            list(read_pictures(tmp_path / name))
        assert caught.value.code == code
