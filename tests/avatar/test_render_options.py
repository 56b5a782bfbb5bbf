# SPDX-License-Identifier: Apache-2.0
"""Options of `avatar render`: what would change nothing is refused, what is wrong is told in words."""

from __future__ import annotations

import numpy as np
import pytest
from crude_avatar import crude_avatar, crude_camera

from core.avatar.avatar_file import save_avatar
from core.avatar.camera_track import CameraTrack
from core.avatar.curves_file import Curves
from core.avatar.shot import save_shot
from core.avatar.shot_of_curves import shot_of_curves
from core.cli import main
from core.face.arkit import CHANNEL_NAMES
from core.live_link import save_live_link_csv

JAW = CHANNEL_NAMES.index("jawOpen")


@pytest.fixture(scope="module")
def avatar_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("avatar") / "ada.mienavatar"
    save_avatar(path, crude_avatar(60))
    return path


@pytest.fixture
def shot(tmp_path):
    """Two frames as the add-on samples them."""
    curves = Curves(np.arange(2) / 24.0, np.zeros((2, 57), np.float32))
    path = tmp_path / "shot.npz"
    save_shot(shot_of_curves(curves, CameraTrack((0,), (crude_camera(24),)), 24.0), path)
    return path


@pytest.fixture
def take(tmp_path):
    path = tmp_path / "take.npz"
    np.savez(path, values=np.zeros((2, 57), np.float32), fps=24.0)
    return path


@pytest.fixture
def render(avatar_path, tmp_path, capsys):
    """Runs a render; gives its exit code and its words."""

    def run(source, *options):
        words = ["avatar", "render", source, avatar_path, "-o", tmp_path / "out", *options]
        code = main([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


@pytest.mark.parametrize(
    "options",
    [
        ("--camera", "camera.json"),
        ("--film-camera",),
        ("--size", "640x480"),
        ("--fps", "25"),
        ("--take-fps", "25"),
        ("--start", "0"),
        ("--end", "1"),
        ("--motion-blur", "1"),
        ("--shutter", "0.5"),
        ("--first-frame", "1"),
    ],
    ids=lambda options: options[0],
)
def test_a_shot_of_blender_refuses_what_blender_has_decided(shot, render, tmp_path, options):
    code, words = render(shot, *options)
    assert code == 1
    assert "shot.npz is a shot from Blender, with its own camera, size" in words
    assert f": {options[0]} would change nothing" in words
    assert not (tmp_path / "out").exists()


def test_all_that_clashes_is_named(shot, render):
    assert "--size and --fps would change nothing" in render(shot, "--fps", "9", "--size", "4x4")[1]


def test_what_does_not_clash_goes_with_a_shot(shot, render):
    code, words = render(shot, "--format", "png", "--bits", "16", "--device", "cpu")
    assert code == 0, words
    assert "on the processor" in words
    assert "2 rendered" in words


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--plate-film", "1"), "No film lies under the avatar: --plate-film"),
        (("--plate", "anna.mientrack", "--size", "4x4"), "have the film's size: --size"),
        (("--format", "png", "--normals"), "PNG frames hold no normals"),
        (("--bits", "16"), "OpenEXR frames have no --bits"),
        (("--device", "gpu"), 'no device "gpu"'),
        (("--take-fps", "24"), "says itself how many frames a second"),
        (("--fps", "0"), "No shot has 0 frames a second"),
        (("--fps", "nan"), "No shot has nan frames a second"),
        (("--first-frame", "9999999999"), "No shot has the frames 9999999999 to"),
        (("--end", "0"), "No shot has the frames 1 to 0"),
        (("--motion-blur", "0"), "with 0 moments"),
        (("--shutter", "0.3"), "have no blur: --shutter would change nothing"),
        (("--shutter", "0.3", "--motion-blur", "1"), "have no blur: --shutter would"),
        (("--shutter", "9", "--motion-blur", "2"), "2 moments over 9 of a frame"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_made(take, render, tmp_path, options, told):
    code, words = render(take, *options)
    assert code == 1
    assert told in words
    assert "Traceback" not in words
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--time", "3"), "--time"),
        (("--take-fps", "30"), "--take-fps"),
        (("--time", "0", "--take-fps", "30"), "--take-fps and --time"),
    ],
)
def test_splats_at_rest_refuse_the_options_of_a_take(avatar_path, tmp_path, capsys, options, named):
    out = tmp_path / "head.ply"
    assert main(["avatar", "ply", str(avatar_path), "-o", str(out), *options]) == 1
    assert f"at rest: {named} would change nothing" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("size", ["0x10", "10", "1e3x4", "99999x10"])
def test_sizes_that_are_none(take, render, capsys, size):
    with pytest.raises(SystemExit):
        render(take, "--size", size)
    assert size in capsys.readouterr().err


def test_the_rate_of_frames_is_not_the_rate_of_a_recordings_timecode(render, tmp_path):
    """A second at 60, of which the second half opens the jaw, rendered at 12 frames a second."""
    path = tmp_path / "take.csv"
    values = np.zeros((90, 57), np.float32)
    values[30:, JAW] = 1.0
    save_live_link_csv(np.arange(90) / 60.0, values, 60.0, path)
    code, words = render(path, "--fps", "12", "--size", "24x24", "--format", "png")
    assert code == 0, words
    # 1.48 s are 18 frames after the first one.
    assert "take_0001.png to take_0019.png" in words
    code, words = render(path, "--take-fps", "30")
    assert code == 1
    assert "counts to frame 59: not 30 frames a second" in words
