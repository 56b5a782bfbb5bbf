# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core import __version__
from core.curves import load_performance

PATIENCE_SECONDS = 60


class Worker:
    """A real worker process and its lines."""

    def __init__(self, repository, *options, **environment):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "core.worker", *map(str, options)],
            cwd=repository,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
        )
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.hello = self.next()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def next(self):
        return self.lines.get(timeout=PATIENCE_SECONDS)

    def send(self, message):
        raw = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        self.process.stdin.write(raw)
        self.process.stdin.flush()

    def until_end(self, job_id):
        """All lines up to the one that ends the job."""
        lines = []
        while (
            not lines or lines[-1]["type"] in {"progress", "pong"} or lines[-1].get("id") != job_id
        ):
            lines.append(self.next())
        return lines

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(PATIENCE_SECONDS)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


@pytest.fixture(scope="module")
def worker(repository):
    worker = Worker(repository)
    yield worker
    assert worker.end() == 0


@pytest.fixture(scope="module")
def long_sound(recording, tmp_path_factory):
    """Four minutes: long enough to be called off in mid-run."""
    samples, rate = soundfile.read(recording, dtype="float32")
    path = tmp_path_factory.mktemp("long") / "long.wav"
    soundfile.write(path, np.tile(samples, 22), rate)
    return path


def request(job_id, sound, target, **changes):
    return {
        "type": "performance",
        "id": job_id,
        "audio": {"path": str(sound), "name": f"strip {job_id}"},
        "direction": {"emotion": "happy", "seed": 1},
        "fps": 24.0,
        "out_path": str(target),
        **changes,
    }


def test_the_greeting(worker):
    assert worker.hello["type"] == "hello"
    assert worker.hello["protocol"] == 1
    assert worker.hello["version"] == __version__
    assert worker.hello["pid"] == worker.process.pid
    assert len(worker.hello["models"]["pitch"]) == 64


def test_a_performance_with_its_progress(worker, recording, tmp_path):
    worker.send(request("first", recording, tmp_path / "take.npz"))
    *progress, result = worker.until_end("first")
    assert result == {
        "type": "result",
        "id": "first",
        "path": str(tmp_path / "take.npz"),
        "frames": 265,
        "seconds": pytest.approx(11.0, abs=1e-3),
        "contacts": result["contacts"],
    }
    stages = list(dict.fromkeys(line["stage"] for line in progress))
    assert stages == ["reading", "listening", "lips", "expression", "mixing", "saving"]
    fractions = [line["fraction"] for line in progress]
    assert fractions == sorted(fractions)
    assert 0.0 <= fractions[0] <= fractions[-1] <= 1.0
    assert load_performance(tmp_path / "take.npz").frames == 265
    assert [path.name for path in tmp_path.iterdir()] == ["take.npz"]


def test_a_range_of_the_sound(worker, recording, tmp_path):
    audio = {"path": str(recording), "start_seconds": 3.4, "duration_seconds": 2.0}
    worker.send(request("range", recording, tmp_path / "a.npz", audio=audio, fps=30.0))
    result = worker.until_end("range")[-1]
    assert result["seconds"] == pytest.approx(2.0, abs=1e-3)
    assert result["frames"] == 61


def test_ping_is_answered_during_a_run(worker, long_sound, tmp_path):
    worker.send(request("pinged", long_sound, tmp_path / "a.npz"))
    assert worker.next()["type"] == "progress"
    started = time.monotonic()
    worker.send({"type": "ping"})
    while (line := worker.next())["type"] != "pong":
        assert line["type"] == "progress"
    assert time.monotonic() - started < 2.0
    worker.send({"type": "cancel", "id": "pinged"})
    worker.until_end("pinged")


