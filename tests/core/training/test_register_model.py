# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import hashlib
import json
import threading

import pytest

from core.training.register_model import register

SAID = {"licence": "MIT", "source": "a test", "made_by": "tests", "card": "x.md"}


def entries(folder):
    return json.loads((folder / "models.json").read_text())["models"]


def test_an_entry_says_what_the_file_is(tmp_path):
    (tmp_path / "b.onnx").write_bytes(b"weights")
    register(tmp_path, "b", tmp_path / "b.onnx", **SAID)
    (entry,) = entries(tmp_path)
    assert entry["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert entry["bytes"] == 7
    assert entry["licence"] == "MIT"


def test_a_second_entry_of_a_name_replaces_the_first(tmp_path):
    for content in (b"old", b"newer"):
        (tmp_path / "b.onnx").write_bytes(content)
        register(tmp_path, "b", tmp_path / "b.onnx", **SAID)
    (entry,) = entries(tmp_path)
    assert entry["bytes"] == 5


def test_two_at_once_both_arrive(tmp_path):
    names = [f"model{i}" for i in range(8)]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    workers = [
        threading.Thread(target=register, args=(tmp_path, n, tmp_path / n), kwargs=SAID)
        for n in names
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [e["name"] for e in entries(tmp_path)] == names


def test_a_file_from_elsewhere_is_refused(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "x.onnx").write_bytes(b"x")
    with pytest.raises(ValueError, match="where they ship"):
        register(tmp_path / "models", "x", tmp_path / "x.onnx", **SAID)
