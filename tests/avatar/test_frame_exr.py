# SPDX-License-Identifier: Apache-2.0
"""EXR frames: passes as Blender names them, and a disk that is full."""

from __future__ import annotations

import resource

import numpy as np
import OpenEXR
import pytest
from avatar_frame import HEIGHT, KEPT, WIDTH, kept_picture
from crude_avatar import CONSENT

from core.avatar.frame_files import FrameFiles, Picture
from core.avatar.frame_tags import frame_tags
from core.errors import MienError

PAPERS = {
    "consent": CONSENT,
    "versions": {"mien": "0.1.0", "face_model": "5b"},
    "sha256": "ab" * 32,
}


@pytest.fixture
def files(tmp_path):
    return FrameFiles(tmp_path / "take_####.exr", frame_tags(PAPERS, over_film=False))


def channels_of(path):
    with OpenEXR.File(str(path), separate_channels=True) as file:
        return {name: channel.pixels.copy() for name, channel in file.channels().items()}


def test_passes_and_their_numbers(files):
    rgba, depth, normal = kept_picture()
    channels = channels_of(files.write(Picture(7, rgba, depth, normal), "same"))
    combined = np.stack([channels[f"Mien.Combined.{letter}"] for letter in "RGBA"], axis=-1)
    assert combined.dtype == np.float16
    assert np.array_equal(combined, rgba)
    distance = channels["Mien.Depth.Z"]
    assert distance.dtype == np.float32
    assert np.array_equal(distance, np.where(depth > 0.0, depth, np.float32(1e10)))
    assert np.array_equal(channels["Mien.Normal.Y"], normal[..., 1])
    assert len(channels) == 8


def test_brighter_than_a_half_can_hold_stays_finite(files):
    rgba, depth, _ = kept_picture()
    path = files.write(Picture(7, rgba * np.float32(1e6), depth), "same")
    assert np.isfinite(channels_of(path)["Mien.Combined.R"]).all()


def test_frames_say_what_they_are_and_are_known_again(files):
    rgba, depth, _ = kept_picture()
    path = files.write(Picture(7, rgba, depth), "same")
    with OpenEXR.File(str(path), header_only=True) as file:
        assert file.header()["Synthetic"] == "true"
        assert file.header()["MienPerson"] == "Ada Łovelace"
    assert files.holds(7, "same")
    assert not files.holds(7, "other")
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(MienError) as told:
        files.holds(7, "same")
    assert told.value.code == "frame_not_ours"


def test_a_full_disk_leaves_no_half_frame(files, tmp_path):
    random = np.random.default_rng(1)
    rgba = random.random((HEIGHT * 8, WIDTH * 8, 4), np.float32)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, before[1]))
    try:
        with pytest.raises(MienError) as told:
            files.write(Picture(7, rgba, rgba[..., 0]), "same")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert told.value.code == "not_writable"
    assert list(tmp_path.iterdir()) == []


def test_the_frame_that_blender_is_tested_with_is_what_is_written_today(files):
    today = files.write(Picture(7, *kept_picture()), "same")
    ours, kept = channels_of(today), channels_of(KEPT)
    assert ours.keys() == kept.keys()
    for name, pixels in ours.items():
        assert np.array_equal(pixels, kept[name]), name