def test_cancel_stops_a_run_and_writes_nothing(worker, long_sound, tmp_path):
    worker.send(request("stopped", long_sound, tmp_path / "a.npz"))
    while worker.next()["fraction"] < 0.1:
        pass
    started = time.monotonic()
    worker.send({"type": "cancel", "id": "stopped"})
    assert worker.until_end("stopped")[-1] == {"type": "cancelled", "id": "stopped"}
    assert time.monotonic() - started < 3.0
    assert list(tmp_path.iterdir()) == []


def test_cancel_takes_a_waiting_request_out(worker, long_sound, recording, tmp_path):
    worker.send(request("running", long_sound, tmp_path / "a.npz"))
    worker.send(request("waiting", recording, tmp_path / "b.npz"))
    worker.send({"type": "cancel", "id": "waiting"})
    worker.send({"type": "cancel", "id": "running"})
    assert worker.until_end("running")[-1]["type"] == "cancelled"
    assert worker.until_end("waiting")[-1]["type"] == "cancelled"
    assert list(tmp_path.iterdir()) == []


def test_cancelling_what_is_not_there_is_no_error(worker):
    worker.send({"type": "cancel", "id": "never"})
    worker.send({"type": "ping"})
    assert worker.next() == {"type": "pong"}


def test_a_deadline_ends_a_run(worker, long_sound, tmp_path):
    worker.send(request("late", long_sound, tmp_path / "a.npz", deadline_seconds=0.3))
    error = worker.until_end("late")[-1]
    assert error["code"] == "deadline"
    assert "0.3 s" in error["message"]
    assert list(tmp_path.iterdir()) == []


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
        (b'{"type": "ping", "filler": "' + b"x" * (2 << 20) + b'"}\n', "not JSON"),
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


def test_the_same_request_gives_the_same_bytes(worker, recording, tmp_path):
    for name in ("a", "b"):
        worker.send(request(name, recording, tmp_path / f"{name}.npz"))
        worker.until_end(name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_closing_stdin_in_mid_run_ends_the_worker(repository, long_sound, tmp_path):
    worker = Worker(repository)
    worker.send(request("1", long_sound, tmp_path / "a.npz"))
    worker.next()
    started = time.monotonic()
    assert worker.end() == 0
    assert time.monotonic() - started < 6.0
    assert list(tmp_path.iterdir()) == []


def test_shutdown_ends_the_worker(repository):
    worker = Worker(repository)
    worker.send({"type": "shutdown"})
    assert worker.process.wait(PATIENCE_SECONDS) == 0


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


def test_stdout_carries_nothing_but_the_protocol(repository, recording, tmp_path):
    """Whatever Python or C code prints while the worker runs lands on stderr."""
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, os, sys, threading\n"
        "def noise():\n"
        "    print('python noise'); os.write(1, b'c noise\\n')\n"
        "def repeat():\n"
        "    noise(); timer = threading.Timer(0.05, repeat); timer.daemon = True; timer.start()\n"
        "if 'core.worker' in ' '.join(sys.orig_argv):\n"
        "    timer = threading.Timer(1.5, repeat); timer.daemon = True; timer.start()\n",
        encoding="utf-8",
    )
    worker = Worker(repository, PYTHONPATH=str(tmp_path))
    time.sleep(1.7)
    worker.send(request("1", recording, tmp_path / "a.npz"))
    assert worker.until_end("1")[-1]["type"] == "result"
    worker.process.stdin.close()
    worker.process.wait(PATIENCE_SECONDS)
    noise = worker.process.stderr.read()
    assert b"python noise" in noise
    assert b"c noise" in noise


def test_the_log_file_is_named_in_errors(repository, recording, tmp_path):
    log = tmp_path / "worker.log"
    worker = Worker(repository, "--log", log)
    worker.send(request("1", recording, tmp_path / "a.npz", fps=-1.0))
    assert worker.until_end("1")[-1]["log"] == str(log)
    worker.end()
    assert "bad_fps" in log.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_does_not_stop_the_worker(repository, tmp_path):
    worker = Worker(repository, "--log", tmp_path / "no" / "worker.log")
    assert worker.hello["type"] == "hello"
    worker.end()
