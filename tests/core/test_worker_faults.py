# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from worker_under_test import PATIENCE_SECONDS, Worker, request


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"this is no json\n", "not JSON"),
        (b"[1, 2]\n", 'not a JSON object with a "type"'),
        (b'{"id": "9"}\n', 'not a JSON object with a "type"'),
        (b"\xff\xfe\n", "not JSON"),
        (b'{"type": "dance"}\n', '"dance"'),
        (b'{"type": "performance"}\n', '"id"'),
        (b'{"type": "performance", "id": "9"}\n', '"audio"'),
        (b'{"type": "performance", "id": "9", "audio": {"path": 3}}\n', '"path" is 3'),
        (b"[" * 200_000 + b"\n", "not JSON"),
        (b'{"type": "ping", "filler": "' + b"x" * (1 << 25) + b'"}\n', "not JSON"),
    ],
)
def test_a_bad_line_is_answered_and_survived(line, told, worker):
    worker.send(line)
    error = worker.next()
    assert error["type"] == "error"
    assert error["code"] == "bad_request"
    assert told in error["message"]
    worker.send({"type": "ping"})
    assert worker.next() == {"type": "pong"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fps": 0.0}, "bad_fps"),
        ({"fps": 1e7}, "bad_fps"),
        ({"fps": "fast"}, "bad_request"),
        ({"fps": 10**400}, "bad_request"),
        ({"audio": {"path": "a\0b"}}, "bad_request"),
        ({"audio": {"path": "/", "start_seconds": 1e308}}, "bad_request"),
        ({"direction": {"intensity": 10**400}}, "bad_direction"),
        ({"out_path": "/"}, "not_writable"),
        ({"out_path": f"{__file__}/a.npz"}, "not_writable"),
        ({"direction": {"emotion": "furious"}}, "bad_direction"),
        ({"out_path": ""}, "bad_request"),
        ({"audio": {"path": "/gone/line.wav", "name": "line 3"}}, "audio_missing"),
    ],
)
def test_a_bad_request_is_told_with_advice(changes, code, worker, recording, tmp_path):
    worker.send(request("bad", recording, tmp_path / "a.npz", **changes))
    error = worker.until_end("bad")[-1]
    assert error["type"] == "error"
    assert error["code"] == code
    assert error["message"]
    assert error["advice"]
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_names_the_strip(worker, tmp_path):
    worker.send(request("8", tmp_path / "gone.wav", tmp_path / "a.npz"))
    error = worker.until_end("8")[-1]
    assert '"strip 8"' in error["message"]
    assert "gone.wav" in error["message"]


def test_a_folder_that_is_not_there(worker, recording, tmp_path):
    worker.send(request("nowhere", recording, tmp_path / "no" / "a.npz"))
    error = worker.until_end("nowhere")[-1]
    assert error["code"] == "not_writable"
    assert str(tmp_path / "no" / "a.npz") in error["message"]


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a read-only /proc")
def test_a_read_only_folder(worker, recording):
    worker.send(request("readonly", recording, "/proc/take.npz"))
    assert worker.until_end("readonly")[-1]["code"] == "not_writable"


def test_an_id_is_free_as_soon_as_its_answer_is_out(worker, tmp_path):
    for _ in range(300):
        worker.send(request("again", tmp_path / "gone.wav", tmp_path / "a.npz"))
        assert worker.until_end("again")[-1]["code"] == "audio_missing"


