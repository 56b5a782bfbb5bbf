# SPDX-License-Identifier: Apache-2.0
"""The pictures that a training keeps on disk: kept while they are whole and the same, or cut again."""

from __future__ import annotations

import os
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest

from core.avatar.tracked_film import read_tracked_film
from core.avatar.train.film_set import film_set
from core.avatar.train.picture_files import CHANNELS, STAMP, kept_pictures, new_pictures
from core.errors import Cancelled, MienError
from core.face.model import load_face_model

SHAPE = (4, 64, 64)
SIZE_BYTES = CHANNELS * 4 * 64 * 64
PARTS = ("colour", "alpha", "care")


def stop(_share):
    raise Cancelled


def cut_into(workplace, tracked, tell=lambda _share: None, size=32):
    film = read_tracked_film(tracked)
    return film_set(film, load_face_model(), workplace, size=size, most=6, tell=tell)


def contents(workplace):
    return {name: (workplace / f"{name}.npy").read_bytes() for name in PARTS}


@pytest.fixture(scope="module")
def whole(tracked, tmp_path_factory):
    """What is in the files of a run that nothing has troubled."""
    workplace = tmp_path_factory.mktemp("whole")
    cut_into(workplace, tracked)
    return contents(workplace)


def test_whole_pictures_are_kept(tracked, tmp_path, whole):
    cut_into(tmp_path, tracked)
    cut_into(tmp_path, tracked, tell=stop)
    assert contents(tmp_path) == whole


def test_pictures_that_were_half_cut_are_cut_again(tracked, tmp_path, whole):
    cut_into(tmp_path, tracked)
    with pytest.raises(Cancelled):
        cut_into(tmp_path, tracked, tell=stop, size=16)
    assert cut_into(tmp_path, tracked).colour.shape == (6, 32, 32, 3)
    assert contents(tmp_path) == whole


def remove(path):
    path.unlink()


def shorten(path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    os.truncate(path, 0)


def overwrite(path):
    np.save(path, np.zeros((4, 16, 16), np.uint8))


@pytest.mark.parametrize("harm", [remove, shorten, empty, overwrite])
@pytest.mark.parametrize("name", PARTS)
def test_missing_and_short_pictures_are_not_kept(tmp_path, harm, name):
    with new_pictures(tmp_path, "[]", SHAPE):
        pass
    assert kept_pictures(tmp_path, "[]", SHAPE)
    harm(tmp_path / f"{name}.npy")
    assert kept_pictures(tmp_path, "[]", SHAPE) is None


def test_pictures_of_which_a_file_was_deleted_are_cut_again(tracked, tmp_path, whole):
    cut_into(tmp_path, tracked)
    (tmp_path / "colour.npy").unlink()
    cut_into(tmp_path, tracked)
    assert contents(tmp_path) == whole


def test_pictures_that_an_earlier_version_cut_are_cut_again(monkeypatch, tracked, tmp_path, whole):
    with monkeypatch.context() as earlier:
        earlier.setattr("core.avatar.train.film_set.CUT_VERSION", 1)
        cut_into(tmp_path, tracked)
    np.save(tmp_path / "colour.npy", np.zeros((6, 32, 32, 3), np.uint8))
    cut_into(tmp_path, tracked)
    assert contents(tmp_path) == whole


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system takes no room before")
def test_room_for_the_pictures_is_taken_before_they_are_cut(tmp_path):
    with new_pictures(tmp_path, "[]", SHAPE):
        for name in PARTS:
            stat = (tmp_path / f"{name}.npy").stat()
            assert stat.st_blocks * 512 >= stat.st_size, name


def test_pictures_of_a_killed_run_do_not_stand_in_the_way_of_the_next(monkeypatch, tmp_path):
    """The disk has room for them once."""

    def usage(folder):
        taken = sum(path.stat().st_size for path in folder.iterdir())
        return SimpleNamespace(free=1.5 * SIZE_BYTES - taken)

    monkeypatch.setattr("shutil.disk_usage", usage)
    with suppress(Cancelled), new_pictures(tmp_path, "[]", SHAPE):
        raise Cancelled
    assert not (tmp_path / STAMP).exists()
    with new_pictures(tmp_path, "[]", SHAPE) as pictures:
        pictures.alpha[:] = 7
    kept = kept_pictures(tmp_path, "[]", SHAPE)
    assert (kept.alpha == 7).all()


def test_pictures_that_do_not_fit_are_told_and_none_is_left(monkeypatch, tmp_path):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=SIZE_BYTES - 1))
    with pytest.raises(MienError, match="are needed") as told, new_pictures(tmp_path, "[]", SHAPE):
        pass
    assert told.value.code == "not_writable"
    assert list(tmp_path.iterdir()) == []
