# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker process, the real one: it greets, answers, fails in words, and never hangs."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import threading
import time
from pathlib import Path

import pytest
from bl_ext.devrepo.mien import engine as engine_module
from bl_ext.devrepo.mien import places, worker_process
from bl_ext.devrepo.mien.engine import Engine
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.worker_choice import WorkerChoice
from engine_studio import PATIENCE_SECONDS, answer, request
from studio import REPOSITORY


def test_one_request_after_another_from_one_warm_worker(engine, recording, tmp_path):
    engine.submit(request(recording, tmp_path))
    assert engine.busy
    news = answer(engine)
    stages = {message["stage"] for message in news if message["type"] == "progress"}
    assert {"reading", "listening", "lips"} <= stages
    assert Path(news[-1]["path"]).is_file()
    assert not engine.busy
    process = engine.process_id
    engine.submit(request(recording, tmp_path))
    answer(engine)
    assert engine.process_id == process


def test_a_second_request_at_once_is_refused(engine, recording, tmp_path):
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match="already working"):
        engine.submit(request(recording, tmp_path))


def test_cancel_keeps_the_worker(engine, long_recording, tmp_path):
    engine.submit(request(long_recording, tmp_path))
    answer(engine, until=("progress",))
    engine.cancel()
    assert answer(engine)[-1]["type"] == "cancelled"
    assert not engine.busy
    assert engine.process_id is not None
    assert not (tmp_path / "take.npz").exists()


def test_cancel_before_the_greeting(engine, recording, tmp_path):
    engine.submit(request(recording, tmp_path))
    engine.cancel()
    assert answer(engine)[-1]["type"] == "cancelled"


def test_cancel_while_the_greeting_lies_unread(engine, recording, tmp_path):
    engine.submit(request(recording, tmp_path))
    while engine._process._lines.empty():
        time.sleep(0.01)
    engine.cancel()
    assert answer(engine)[-1]["type"] == "cancelled"
    assert not (tmp_path / "take.npz").exists()


@pytest.mark.slow
def test_a_killed_worker_is_said_and_the_next_request_starts_another(
    engine, long_recording, recording, tmp_path, log
):
    engine.submit(request(long_recording, tmp_path))
    answer(engine, until=("progress",))
    os.kill(engine.process_id, 9)
    with pytest.raises(AnimatorError, match="ended in the middle of its work") as caught:
        answer(engine)
    assert caught.value.log == str(log)
    assert not engine.busy
    engine.submit(request(recording, tmp_path))
    assert answer(engine)[-1]["type"] == "result"


def test_missing_models_are_said(log, recording, tmp_path):
    engine = Engine(WorkerChoice(tmp_path / "nowhere"), log)
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match="nowhere") as caught:
        answer(engine)
    assert caught.value.advice
    engine.stop()


def test_a_model_with_a_wrong_hash_is_said(log, recording, tmp_path):
    models = tmp_path / "models"
    shutil.copytree(REPOSITORY / "models", models)
    listed = json.loads((models / "models.json").read_text())["models"]
    encoder = next(entry["file"] for entry in listed if entry["name"] == "speech_encoder")
    with (models / encoder).open("r+b") as file:
        file.seek(1000)
        file.write(b"broken")
    engine = Engine(WorkerChoice(models), log)
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match=encoder):
        answer(engine)
    engine.stop()


def test_an_interpreter_that_is_not_there_is_said(log, recording, tmp_path):
    engine = Engine(WorkerChoice(REPOSITORY / "models", str(tmp_path / "python")), log)
    with pytest.raises(AnimatorError, match="cannot be started"):
        engine.submit(request(recording, tmp_path))
    assert not engine.busy


def script(folder, text):
    """An interpreter that does something else than Python does."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_worker_that_ends_at_once_is_said_with_its_last_words(log, recording, tmp_path):
    program = script(tmp_path, "import sys; sys.exit('no onnxruntime for this processor')")
    engine = Engine(WorkerChoice(REPOSITORY / "models", program), log)
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match=r"could not start .*no onnxruntime for this"):
        answer(engine)


def test_another_protocol_is_refused(log, recording, tmp_path):
    text = """import time; print('{"type": "hello", "protocol": 9}', flush=True); time.sleep(60)"""
    engine = Engine(WorkerChoice(REPOSITORY / "models", script(tmp_path, text)), log)
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match="speaks protocol 9"):
        answer(engine)
    assert engine.process_id is None


def test_chatter_on_the_line_is_refused(log, recording, tmp_path):
    text = "import time; print('Hi there', flush=True); time.sleep(60)"
    engine = Engine(WorkerChoice(REPOSITORY / "models", script(tmp_path, text)), log)
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match="not its protocol"):
        answer(engine)


def test_a_line_without_end_is_refused(log, recording, tmp_path):
    text = "import sys\nwhile True: sys.stdout.write('x' * 65536)"
    engine = Engine(WorkerChoice(REPOSITORY / "models", script(tmp_path, text)), log)
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match="not its protocol"):
        answer(engine)
    assert engine.process_id is None


def test_a_flood_of_lines_waits_outside_blender(log, recording, tmp_path):
    text = """while True: print('{"type": "progress", "id": "9"}')"""
    engine = Engine(WorkerChoice(REPOSITORY / "models", script(tmp_path, text)), log)
    others = set(threading.enumerate())
    engine.submit(request(recording, tmp_path))
    (reader,) = set(threading.enumerate()) - others
    lines = engine._process._lines
    while lines.qsize() < worker_process.LINES_WAITING:
        time.sleep(0.01)
    for _ in range(10):
        engine.poll()
    assert lines.qsize() <= worker_process.LINES_WAITING
    engine.stop()
    reader.join(PATIENCE_SECONDS)
    assert not reader.is_alive()


def test_silence_ends_at_the_deadline(log, recording, tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "GREETING_SECONDS", 0.3)
    engine = Engine(
        WorkerChoice(REPOSITORY / "models", script(tmp_path, "import time; time.sleep(60)")), log
    )
    engine.submit(request(recording, tmp_path))
    with pytest.raises(AnimatorError, match="did not answer"):
        answer(engine)
    assert engine.process_id is None


def test_stopping_ends_the_process(engine, recording, tmp_path):
    engine.submit(request(recording, tmp_path))
    answer(engine, until=("progress", "result"))
    process = engine._process
    engine.stop()
    assert process.exit_code() == 0


def test_the_worker_finds_its_packages_and_only_what_it_needs():
    environment = places.worker_environment()
    folders = environment["PYTHONPATH"].split(os.pathsep)
    assert folders[0] == str(REPOSITORY)
    assert {name for name in environment if name.startswith("PYTHON")} == {
        "PYTHONPATH",
        "PYTHONUTF8",
        "PYTHONNOUSERSITE",
    }
