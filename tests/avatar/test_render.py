# SPDX-License-Identifier: Apache-2.0
"""`avatar render` and its sisters on the command line: a take to frames, stopped and gone on with."""

from __future__ import annotations

import json
import resource

import numpy as np
import OpenEXR
import pytest
from crude_avatar import crude_avatar, crude_camera, two_looks
from PIL import Image

from core.avatar.avatar_file import load_avatar, save_avatar
from core.avatar.camera_json import camera_to_json
from core.avatar.frame_files import FrameFiles
from core.avatar.render_files import render_files
from core.avatar.shot import load_shot, save_shot
from core.avatar.shot_of_curves import shot_of_curves
from core.cli import main
from core.errors import Cancelled, MienError
from core.face.arkit import CHANNEL_NAMES

FRAMES = 5


@pytest.fixture(scope="module")
def avatar_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("avatar") / "ada.mienavatar"
    save_avatar(path, crude_avatar(300))
    return path


@pytest.fixture
def take(tmp_path):
    """Five frames: the jaw opens, the head turns to its left."""
    path = tmp_path / "take.npz"
    write_take(path, np.arange(FRAMES) * 0.2)
    return path


def write_take(path, jaw):
    values = np.zeros((len(jaw), 57), np.float32)
    values[:, CHANNEL_NAMES.index("jawOpen")] = jaw
    values[:, CHANNEL_NAMES.index("headYaw")] = np.arange(len(jaw)) * 0.1
    np.savez(path, values=values, fps=24.0)


@pytest.fixture
def render(avatar_path, take, tmp_path, capsys):
    def run(*options):
        assert (
            main(
                [
                    "avatar",
                    "render",
                    str(take),
                    str(avatar_path),
                    "-o",
                    str(tmp_path / "out"),
                    *options,
                ]
            )
            == 0
        )
        return capsys.readouterr().out

    return run


def test_a_take_becomes_frames(render, tmp_path):
    assert "5 rendered, 0 kept" in render("--format", "png", "--size", "48x40")
    frames = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in frames] == [f"take_000{n}.png" for n in range(1, 6)]
    with Image.open(frames[0]) as opened:
        assert opened.size == (48, 40)
        assert opened.text["Synthetic"] == "true"
        first = np.asarray(opened)
    with Image.open(frames[4]) as opened:
        last = np.asarray(opened)
    assert first[20, 24, 3] > 200
    assert first[2, 2, 3] == 0
    assert np.abs(first.astype(int) - last).max() > 40


def test_only_what_changed_is_made_again(render, take):
    render("--format", "png")
    write_take(take, np.array([0.0, 0.2, 0.9, 0.6, 0.8]))
    assert "1 rendered, 4 kept" in render("--format", "png")
    assert "5 rendered, 0 kept" in render("--format", "png", "--overwrite")


def test_a_strangers_frame_stops_the_render_before_it_begins(render, avatar_path, take, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "take_0004.png").write_bytes(b"precious")
    options = ["avatar", "render", str(take), str(avatar_path), "-o", str(out), "--format", "png"]
    assert main(options) == 1
    assert [path.name for path in out.iterdir()] == ["take_0004.png"]


def test_passes_of_a_blurred_exr(render, tmp_path):
    render("--motion-blur", "3", "--normals", "--start", "3", "--end", "3", "--first-frame", "1")
    with OpenEXR.File(str(tmp_path / "out" / "take_0003.exr"), separate_channels=True) as file:
        channels = {name: channel.pixels.copy() for name, channel in file.channels().items()}
    alpha, depth = channels["Mien.Combined.A"], channels["Mien.Depth.Z"]
    middle = alpha.shape[0] // 2
    # The nose stands 13 cm nearer to the camera than the neck's axis, which is a metre away.
    assert 0.8 < depth[middle, middle] < 0.95
    assert depth[0, 0] == np.float32(1e10)
    assert channels["Mien.Normal.Y"][middle, middle] < -0.5
    assert (channels["Mien.Combined.R"] <= alpha + 1e-3).all()


