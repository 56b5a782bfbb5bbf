# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import time

import pytest
from worker_under_test import PATIENCE_SECONDS, Worker, request

from core import __version__
from core.curves import load_performance

# A run of four minutes of sound is here for seconds; whoever is heard in time is heard before the next stage.
EARLY_STAGES = {"reading", "listening"}


def test_the_greeting(worker):
    assert worker.hello["type"] == "hello"
    assert worker.hello["protocol"] == 4
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
        "first_frame": 0,
        "seconds": pytest.approx(11.0, abs=1e-3),
        "contacts": result["contacts"],
        "notes": [],
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


def test_a_text_is_spoken_and_what_it_lacks_is_told(worker, recording, tmp_path):
    path = tmp_path / "told.npz"
    text = "The earliest book printed with movable types, the Gutenberg"
    worker.send(request("told", recording, path, text=text))
    result = worker.until_end("told")[-1]
    assert result["type"] == "result"
    assert any("taken from the sound" in note for note in result["notes"])
    words = load_performance(path).words
    assert [word.label for word in words][:3] == ["The", "earliest", "book"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Meanwhile somebody has stolen my favourite umbrella.", "text_mismatch"),
        ("Ich weiß nicht, wo der Schlüssel ist.", "text_language"),
        (7, "bad_request"),
    ],
)
def test_a_text_that_cannot_be_used_is_told_and_nothing_is_written(
    text, code, worker, recording, tmp_path
):
    worker.send(request("mistold", recording, tmp_path / "a.npz", text=text))
    answer = worker.until_end("mistold")[-1]
    assert (answer["type"], answer["code"]) == ("error", code)
    assert answer["advice"]
    assert list(tmp_path.iterdir()) == []


def test_ping_is_answered_during_a_run(worker, long_sound, tmp_path):
    worker.send(request("pinged", long_sound, tmp_path / "a.npz"))
    assert worker.next()["type"] == "progress"
    worker.send({"type": "ping"})
    while (line := worker.next())["type"] != "pong":
        assert line["type"] == "progress"
        assert line["stage"] in EARLY_STAGES
    worker.send({"type": "cancel", "id": "pinged"})
    worker.until_end("pinged")


def test_cancel_stops_a_run_and_writes_nothing(worker, long_sound, tmp_path):
    worker.send(request("stopped", long_sound, tmp_path / "a.npz"))
    while worker.next()["fraction"] < 0.1:
        pass
    worker.send({"type": "cancel", "id": "stopped"})
    *progress, end = worker.until_end("stopped")
    assert end == {"type": "cancelled", "id": "stopped"}
    assert {line["stage"] for line in progress} <= EARLY_STAGES
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


def test_the_same_request_gives_the_same_bytes(worker, recording, tmp_path):
    for name in ("a", "b"):
        worker.send(request(name, recording, tmp_path / f"{name}.npz"))
        worker.until_end(name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_closing_stdin_in_mid_run_ends_the_worker(repository, long_sound, tmp_path):
    worker = Worker(repository)
    worker.send(request("1", long_sound, tmp_path / "a.npz"))
    worker.next()
    assert worker.end() == 0
    *progress, end = worker.rest()
    assert end == {"type": "cancelled", "id": "1"}
    assert {line["stage"] for line in progress} <= EARLY_STAGES
    assert list(tmp_path.iterdir()) == []


def test_shutdown_ends_the_worker(repository):
    worker = Worker(repository)
    worker.send({"type": "shutdown"})
    assert worker.process.wait(PATIENCE_SECONDS) == 0


def test_stdout_carries_nothing_but_the_protocol(repository, recording, tmp_path):
    """Whatever Python or C code prints while the worker runs lands on stderr."""
    begin, begun = tmp_path / "begin", tmp_path / "begun"
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys, threading\n"
        "def repeat():\n"
        f"    if os.path.exists({str(begin)!r}):\n"
        "        print('python noise'); os.write(1, b'c noise\\n')\n"
        f"        open({str(begun)!r}, 'w').close()\n"
        "    timer = threading.Timer(0.05, repeat); timer.daemon = True; timer.start()\n"
        "if 'core.worker' in ' '.join(sys.orig_argv):\n"
        "    repeat()\n",
        encoding="utf-8",
    )
    worker = Worker(repository, PYTHONPATH=str(tmp_path))
    begin.touch()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not begun.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    worker.send(request("1", recording, tmp_path / "a.npz"))
    assert worker.until_end("1")[-1]["type"] == "result"
    worker.process.stdin.close()
    worker.process.wait(PATIENCE_SECONDS)
    worker.noise.seek(0)
    noise = worker.noise.read()
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
