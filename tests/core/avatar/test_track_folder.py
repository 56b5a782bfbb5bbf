# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import io
import json
import zipfile

import numpy as np
import pytest

from core.avatar.film_track import FilmTrack
from core.avatar.track_folder import read_track, write_track
from core.avatar.track_masks import MaskWindow, open_masks
from core.errors import MienError
from core.face.arkit import CHANNEL_NAMES

T, V = 5, 7


def some_track():
    rng = np.random.default_rng(0)
    return FilmTrack(
        films=("a/anna.mp4", "b/änna 2.mov"),
        film_of=np.array([0, 0, 0, 1, 1], np.int32),
        picture=np.array([0, 1, 2, 0, 1], np.int32),
        time_seconds=np.array([0.0, 0.04, 0.08, 0.0, 0.03]),
        found=np.array([True, True, False, True, True]),
        size=(640, 360),
        focal_pixels=812.5,
        identity=rng.normal(size=4).astype(np.float32),
        offsets=rng.normal(size=(V, 3)).astype(np.float32),
        values=rng.random((T, len(CHANNEL_NAMES)), np.float32),
        head_to_camera=np.tile(np.eye(4), (T, 1, 1)),
        landmarks=rng.random((T, 478, 2), np.float32),
        residual_pixels=rng.random(T, np.float32),
        film_digests=("ab" * 32, "cd" * 32),
    )


def read_mask(folder, film, picture):
    with open_masks(folder) as mask_of:
        return mask_of(film, picture)


def some_masks():
    rng = np.random.default_rng(1)
    for film, picture in ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1)):
        yield film, picture, rng.integers(0, 6, (256, 256), np.uint8)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "anna.mientrack"
    write_track(path, some_track(), some_masks(), {"seconds": 1.5}, b"\x89PNG sheet")
    return path


def test_what_is_written_is_read(folder):
    track, wanted = read_track(folder), some_track()
    for field in dataclasses.fields(FilmTrack):
        np.testing.assert_array_equal(getattr(track, field.name), getattr(wanted, field.name))
        assert type(getattr(track, field.name)) is type(getattr(wanted, field.name))
    with open_masks(folder) as mask_of:
        for film, picture, mask in some_masks():
            np.testing.assert_array_equal(mask_of(film, picture), mask)
    assert json.loads((folder / "report.json").read_text(encoding="utf-8")) == {"seconds": 1.5}
    assert (folder / "contact_sheet.png").read_bytes() == b"\x89PNG sheet"


def test_a_track_of_the_first_version_does_not_know_its_films_digests(folder):
    with_entry(folder / "track.npz", "film_digests.npy", None)
    assert read_track(folder).film_digests == ()


def test_the_part_of_the_picture_that_masks_show_is_kept(folder):
    with open_masks(folder) as masks:
        assert masks.windows == (MaskWindow(0, 0, 640, 360),) * 2
    windows = (MaskWindow(10, 0, 300, 360), MaskWindow(0, 0, 640, 360))
    write_track(folder, some_track(), some_masks(), {}, b"", windows=windows)
    with open_masks(folder) as masks:
        assert masks.windows == windows


@pytest.mark.parametrize(
    "content",
    [
        *(b"[", b"[[0, 0, 640]]", b"[[-1, 0, 641, 360]]", b"[[0, 0, 0, 9]]"),
        *(b"[[0, 0, 1000000000, 360]]", b"[[0, 0, 640, 1000000000]]"),
    ],
)
def test_damaged_windows_are_refused(folder, content):
    with_entry(folder / "masks.zip", "windows.json", content)
    with pytest.raises(MienError) as caught, open_masks(folder):
        pass
    assert caught.value.code == "track_damaged"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[[0, 0, 640, 360]]", "lacks film 2"),
        (b"[[0, 0, 640, 360], [1, 0, 640, 360]]", "leaves the 640 x 360 pixels of film 2"),
        (b"[[0, 0, 640, 360], [0, 1, 640, 360]]", "leaves the 640 x 360 pixels of film 2"),
    ],
)
def test_a_window_that_does_not_fit_its_film_is_refused(folder, content, said):
    with_entry(folder / "masks.zip", "windows.json", content)
    with open_masks(folder) as masks:
        assert masks.window(0, (640, 360)) == MaskWindow(0, 0, 640, 360)
        with pytest.raises(MienError, match=said) as caught:
            masks.window(1, (640, 360))
    assert caught.value.code == "track_damaged"