def test_a_camera_file_is_used(render, tmp_path):
    camera = tmp_path / "camera.json"
    camera.write_text(json.dumps(camera_to_json(crude_camera(32))))
    render("--format", "png", "--camera", str(camera), "--end", "1")
    with Image.open(tmp_path / "out" / "take_0001.png") as frame:
        assert frame.size == (32, 32)


def test_a_shot_of_the_add_on_is_rendered_as_it_is(render, take, tmp_path):
    from core.avatar.camera_track import CameraTrack
    from core.avatar.curves_file import load_curves

    shot = shot_of_curves(
        load_curves(take), CameraTrack((0,), (crude_camera(24),)), 24.0, first_frame=101
    )
    save_shot(shot, take)
    assert np.array_equal(load_shot(take).values, shot.values)
    assert "take_0101.png to take_0105.png" in render("--format", "png")


def stopped_after(avatar_path, take, out, count):
    """Render and call off after `count` frames; what is there then."""
    from core.avatar.camera_track import CameraTrack
    from core.avatar.curves_file import load_curves

    avatar = load_avatar(avatar_path)
    shot = shot_of_curves(load_curves(take), CameraTrack((0,), (crude_camera(24),)), 24.0)
    files = FrameFiles(out / "take_####.png")
    told = []

    def tell(share, frame):
        told.append((share, frame))
        if len(told) == count:
            raise Cancelled

    with pytest.raises(Cancelled):
        render_files(avatar, shot, files, tell=tell)
    done = render_files(avatar, shot, files)
    return told, done


def test_called_off_it_goes_on_where_it_was(avatar_path, take, tmp_path):
    told, done = stopped_after(avatar_path, take, tmp_path, 2)
    assert told == [(0.2, 1), (0.4, 2)]
    assert done.kept == (1, 2)
    assert done.written == (3, 4, 5)


def test_a_full_disk_says_which_frames_are_there(avatar_path, take, tmp_path):
    from core.avatar.camera_track import CameraTrack
    from core.avatar.curves_file import load_curves

    avatar = load_avatar(avatar_path)
    shot = shot_of_curves(load_curves(take), CameraTrack((0,), (crude_camera(64),)), 24.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_up(_share, frame):
        if frame == 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))

    try:
        with pytest.raises(MienError) as told:
            render_files(avatar, shot, FrameFiles(tmp_path / "take_####.png"), tell=fill_up)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "Finished: frames 1 to 2." in told.value.message
    assert {path.name for path in tmp_path.glob("take_*.png")} == {"take_0001.png", "take_0002.png"}


def test_another_look_is_another_picture(tmp_path, take, capsys):
    path = tmp_path / "ada.mienavatar"
    save_avatar(path, two_looks(300))
    pictures = []
    for look in ("monday", "tuesday", "sunday"):
        out = tmp_path / look
        options = ["--format", "png", "--end", "1", "--look", look, "-o", str(out)]
        code = main(["avatar", "render", str(take), str(path), *options])
        if code == 0:
            with Image.open(out / "take_0001.png") as frame:
                pictures.append(np.asarray(frame).astype(int))
            splats = ["-o", f"{out}.ply", "--look", look]
            assert main(["avatar", "ply", str(path), *splats]) == 0
    assert len(pictures) == 2
    assert len({(tmp_path / f"{look}.ply").read_bytes() for look in ("monday", "tuesday")}) == 2
    assert np.abs(pictures[0] - pictures[1]).max() > 20
    assert "monday, tuesday" in capsys.readouterr().err


def test_ply_and_info(avatar_path, take, tmp_path, capsys):
    out = tmp_path / "head.ply"
    assert main(["avatar", "ply", str(avatar_path), "-o", str(out), "--take", str(take)]) == 0
    assert "300 Gaussians" in capsys.readouterr().out
    assert main(["avatar", "info", str(avatar_path)]) == 0
    assert json.loads(capsys.readouterr().out)["consent"]["person"] == "Ada Łovelace"
