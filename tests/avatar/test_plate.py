# SPDX-License-Identifier: Apache-2.0
"""An avatar over its film: the film's head is gone, its torso and background are untouched."""

from __future__ import annotations

import dataclasses
import shutil
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from crude_avatar import crude_avatar, crude_camera
from PIL import Image

from core.avatar.avatar_file import save_avatar
from core.avatar.background import continued, film_background
from core.avatar.film_track import FilmTrack
from core.avatar.frame_files import FrameFiles
from core.avatar.head_pose import head_to_root
from core.avatar.plate_film import open_plate
from core.avatar.render_files import render_files
from core.avatar.shot import Shot
from core.avatar.track_folder import write_track
from core.avatar.track_masks import CATEGORIES
from core.avatar.tracked_film import film_digest
from core.cli import main
from core.errors import MienError

WIDTH, HEIGHT, PICTURES, FPS = 96, 96, 30, 24
BACKGROUND, HEAD, NECK, CLOTHES = (30, 90, 150), (60, 220, 60), (200, 140, 110), (90, 40, 40)
PAINT = {"background": BACKGROUND, "face_skin": HEAD, "body_skin": NECK, "clothes": CLOTHES}


def categories(number):
    """A green oval on a neck over a torso, in pixels of the picture; the head sways from side to side."""
    across, down = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    sway = 6.0 * np.sin(2 * np.pi * number / 15)
    shown = np.full((HEIGHT, WIDTH), CATEGORIES.index("background"), np.uint8)
    shown[(down > 78) & (np.abs(across - 48) < 40)] = CATEGORIES.index("clothes")
    shown[(down > 55) & (down < 84) & (np.abs(across - 48) < 9)] = CATEGORIES.index("body_skin")
    shown[((across - 48 - sway) / 22) ** 2 + ((down - 38) / 26) ** 2 < 1] = CATEGORIES.index(
        "face_skin"
    )
    return shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("plate")
    film = place / "film.mkv"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("ffv1", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr0"
        for number in range(PICTURES):
            paint = np.array([PAINT.get(name, (0, 0, 0)) for name in CATEGORIES], np.uint8)
            frame = av.VideoFrame.from_ndarray(paint[categories(number)], format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    camera = crude_camera(WIDTH)
    rows = np.arange(PICTURES)
    sways = [head_to_root(0.0, 0.05 * np.sin(2 * np.pi * n / 15), 0.0) for n in rows]
    track = FilmTrack(
        films=(str(film),),
        film_of=np.zeros(PICTURES, np.int32),
        picture=rows.astype(np.int32),
        time_seconds=rows / FPS,
        found=rows != 7,
        size=(WIDTH, HEIGHT),
        focal_pixels=camera.focal_x,
        identity=np.zeros(36, np.float32),
        offsets=np.zeros((13100, 3), np.float32),
        values=np.zeros((PICTURES, 57), np.float32),
        head_to_camera=np.stack([camera.root_to_camera @ sway for sway in sways]),
        landmarks=np.zeros((PICTURES, 478, 2), np.float32),
        residual_pixels=np.zeros(PICTURES, np.float32),
        film_digests=(film_digest(film),),
    )
    masks = (
        (
            0,
            n,
            np.asarray(Image.fromarray(categories(n)).resize((256, 256), Image.Resampling.NEAREST)),
        )
        for n in range(PICTURES)
    )
    write_track(place / "ada.mientrack", track, masks, {}, b"")
    return place / "ada.mientrack"


def known_avatar():
    """As read from a file whose digest is known."""
    avatar = crude_avatar(50)
    return dataclasses.replace(avatar, meta={**avatar.meta, "sha256": "ab" * 32})


@pytest.fixture
def shot():
    """Ten frames in which the head turns to its left."""
    frames = 10
    poses = np.stack([head_to_root(0.0, 0.05 * n, 0.0) for n in range(frames)])[:, None]
    camera = crude_camera(32)
    return Shot(
        frame=np.arange(1, frames + 1, dtype=np.int32),
        values=np.zeros((frames, 1, 52), np.float32),
        head_to_root=poses,
        root_to_camera=np.tile(camera.root_to_camera, (frames, 1, 1, 1)),
        focal=np.full((frames, 1, 2), camera.focal_x),
        centre=np.full((frames, 1, 2), 16.0),
        size=(32, 32),
        fps=24.0,
    )


def test_the_film_goes_there_and_back_in_step_with_time(folder):
    plate = open_plate(folder)
    assert len(plate.rows) == PICTURES - 1
    under = plate.under(np.arange(100) / FPS)
    shown = plate.track.picture[plate.rows[under]]
    assert shown[:3].tolist() == [0, 1, 2]
    assert shown[7] in {6, 8}
    assert shown[29] == 29
    assert shown[[30, 31, 58]].tolist() == [28, 27, 0]
    assert np.abs(np.diff(shown)).max() <= 2


def test_shoulders_do_not_turn_with_the_head(folder):
    plate = open_plate(folder)
    heads = plate.track.head_to_camera[plate.rows]
    moved = np.ptp(heads[:, 0, 1])
    assert np.ptp(plate.root_to_camera[:, 0, 1]) < 0.35 * moved
    turns = plate.root_to_camera[:, :3, :3]
    assert np.allclose(turns @ turns.transpose(0, 2, 1), np.eye(3))


def test_the_films_head_is_gone_and_the_rest_is_as_it_was(folder, shot, tmp_path):
    avatar = crude_avatar(600)
    avatar = dataclasses.replace(avatar, meta={**avatar.meta, "sha256": "ab" * 32})
    done = render_files(
        avatar, shot, FrameFiles(tmp_path / "take_####.png"), plate=open_plate(folder)
    )
    assert sorted(done.written) == list(range(1, 11))
    for number in (1, 6, 10):
        with Image.open(done.files.path_of(number)) as frame:
            assert frame.text["DigitalSourceType"].endswith("compositeWithTrainedAlgorithmicMedia")
            pixels = np.asarray(frame).astype(int)
        assert pixels.shape == (HEIGHT, WIDTH, 4)
        assert (pixels[..., 3] == 255).all()
        # Nothing of the green head is left anywhere.
        greener = pixels[..., 1] - np.maximum(pixels[..., 0], pixels[..., 2])
        assert greener.max() < 40, number
        away = np.ones((HEIGHT, WIDTH), np.bool_)
        away[8:84, 14:82] = False
        paint = np.array([PAINT.get(name, (0, 0, 0)) for name in CATEGORIES])
        film = paint[categories(number - 1)]
        assert np.abs(pixels[away][:, :3] - film[away]).max() <= 2
        # The avatar's face stands where the head was.
        red = pixels[40, 48]
        assert red[0] > red[2] + 20


def test_it_goes_on_and_knows_its_own_frames(folder, shot, tmp_path):
    avatar = known_avatar()
    files = FrameFiles(tmp_path / "take_####.png")
    render_files(avatar, shot, files, plate=open_plate(folder))
    again = render_files(avatar, shot, files, plate=open_plate(folder))
    assert len(again.kept) == 10
    assert len(render_files(avatar, shot, files).written) == 10


def test_a_film_that_has_changed_since_it_was_tracked_is_told(folder):
    film = folder.parent / "film.mkv"
    before = film.read_bytes()
    changed = bytearray(before)
    changed[len(changed) // 2] ^= 1
    film.write_bytes(changed)
    try:
        with pytest.raises(MienError, match="has changed since") as told:
            open_plate(folder)
    finally:
        film.write_bytes(before)
    assert told.value.code == "film_changed"


def change_entry(path, name, content):
    with zipfile.ZipFile(path) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for entry, raw in {**entries, name: content}.items():
            archive.writestr(entry, raw)


@pytest.mark.parametrize(
    ("windows", "said"), [("[]", "lacks film 1"), ("[[0, 0, 96, 97]]", "leaves the 96 x 96 pixels")]
)
def test_masks_that_do_not_show_the_film_are_told(folder, shot, tmp_path, windows, said):
    copy = tmp_path / "ada.mientrack"
    shutil.copytree(folder, copy)
    change_entry(copy / "masks.zip", "windows.json", windows)
    files = FrameFiles(tmp_path / "take_####.png")
    with pytest.raises(MienError, match=said) as told:
        render_files(known_avatar(), shot, files, plate=open_plate(copy))
    assert told.value.code == "track_damaged"


def test_frames_are_made_again_where_the_masks_have_changed(folder, shot, tmp_path):
    avatar = known_avatar()
    files = FrameFiles(tmp_path / "take_####.png")
    copy = tmp_path / "ada.mientrack"
    shutil.copytree(folder, copy)
    assert len(render_files(avatar, shot, files, plate=open_plate(copy)).written) == 10
    change_entry(copy / "masks.zip", "00/000003", bytes(256 * 256))
    assert len(render_files(avatar, shot, files, plate=open_plate(copy)).written) == 10


def test_an_avatar_that_does_not_know_its_films_camera_gets_the_plates(folder, tmp_path):
    avatar, path, take = crude_avatar(50), tmp_path / "ada.mienavatar", tmp_path / "take.npz"
    save_avatar(path, dataclasses.replace(avatar, meta={**avatar.meta, "film_camera": None}))
    np.savez(take, values=np.zeros((2, 57), np.float32), fps=24.0)
    command = ["avatar", "render", take, path, "-o", tmp_path / "out", "--plate", folder]
    assert main([*map(str, command), "--format", "png", "--end", "1"]) == 0
    with Image.open(tmp_path / "out" / "take_0001.png") as frame:
        assert frame.size == (WIDTH, HEIGHT)


def test_a_film_of_another_size_or_place_is_told(folder, shot, tmp_path):
    plate = open_plate(folder)
    track = dataclasses.replace(plate.track, size=(WIDTH, HEIGHT + 2))
    avatar = known_avatar()
    with pytest.raises(MienError) as told:
        render_files(
            avatar,
            shot,
            FrameFiles(tmp_path / "t_####.png"),
            plate=dataclasses.replace(plate, track=track),
        )
    assert told.value.code == "film_changed"
    gone = dataclasses.replace(plate.track, films=(str(Path("gone.mp4")),))
    with pytest.raises(MienError) as told:
        render_files(
            avatar,
            shot,
            FrameFiles(tmp_path / "t_####.png"),
            plate=dataclasses.replace(plate, track=gone),
        )
    assert told.value.code == "film_missing"


def test_a_film_that_does_not_show_the_person_is_told(folder):
    with pytest.raises(MienError) as told:
        open_plate(folder, film=1)
    assert told.value.code == "plate_empty"


def test_a_still_camera_is_known_and_what_passes_is_forgotten():
    random = np.random.default_rng(2)
    wall = random.integers(0, 255, (12, 16, 3)).astype(np.uint8)
    samples = []
    for number in range(9):
        picture, clear = wall.copy(), np.ones((12, 16), np.bool_)
        picture[:, number : number + 4] = 255
        clear[:, number : number + 4] = False
        clear[5, 5] = False
        samples.append((picture, clear))
    background = film_background(samples)
    assert background.still
    assert not background.known[5, 5]
    assert background.known.sum() == 12 * 16 - 1
    assert np.allclose(background.colour[background.known] * 255, wall[background.known])
    moved = [(np.roll(picture, 3 * n, 1), clear) for n, (picture, clear) in enumerate(samples)]
    assert not film_background(moved).still


@pytest.mark.parametrize("shape", [(33, 47), (64, 64), (1, 9)])
def test_gaps_are_continued_smoothly(shape):
    across = np.linspace(0, 1, shape[1], dtype=np.float32)
    picture = np.repeat(np.tile(across, (shape[0], 1))[..., None], 3, 2)
    known = np.ones(shape, np.float32)
    known[shape[0] // 4 : -shape[0] // 4, shape[1] // 3 : -shape[1] // 3] = 0.0
    filled = continued(np.where(known[..., None] > 0, picture, 9.0), known)
    assert np.array_equal(filled[known > 0], picture[known > 0])
    assert np.abs(filled - picture).max() < 0.2
