# SPDX-License-Identifier: GPL-3.0-or-later
"""What the real worker is asked quietly, beside a job: whose answer comes, and what is told of a loss."""

from __future__ import annotations

import os
import time

import pytest
from bl_ext.devrepo.mien.problems import AnimatorError
from engine_studio import PATIENCE_SECONDS, answer, request


def quiet_answer(engine, until=("result", "cancelled", "error", "lost")):
    news = []
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        news += engine.quiet_news()
        if news and news[-1]["type"] in until:
            return news
        time.sleep(0.01)
    raise TimeoutError(news)


def test_a_quiet_request_is_answered_beside_a_job(engine, recording, tmp_path):
    quiet = engine.ask_quietly(request(recording, tmp_path, out_path=str(tmp_path / "q.npz")))
    assert engine.quiet_id == quiet
    assert not engine.busy
    news = quiet_answer(engine)
    assert (news[-1]["type"], news[-1]["id"]) == ("result", quiet)
    assert engine.quiet_id is None
    assert (tmp_path / "q.npz").is_file()
    assert engine.poll() == []


def test_a_job_calls_the_quiet_request_off_and_is_answered(
    engine, recording, long_recording, tmp_path
):
    quiet = engine.ask_quietly(request(long_recording, tmp_path, out_path=str(tmp_path / "q.npz")))
    while not engine.quiet_news():
        time.sleep(0.01)
    engine.submit(request(recording, tmp_path))
    assert [m for m in engine.quiet_news() if m["type"] != "progress"] == [
        {"type": "cancelled", "id": quiet}
    ]
    news = answer(engine)
    assert news[-1]["type"] == "result"
    assert {message["id"] for message in news} != {quiet}
    assert (tmp_path / "take.npz").is_file()
    assert not (tmp_path / "q.npz").exists()


def test_the_newest_quiet_request_wins(engine, recording, long_recording, tmp_path):
    first = engine.ask_quietly(request(long_recording, tmp_path, out_path=str(tmp_path / "1.npz")))
    second = engine.ask_quietly(request(recording, tmp_path, out_path=str(tmp_path / "2.npz")))
    news = quiet_answer(engine, until=("result",))
    assert [m["id"] for m in news if m["type"] == "cancelled"] == [first]
    assert news[-1]["id"] == second
    assert not (tmp_path / "1.npz").exists()


def test_what_fails_quietly_is_told_quietly(engine, tmp_path):
    engine.ask_quietly(request(tmp_path / "nothing.wav", tmp_path))
    news = quiet_answer(engine)
    assert news[-1]["type"] == "error"
    assert news[-1]["advice"]
    assert engine.poll() == []


def test_a_lost_worker_is_told_quietly(engine, long_recording, tmp_path):
    quiet = engine.ask_quietly(request(long_recording, tmp_path))
    while not engine.quiet_news():
        time.sleep(0.01)
    os.kill(engine.process_id, 9)
    assert quiet_answer(engine)[-1] == {"type": "lost", "id": quiet}
    engine.ask_quietly(request(long_recording, tmp_path))
    assert engine.process_id is not None


def test_a_render_whose_worker_died_is_told_though_a_quiet_request_starts_another(
    engine, long_recording, recording, tmp_path
):
    engine.submit(request(long_recording, tmp_path))
    answer(engine, until=("progress",))
    os.kill(engine.process_id, 9)
    while engine.process_id is not None:
        time.sleep(0.01)
    quiet = engine.ask_quietly(request(recording, tmp_path, out_path=str(tmp_path / "q.npz")))
    with pytest.raises(AnimatorError, match="ended in the middle of its work"):
        engine.poll()
    assert not engine.busy
    news = quiet_answer(engine)
    assert (news[-1]["type"], news[-1]["id"]) == ("result", quiet)
