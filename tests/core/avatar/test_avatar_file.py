# SPDX-License-Identifier: Apache-2.0
"""Avatar files come back whole; damaged and hostile ones end in a clear error and take no memory."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import struct
import subprocess
import sys
import tracemalloc
import zipfile

import numpy as np
import pytest
from crude_avatar import crude_avatar

from core.avatar.avatar_file import load_avatar, read_papers, save_avatar
from core.avatar.file_contract import TENSORS
from core.errors import MienError

HEADER = 8


@pytest.fixture(scope="module")
def avatar():
    return crude_avatar(residual=0.01)


@pytest.fixture(scope="module")
def saved(avatar, tmp_path_factory):
    path = tmp_path_factory.mktemp("avatar") / "ada.mienavatar"
    assert save_avatar(path, avatar) == ()
    return path


@pytest.fixture
def damaged(saved, tmp_path):
    """A function that writes bytes as a file and gives the code of the error that loading it makes."""

    def code_of(data):
        path = tmp_path / "damaged.mienavatar"
        path.write_bytes(data)
        with pytest.raises(MienError) as told:
            load_avatar(path)
        assert str(path) in told.value.message or told.value.code == "avatar_version"
        assert told.value.advice
        return told.value.code

    return code_of


def parts(data):
    (length,) = struct.unpack("<Q", data[:HEADER])
    return json.loads(data[HEADER : HEADER + length]), data[HEADER + length :]


def joined(header, body, length=None):
    coded = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(coded) if length is None else length) + coded + body


def test_all_comes_back(avatar, saved):
    loaded = load_avatar(saved)
    for owner in ("mesh", "gaussians", "drive"):
        for field in dataclasses.fields(getattr(avatar, owner)):
            before = getattr(getattr(avatar, owner), field.name)
            after = getattr(getattr(loaded, owner), field.name)
            assert before.dtype == after.dtype
            # float16 rounds what vertices move by; all else is exact.
            assert np.abs(before - after).max() <= (16e-6 if field.name == "deltas" else 0)
    assert np.array_equal(loaded.landmarks, avatar.landmarks)
    assert np.array_equal(loaded.film_values, avatar.film_values)
    assert {**avatar.meta, "sha256": loaded.meta["sha256"]} == loaded.meta


def test_versions_are_this_programs_unless_said_otherwise(avatar, tmp_path):
    path = tmp_path / "plain.mienavatar"
    meta = {key: value for key, value in avatar.meta.items() if key != "versions"}
    save_avatar(path, dataclasses.replace(avatar, meta=meta))
    versions = read_papers(path)["versions"]
    assert len(versions["face_model"]) == 64
    assert versions["mien"]


def test_saved_again_it_is_the_same_file(saved, tmp_path):
    again = tmp_path / "again.mienavatar"
    save_avatar(again, load_avatar(saved))
    assert again.read_bytes() == saved.read_bytes()


def test_papers_are_read_without_tensors_or_packages(saved, repository):
    papers = read_papers(saved)
    assert papers["consent"]["person"] == "Ada Łovelace"
    assert papers["sizes"]["N"] == 400
    assert papers["bytes"] == saved.stat().st_size
    code = (
        "import sys; from core.avatar.avatar_file import read_papers\n"
        "read_papers(sys.argv[1])\n"
        "print(sorted({'torch', 'scipy', 'safetensors', 'numba'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, saved], cwd=repository, capture_output=True, check=True
    )
    assert run.stdout.strip() == b"[]"


def test_what_could_not_be_read_again_is_not_written(avatar, tmp_path):
    path = tmp_path / "never.mienavatar"
    spoilt = avatar.gaussians.log_scale.copy()
    spoilt[7, 1] = np.nan
    bad = [
        dataclasses.replace(
            avatar, gaussians=dataclasses.replace(avatar.gaussians, log_scale=spoilt)
        ),
        dataclasses.replace(avatar, landmarks=avatar.landmarks[:, :67]),
        dataclasses.replace(avatar, meta={**avatar.meta, "consent": {}}),
        dataclasses.replace(avatar, meta={**avatar.meta, "training": {"loss": float("nan")}}),
        dataclasses.replace(avatar, meta={**avatar.meta, "training": {"notes": "x" * 2_000_000}}),
    ]
    for each in bad:
        with pytest.raises(MienError) as told:
            save_avatar(path, each)
        assert told.value.code == "avatar_unsound"
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large_to_be_read_again_is_not_written(avatar, tmp_path, monkeypatch):
    monkeypatch.setattr("core.avatar.avatar_file.MOST_FILE_BYTES", 1_000_000)
    with pytest.raises(MienError, match="MB; 1 are allowed") as told:
        save_avatar(tmp_path / "large.mienavatar", avatar)
    assert told.value.code == "avatar_unsound"
    assert "fewer Gaussians" in told.value.advice
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(avatar, tmp_path):
    with pytest.raises(MienError) as told:
        save_avatar(tmp_path / "no" / "ada.mienavatar", avatar)
    assert told.value.code == "not_writable"


def test_what_is_no_file_is_told_at_once(tmp_path):
    pipe = tmp_path / "pipe.mienavatar"
    if hasattr(os, "mkfifo"):
        os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "nowhere"):
        with pytest.raises(MienError) as told:
            load_avatar(path)
        assert told.value.code == "avatar_missing"


def test_files_of_other_kinds(damaged, tmp_path):
    archive = tmp_path / "other.npz"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("x.npy", b"1" * 5000)
    others = [archive.read_bytes(), pickle.dumps({"state": [1.0] * 500}), b"", b"ply\n" * 100]
    assert {damaged(data) for data in others} == {"avatar_unreadable"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda _: b"\x89PNG\r\n\x1a\n" + bytes(200), "it is another kind of file"),
        (lambda data: data[: len(data) // 2], "it is cut off"),
    ],
    ids=["a renamed picture", "half a copy"],
)
def test_people_are_told_what_is_wrong_with_a_file(saved, tmp_path, spoil, words):
    path = tmp_path / "ada.mienavatar"
    path.write_bytes(spoil(saved.read_bytes()))
    with pytest.raises(MienError, match=words):
        load_avatar(path)


def test_each_byte_that_flips_is_found(saved, damaged):
    data = saved.read_bytes()
    random = np.random.default_rng(5)
    header_end = len(data) - len(parts(data)[1])
    places = [*random.integers(0, header_end, 60), *random.integers(header_end, len(data), 25)]
    for place in places:
        flipped = bytearray(data)
        flipped[place] ^= 1 << int(random.integers(0, 8))
        # A flip within the blanks or in a name of a paper is found as well: all is hashed.
        assert damaged(flipped) in {"avatar_unreadable", "avatar_version"}, place


def test_cut_and_extended(saved, damaged):
    data = saved.read_bytes()
    for length in (3, 8, 100, len(data) // 2, len(data) - 1):
        assert damaged(data[:length]) == "avatar_unreadable"
    assert damaged(data + b"\0") == "avatar_unreadable"


HOSTILE = {
    "negative offsets": lambda entry: entry.update(data_offsets=[-12, entry["data_offsets"][1]]),
    "no numbers": lambda entry: entry.update(data_offsets=["0", "12"]),
    "true": lambda entry: entry.update(shape=[True, 3]),
    "huge": lambda entry: entry.update(shape=[10**15, 3], data_offsets=[0, 12 * 10**15]),
    "overflow": lambda entry: entry.update(shape=[2**62, 2**62], data_offsets=[0, 0]),
    "zero sized and huge": lambda entry: entry.update(shape=[0, 10**18], data_offsets=[0, 0]),
    "other type": lambda entry: entry.update(dtype="F64"),
    "list as type": lambda entry: entry.update(dtype=[]),
    "other rank": lambda entry: entry.update(shape=[entry["shape"][0] * 3]),
    "shape is a number": lambda entry: entry.update(shape=12),
    "extra": lambda entry: entry.update(code="import os"),
    "nothing": lambda entry: entry.clear(),
}


@pytest.mark.parametrize("name", ["mesh.vertices", "gaussians.residual", "landmarks"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_tensor_that_lies_takes_no_memory(saved, damaged, name, kind):
    header, body = parts(saved.read_bytes())
    HOSTILE[kind](header[name])
    data = joined(header, body)
    tracemalloc.start()
    assert damaged(data) == "avatar_unreadable"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("header", "length"),
    [
        (b"{}", 2**63),
        (b"{}", 2**64 - 1),
        (b"{}", 1 << 30),
        (b"[" * 200_000, None),
        (b'{"__metadata__":' * 20_000, None),
        (b"[1]", None),
        (b'{"a":NaN}', None),
        (b'{"a":1e999}', None),
        (b'{"a":' + b"9" * 10_000 + b"}", None),
        (b"\xff\xfe{}", None),
        (b'{"__metadata__":{"format":1}}', None),
        (b'{"__metadata__":{"format":"mien-avatar 1","papers":"{}","sha256":""}}', None),
        (b'{"__metadata__":{"format":"pt"}}', None),
    ],
)
def test_headers_that_are_none(damaged, header, length):
    tracemalloc.start()
    assert damaged(joined(header, b"", length)) == "avatar_unreadable"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_key_twice(saved, damaged):
    header, body = parts(saved.read_bytes())
    coded = json.dumps(header).encode()
    twice = coded[:-1] + b', "landmarks": ' + json.dumps(header["landmarks"]).encode() + b"}"
    assert damaged(joined(twice, body)) == "avatar_unreadable"


def test_a_newer_version_says_so(saved, damaged):
    header, body = parts(saved.read_bytes())
    header["__metadata__"]["format"] = "mien-avatar 2"
    assert damaged(joined(header, body)) == "avatar_version"


def test_papers_cannot_be_exchanged(saved, damaged):
    header, body = parts(saved.read_bytes())
    papers = json.loads(header["__metadata__"]["papers"])
    papers["consent"]["person"] = "Somebody Else"
    header["__metadata__"]["papers"] = json.dumps(papers)
    assert damaged(joined(header, body)) == "avatar_unreadable"


def spoil(avatar, owner, field, change):
    array = getattr(getattr(avatar, owner), field).copy()
    change(array)
    return dataclasses.replace(
        avatar, **{owner: dataclasses.replace(getattr(avatar, owner), **{field: array})}
    )


@pytest.mark.parametrize(
    "spoilt",
    [
        ("gaussians", "triangle", lambda a: a.__setitem__(0, 18_996)),
        ("gaussians", "triangle", lambda a: a.__setitem__(0, -1)),
        ("mesh", "triangles", lambda a: a.__setitem__((0, 0), 13_100)),
        ("mesh", "triangles", lambda a: a.fill(0)),
        ("gaussians", "barycentric", lambda a: a.__setitem__((0, 0), 2.0)),
        ("gaussians", "rotation", lambda a: a.__setitem__(0, 0.0)),
        ("gaussians", "residual", lambda a: a.__setitem__((0, 0, 0), np.inf)),
        ("drive", "spread", lambda a: a.__setitem__(0, 0.0)),
        ("drive", "lowest", lambda a: a.__setitem__(0, 2.0)),
    ],
)
def test_numbers_that_no_avatar_has_are_refused_even_with_a_true_hash(
    avatar, damaged, tmp_path, monkeypatch, spoilt
):
    path = tmp_path / "unsound.mienavatar"
    with monkeypatch.context() as patch:
        patch.setattr("core.avatar.avatar_file.check_numbers", lambda _tensors: None)
        save_avatar(path, spoil(avatar, *spoilt))
    assert damaged(path.read_bytes()) == "avatar_unreadable"


def test_the_contract_names_every_array_of_an_avatar(avatar):
    owners = {"mesh": avatar.mesh, "gaussians": avatar.gaussians, "drive": avatar.drive}
    names = {
        f"{o}.{field.name}" for o, part in owners.items() for field in dataclasses.fields(part)
    }
    assert set(TENSORS) == names | {"landmarks", "film_values"}
