# SPDX-License-Identifier: Apache-2.0
"""What the worker keeps between requests, and when it listens again."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from worker_under_test import request

from core.curves import load_performance
from core.kept import Kept, size_bytes
from core.protocol import SoundRange
from core.sessions import Sessions


def stages(lines):
    return {line["stage"] for line in lines if line["type"] == "progress"}


def test_a_second_direction_is_not_listened_to_again(worker, recording, tmp_path):
    for number, direction in enumerate(({"emotion": "happy"}, {"emotion": "sad", "seed": 3})):
        job = f"kept {number}"
        target = tmp_path / f"{number}.npz"
        worker.send(request(job, recording, target, direction=direction, session="strip"))
        lines = worker.until_end(job)
        assert lines[-1]["type"] == "result"
        assert lines[-1]["first_frame"] == 0
        assert ("listening" in stages(lines)) is (number == 0)
    plain = tmp_path / "plain.npz"
    worker.send(request("plain", recording, plain, direction={"emotion": "sad", "seed": 3}))
    assert "listening" in stages(worker.until_end("plain"))
    assert plain.read_bytes() == (tmp_path / "1.npz").read_bytes()


def test_a_window_of_the_take(worker, recording, tmp_path):
    worker.send(request("whole", recording, tmp_path / "whole.npz", session="strip"))
    worker.until_end("whole")
    worker.send(
        request("part", recording, tmp_path / "part.npz", session="strip", window=[5.0, 6.0])
    )
    answer = worker.until_end("part")[-1]
    assert (answer["first_frame"], answer["frames"]) == (120, 25)
    whole, part = (load_performance(tmp_path / f"{name}.npz") for name in ("whole", "part"))
    assert np.abs(part.values - whole.values[120:145]).max() < 1e-3


def test_another_range_or_another_file_is_listened_to(worker, recording, tmp_path):
    sound = tmp_path / "sound.flac"
    sound.write_bytes(Path(recording).read_bytes())
    changes = [
        {},
        {"audio": {"path": str(sound), "start_seconds": 1.0, "duration_seconds": 3.0}},
        {"audio": {"path": str(sound), "start_seconds": 1.0, "duration_seconds": 3.0}, "fps": 30.0},
    ]
    heard = []
    for number, change in enumerate(changes):
        worker.send(request(f"r{number}", sound, tmp_path / "a.npz", session="range", **change))
        heard.append("listening" in stages(worker.until_end(f"r{number}")))
    os.utime(sound, ns=(1, 1))
    worker.send(request("touched", sound, tmp_path / "a.npz", session="range", **changes[-1]))
    heard.append("listening" in stages(worker.until_end("touched")))
    assert heard == [True, True, False, True]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"session": 4}, "bad_request"),
        ({"session": ""}, "bad_request"),
        ({"window": [1.0]}, "bad_request"),
        ({"window": [2.0, 1.0]}, "bad_request"),
        ({"window": [90.0, 91.0]}, "bad_window"),
        ({"phones": [["QQ", 0.1, 0.2]]}, "bad_phones"),
        ({"words": [["word", 0.2, 0.1]]}, "bad_words"),
        ({"words": [["word", 10.0, 14.0]]}, "bad_words"),
    ],
)
def test_what_makes_no_sense_is_refused(change, code, worker, recording, tmp_path):
    worker.send(request("odd", recording, tmp_path / "a.npz", **change))
    answer = worker.until_end("odd")[-1]
    assert (answer["type"], answer["code"]) == ("error", code)
    assert answer["advice"]
    assert list(tmp_path.iterdir()) == []


def heard_of(megabytes):
    return SimpleNamespace(nbytes=megabytes * 2**20)


def test_the_least_used_go_first_and_one_stays():
    sessions, made = Sessions(most_bytes=100 * 2**20), []

    def open_named(name, megabytes):
        sound = SoundRange(Path(f"/nowhere/{name}.wav"), 0.0, None, None)
        session = sessions.open(name, sound, lambda: made.append(name) or heard_of(megabytes))
        sessions.trim()
        return session

    first = open_named("a", 40)
    open_named("b", 40)
    assert open_named("a", 40) is first
    open_named("c", 40)
    assert [name in sessions for name in "abc"] == [True, False, True]
    open_named("huge", 500)
    assert [name in sessions for name in ("a", "c", "huge")] == [False, False, True]
    assert made == ["a", "b", "c", "huge"]


def test_what_is_kept_is_counted_and_bounded():
    kept = Kept(most_each=2)
    for number in range(4):
        assert kept.once("curves", number, lambda: np.zeros(1000)).shape == (1000,)
    assert kept.bytes == 16_000
    assert kept.find("curves", 1) is None
    assert kept.find("curves", 3) is not None
    nothing = Kept(0)
    assert nothing.once("curves", 1, lambda: 5) == 5
    assert nothing.find("curves", 1) is None
    assert size_bytes((np.zeros(10), [np.zeros(5, np.float32)])) == 100