@pytest.mark.skipif(os.name == "nt", reason="file names are bytes on POSIX only")
def test_a_path_that_is_no_text_is_answered(worker, tmp_path):
    path = os.fsdecode(bytes(tmp_path) + b"/\xff.wav")
    worker.send(request("bytes", path, tmp_path / "a.npz"))
    error = worker.until_end("bytes")[-1]
    assert error["code"] == "audio_missing"
    assert path in error["message"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no named pipes")
def test_a_pipe_does_not_stall_the_worker(worker, tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    worker.send(request("pipe", tmp_path / "pipe.wav", tmp_path / "a.npz"))
    assert worker.until_end("pipe")[-1]["code"] == "audio_unreadable"


def test_a_killed_worker_leaves_no_result(repository, long_sound, tmp_path):
    worker = Worker(repository)
    worker.send(request("1", long_sound, tmp_path / "a.npz"))
    worker.next()
    worker.process.kill()
    worker.process.wait(PATIENCE_SECONDS)
    assert not (tmp_path / "a.npz").exists()


def copied_models(models_folder, folder):
    shutil.copytree(models_folder, folder)
    return folder


def test_a_missing_model_is_told_with_the_request(repository, models_folder, recording, tmp_path):
    folder = copied_models(models_folder, tmp_path / "models")
    (folder / "lip_decoder.onnx").unlink()
    worker = Worker(repository, "--models", folder)
    worker.send(request("1", recording, tmp_path / "a.npz"))
    error = worker.until_end("1")[-1]
    assert error["code"] == "model_missing"
    assert "lip_decoder.onnx" in error["message"]
    # Once it is back in place the same worker works.
    shutil.copy(models_folder / "lip_decoder.onnx", folder)
    worker.send(request("2", recording, tmp_path / "a.npz"))
    assert worker.until_end("2")[-1]["type"] == "result"
    worker.end()


def test_a_changed_model_is_told_with_the_request(repository, models_folder, recording, tmp_path):
    folder = copied_models(models_folder, tmp_path / "models")
    with (folder / "speech_encoder.onnx").open("r+b") as file:
        file.seek(5000)
        file.write(b"spoiled")
    worker = Worker(repository, "--models", folder)
    worker.send(request("1", recording, tmp_path / "a.npz"))
    error = worker.until_end("1")[-1]
    assert error["code"] == "model_changed"
    assert "speech_encoder.onnx" in error["message"]
    worker.end()


def test_no_models_at_all_still_greets(repository, recording, tmp_path):
    worker = Worker(repository, "--models", tmp_path / "none")
    assert worker.hello["models"] == {}
    worker.send(request("1", recording, tmp_path / "a.npz"))
    assert worker.until_end("1")[-1]["code"] == "models_missing"
    worker.end()


def test_a_python_without_numpy_greets_and_tells_it(repository, recording, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "import sys; sys.modules['numpy'] = None", encoding="utf-8"
    )
    worker = Worker(repository, PYTHONPATH=str(tmp_path))
    for kind in ("performance", "emotion"):
        worker.send({**request(kind, recording, tmp_path / "a.npz"), "type": kind})
        assert worker.until_end(kind)[-1]["code"] == "incomplete_install"
    worker.end()


@pytest.mark.parametrize("listing", ["{", '{"models": [{"name": "pitch"}]}'])
def test_a_broken_list_of_models_is_told_with_the_request(listing, repository, recording, tmp_path):
    (tmp_path / "models.json").write_text(listing, encoding="utf-8")
    worker = Worker(repository, "--models", tmp_path)
    worker.send(request("1", recording, tmp_path / "a.npz"))
    assert worker.until_end("1")[-1]["code"] == "models_missing"
    worker.end()


def test_a_model_that_is_no_net_is_told_with_the_request(
    repository, models_folder, recording, tmp_path
):
    folder = copied_models(models_folder, tmp_path / "models")
    (folder / "pitch.onnx").write_bytes(b"no net")
    listing = json.loads((folder / "models.json").read_text(encoding="utf-8"))
    for entry in listing["models"]:
        if entry["name"] == "pitch":
            entry["sha256"] = hashlib.sha256(b"no net").hexdigest()
    (folder / "models.json").write_text(json.dumps(listing), encoding="utf-8")
    worker = Worker(repository, "--models", folder)
    worker.send(request("1", recording, tmp_path / "a.npz"))
    assert worker.until_end("1")[-1]["code"] == "internal"
    worker.end()
