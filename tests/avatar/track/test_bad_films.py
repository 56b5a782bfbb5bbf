# SPDX-License-Identifier: Apache-2.0
"""Films that cannot be used are refused in clear words, and nothing is left behind."""

from __future__ import annotations

import numpy as np
import pytest
import soundfile
from film_maker import placed, talking, write_film
from film_studio import make_film

from core.cli import main

GREY = np.full((300, 300, 3), 90, np.uint8)


def text(path):
    path.write_text("this is no film", encoding="utf-8")


def no_face(path):
    write_film(path, [GREY] * 24, np.arange(24) / 10)


def two_faces(path):
    make_film(path, 2.4, 10, kind="two", has_sound=False)


def short(path):
    write_film(path, *talking(1.6, 10))


def very_short(path):
    write_film(path, *talking(0.4, 10))


def turned_away(path):
    """The back of a bald head for two thirds of the time."""
    y, x = np.mgrid[:300, :300]
    head = np.hypot((x - 150) / 80, (y - 140) / 110) < 1.0
    back = np.where(head[..., None], (200, 150, 130), GREY).astype(np.uint8)
    pictures, times = talking(3.0, 10)
    write_film(path, [back] * 20 + pictures[20:], times)


def cut_off(path):
    make_film(path, 4.0, 15, has_sound=False)
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])


def sound_alone(path):
    soundfile.write(path, np.zeros(48_000), 16_000, format="WAV")


def nothing(_path):
    pass


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (text, "cannot be decoded"),
        (no_face, "shows no face"),
        (two_faces, "shows two faces"),
        (short, "1.6 s of pictures in all"),
        (very_short, "holds 0.4"),
        (turned_away, "a face is seen in"),
        (cut_off, "cut"),
        (sound_alone, "has no picture"),
        (nothing, "There is no film"),
    ],
)
def test_it_is_refused_by_name(tmp_path, capsys, make, told):
    film = tmp_path / ("anna.wav" if make is sound_alone else "anna.mp4")
    make(film)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["avatar", "track", str(film), "-o", str(tmp_path / "anna.mientrack")]) == 1
    words = capsys.readouterr().err
    assert told in words
    assert film.name in words
    assert "Traceback" not in words
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_films_of_two_sizes_are_refused(tmp_path, capsys):
    pictures, times = talking(1.4, 10)
    films = [
        write_film(tmp_path / "a.mp4", pictures, times),
        write_film(tmp_path / "b.mp4", placed(pictures, (400, 360), (40, 20)), times),
    ]
    assert main(["avatar", "track", *map(str, films), "-o", str(tmp_path / "a.mientrack")]) == 1
    assert "b.mp4 has pictures of 400 x 360, a.mp4 of 300 x 300" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("out", "told"),
    [
        ("no/such/a.mientrack", "cannot be written"),
        ("file.txt/a.mientrack", "cannot be written"),
        ("full.mientrack", "something else lies there"),
        ("a.npz", "does not end in .mientrack"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(tmp_path, capsys, out, told):
    (tmp_path / "file.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "full.mientrack").mkdir()
    (tmp_path / "full.mientrack" / "mine.txt").write_text("mine", encoding="utf-8")
    # The film is not there: it would be the first to be told, if the place were not looked at before.
    assert main(["avatar", "track", str(tmp_path / "none.mp4"), "-o", str(tmp_path / out)]) == 1
    assert told in capsys.readouterr().err
    assert (tmp_path / "full.mientrack" / "mine.txt").is_file()


def test_curves_of_a_film_without_a_face(tmp_path, capsys):
    no_face(tmp_path / "wall.mp4")
    out = tmp_path / "take.csv"
    assert main(["avatar", "curves", str(tmp_path / "wall.mp4"), "-o", str(out)]) == 1
    assert "wall.mp4 shows no face" in capsys.readouterr().err
    assert not out.exists()
