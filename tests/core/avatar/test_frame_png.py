# SPDX-License-Identifier: Apache-2.0
"""PNG frames: what is in them, what they say of themselves, and how they lie in their folder."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from crude_avatar import CONSENT

from core.avatar.frame_files import FrameFiles, Picture
from core.avatar.frame_tags import frame_tags
from core.avatar.png import read_texts
from core.errors import MienError

PAPERS = {
    "consent": CONSENT,
    "versions": {"mien": "0.1.0", "face_model": "5b"},
    "sha256": "ab" * 32,
}


@pytest.fixture
def files(tmp_path):
    return FrameFiles(tmp_path / "take_####.png", frame_tags(PAPERS, over_film=False))


@pytest.fixture
def picture():
    rgba = np.zeros((6, 9, 4), np.float32)
    rgba[1:, 2:] = (0.25 * 0.21404114, 0.0, 0.25, 0.25)
    return Picture(7, rgba, np.ones((6, 9), np.float32))


def decoded(path, depth):
    """Pixels of a PNG whose rows all hold differences to the row above."""
    data = path.read_bytes()
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(data[start + 4 : start + 4 + length]), np.uint8)
    rows = rows.reshape(6, -1)
    assert (rows[:, 0] == 2).all()
    summed = np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
    return summed.view(depth).reshape(6, 9, 4)


@pytest.mark.parametrize(("bits", "depth", "top"), [(8, np.uint8, 255), (16, ">u2", 65535)])
def test_colour_is_straight_and_coded(files, picture, bits, depth, top):
    path = FrameFiles(files.pattern, files.tags, bits).write(picture, "same")
    pixels = decoded(path, depth) / top
    assert np.allclose(pixels[3, 3], (0.5, 0.0, 1.0, 0.25), atol=0.6 / top)
    assert not pixels[0].any()


def test_a_frame_says_that_it_is_synthetic_and_of_whom(files, picture):
    with files.write(picture, "same").open("rb") as file:
        texts = read_texts(file)
    assert texts["Synthetic"] == "true"
    assert texts["MienPerson"] == "Ada Łovelace"
    assert texts["MienConsentDate"] == "2026-05-03"
    assert texts["MienAvatar"] == "ab" * 32
    assert json.loads(texts["MienModels"]) == PAPERS["versions"]
    claim = json.loads(texts["MienClaim"])
    made = claim["assertions"][0]["data"]["actions"][0]["digitalSourceType"]
    assert made.endswith("/trainedAlgorithmicMedia")
    assert "contact" not in texts["MienClaim"]


def test_over_film_it_is_a_composite():
    kind = frame_tags(PAPERS, over_film=True)["DigitalSourceType"]
    assert kind.endswith("/compositeWithTrainedAlgorithmicMedia")


@pytest.mark.parametrize(
    ("pattern", "number", "name"),
    [
        ("take_####.png", 7, "take_0007.png"),
        ("take_####.png", 123456, "take_123456.png"),
        ("take_####.png", -7, "take_-0007.png"),
        ("take.png", 7, "take0007.png"),
        ("a##_###.png", 7, "a##_007.png"),
    ],
)
def test_numbers_are_written_as_blender_writes_them(pattern, number, name):
    assert FrameFiles(Path(pattern), {}).path_of(number).name == name


def test_other_endings_are_refused():
    with pytest.raises(MienError) as told:
        FrameFiles(Path("take_####.jpg"), {})
    assert told.value.code == "bad_out_path"


def test_frames_of_the_same_inputs_are_known_again(files, picture):
    assert not files.holds(7, "same")
    files.write(picture, "same")
    assert files.holds(7, "same")
    assert not files.holds(7, "other")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40])
def test_a_file_of_somebody_else_is_never_replaced(files, content):
    files.path_of(7).write_bytes(content)
    with pytest.raises(MienError) as told:
        files.holds(7, "same")
    assert told.value.code == "frame_not_ours"
    assert files.path_of(7).read_bytes() == content


def test_no_half_frame_is_left(files, picture, tmp_path):
    gone = FrameFiles(tmp_path / "nowhere" / "take_####.png", files.tags)
    with pytest.raises(MienError) as told:
        gone.write(picture, "same")
    assert told.value.code == "not_writable"
    assert list(tmp_path.iterdir()) == []