def test_an_older_track_is_replaced(folder):
    track = dataclasses.replace(some_track(), focal_pixels=99.0)
    write_track(folder, track, [], {}, b"")
    assert read_track(folder).focal_pixels == 99.0
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def stopping_masks():
    yield from list(some_masks())[:2]
    raise KeyboardInterrupt


def test_a_stopped_run_leaves_the_older_track_as_it_was(folder):
    track = dataclasses.replace(some_track(), focal_pixels=99.0)
    with pytest.raises(KeyboardInterrupt):
        write_track(folder, track, stopping_masks(), {}, b"")
    assert read_track(folder).focal_pixels == 812.5
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_folder_of_something_else_is_never_replaced(folder):
    (folder / "my notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(MienError, match="something else") as caught:
        write_track(folder, some_track(), some_masks(), {}, b"")
    assert caught.value.code == "folder_in_the_way"
    assert (folder / "my notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(MienError) as caught:
        write_track(tmp_path / "no" / "a.mientrack", some_track(), [], {}, b"")
    assert caught.value.code == "not_writable"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"values": np.zeros((T, 3), np.float32)}, "values has shape"),
        ({"film_of": np.full(T, 2, np.int32)}, "not named"),
        ({"focal_pixels": 0.0}, "focal length"),
        ({"films": ()}, "0 films"),
        ({"film_digests": ("ab" * 32,)}, "1 digests"),
        ({"identity": np.array([np.nan], np.float32)}, "identity"),
        ({"landmarks": np.full((T, 478, 2), np.inf, np.float32)}, "landmarks"),
    ],
)
def test_a_track_that_is_none_is_not_written(tmp_path, change, said):
    track = dataclasses.replace(some_track(), **change)
    with pytest.raises(ValueError, match=said):
        write_track(tmp_path / "a.mientrack", track, [], {}, b"")
    assert not list(tmp_path.iterdir())


def npy(array):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=True)
    return file.getvalue()


def with_entry(path, name, content):
    """The archive with one entry changed; None leaves it out."""
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    entries[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, raw in entries.items():
            if raw is not None:
                archive.writestr(entry, raw)


def only_header(shape):
    """An array of float32 that is told, but not there."""
    file = io.BytesIO()
    told = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, told)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("values.npy", None),
        ("values.npy", npy(np.zeros((T, 57), np.float64))),
        ("values.npy", npy(np.zeros((T + 1, 57), np.float32))),
        ("values.npy", npy(np.zeros((T, 57), np.float32))[:-4]),
        ("values.npy", only_header((9_999_999_999, 57))),
        ("film_of.npy", only_header((9_999_999_999,))),
        ("offsets.npy", only_header((900_000, 3))),
        ("values.npy", b"no array"),
        ("films.npy", npy(np.array([print], object))),
        ("film_digests.npy", npy(np.array(["ab" * 33] * 2))),
        ("film_digests.npy", npy(np.array(["ab" * 32]))),
        ("film_of.npy", npy(np.full(T, 9, np.int32))),
        ("size.npy", npy(np.array([0, 0]))),
    ],
)
def test_a_damaged_or_hostile_track_is_refused(folder, name, content):
    with_entry(folder / "track.npz", name, content)
    with pytest.raises(MienError, match="damaged") as caught:
        read_track(folder)
    assert caught.value.code == "track_damaged"


@pytest.mark.parametrize("name", ["track.npz", "masks.zip"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.95])
def test_a_file_that_was_cut_off_is_refused(folder, name, share):
    raw = (folder / name).read_bytes()
    (folder / name).write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(MienError, match=name) as caught:
        read_track(folder) if name == "track.npz" else read_mask(folder, 0, 0)
    assert caught.value.code == "track_damaged"


@pytest.mark.parametrize(
    "content",
    [None, b"short", b"\x00" * (1 << 24), b"\x09" * (256 * 256)],
    ids=["missing", "short", "long", "no_category"],
)
def test_a_damaged_mask_is_refused(folder, content):
    with_entry(folder / "masks.zip", "00/000001", content)
    with pytest.raises(MienError) as caught:
        read_mask(folder, 0, 1)
    assert caught.value.code == "track_damaged"
    assert read_mask(folder, 0, 0).shape == (256, 256)


def test_a_folder_that_is_no_track(tmp_path):
    for read in (read_track, lambda path: read_mask(path, 0, 0)):
        with pytest.raises(MienError, match="no tracked film") as caught:
            read(tmp_path)
        assert caught.value.code == "track_missing"
