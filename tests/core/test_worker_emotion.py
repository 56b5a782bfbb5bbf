# SPDX-License-Identifier: Apache-2.0
"""Emotion over time and from the voice, through a real worker process."""

from __future__ import annotations

import numpy as np
import pytest
from worker_under_test import request

from core.curves import load_performance
from core.direction import EMOTION_NAMES, Direction
from core.emotion_track import EmotionTrack


def emotion_request(job_id, sound, **changes):
    return {"type": "emotion", "id": job_id, "audio": {"path": str(sound)}, **changes}


def test_the_emotion_of_a_voice_comes_as_a_track_to_edit(worker, recording, tmp_path):
    worker.send(emotion_request("heard", recording))
    *progress, answer = worker.until_end("heard")
    assert list(dict.fromkeys(line["stage"] for line in progress)) == [
        "reading",
        "listening",
        "feeling",
    ]
    assert answer["type"] == "emotion_result"
    track = EmotionTrack.from_json(answer["track"])
    keys = len(track.time_seconds)
    # 11 s in four or five phrases: one or two keys each.
    assert 3 <= keys <= 12
    assert 0.0 <= track.time_seconds[0] < track.time_seconds[-1] <= answer["seconds"]
    assert len(answer["confidence"]) == keys
    assert all(0.0 <= sure <= 1.0 for sure in answer["confidence"])
    assert tuple(answer["utterance"]) == EMOTION_NAMES
    assert sum(answer["utterance"].values()) == pytest.approx(1.0)
    assert -1.0 <= answer["valence"] <= 1.0
    assert -1.0 <= answer["arousal"] <= 1.0
    assert answer["speech"] is True
    # What was suggested can be sent back as it is.
    direction = {"emotion_track": answer["track"]}
    worker.send(request("used", recording, tmp_path / "a.npz", direction=direction))
    assert worker.until_end("used")[-1]["type"] == "result"
    assert load_performance(tmp_path / "a.npz").meta["direction"]["emotion_track"] == (
        track.to_json()
    )


def test_where_nobody_speaks_the_track_is_one_neutral_key(worker, write_sound):
    worker.send(emotion_request("still", write_sound(np.zeros(32_000))))
    answer = worker.until_end("still")[-1]
    assert answer["speech"] is False
    assert answer["confidence"] == [0.0]
    assert answer["track"]["weights"] == {"neutral": [1.0]}


def test_a_range_counts_from_its_start(worker, recording):
    audio = {"path": str(recording), "start_seconds": 3.4, "duration_seconds": 2.0}
    worker.send(emotion_request("part", recording, audio=audio))
    answer = worker.until_end("part")[-1]
    assert answer["seconds"] == pytest.approx(2.0, abs=1e-3)
    assert 0.0 <= answer["track"]["time_seconds"][-1] <= 2.0


def test_the_same_voice_gives_the_same_answer(worker, recording):
    answers = []
    for name in ("a", "b"):
        worker.send(emotion_request(name, recording))
        answers.append({**worker.until_end(name)[-1], "id": ""})
    assert answers[0] == answers[1]


def test_a_request_for_emotion_can_be_called_off(worker, long_sound):
    worker.send(emotion_request("off", long_sound))
    assert worker.next()["type"] == "progress"
    worker.send({"type": "cancel", "id": "off"})
    assert worker.until_end("off")[-1] == {"type": "cancelled", "id": "off"}


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({"audio": None}, "bad_request", '"audio"'),
        ({"research": 7}, "bad_request", '"research" is 7'),
        ({"audio": {"path": "gone.wav"}}, "audio_missing", "gone.wav"),
        ({"deadline_seconds": "soon"}, "bad_request", '"deadline_seconds"'),
    ],
)
def test_a_bad_request_for_emotion_is_told(changes, code, told, worker, recording):
    worker.send(emotion_request("bad", recording, **changes))
    answer = worker.until_end("bad")[-1]
    assert (answer["type"], answer["code"]) == ("error", code)
    assert told in answer["message"]
    assert answer["advice"]


def test_a_research_folder_without_its_model_is_told(worker, recording, tmp_path):
    worker.send(emotion_request("lost", recording, research=str(tmp_path)))
    answer = worker.until_end("lost")[-1]
    assert answer["type"] == "error"
    assert str(tmp_path) in answer["message"]
    assert answer["advice"]


TIMES = [0.0, 1.0]


@pytest.mark.parametrize(
    ("track", "told"),
    [
        ({"time_seconds": TIMES, "weights": {"happy": [0.0, float("nan")]}}, "is nan at key 1"),
        ({"time_seconds": [1.0, 0.5]}, "does not come after"),
        ({"time_seconds": list(range(54_001))}, "has 54001 keys"),
        ({"time_seconds": TIMES, "weights": {"happy": [1.0]}}, "2 times but 1 values"),
        ({"time_seconds": TIMES, "weights": {"joy": [1.0, 1.0]}}, "'joy'"),
        ({"time_seconds": TIMES, "intensity": [1.0, 2.0]}, "intensity is 2 at key 1"),
        ({"time_seconds": TIMES, "speed": TIMES}, "'speed'"),
    ],
)
def test_a_bad_track_is_told_and_nothing_is_written(track, told, worker, recording, tmp_path):
    direction = {"emotion_track": track}
    worker.send(request("odd", recording, tmp_path / "a.npz", direction=direction))
    answer = worker.until_end("odd")[-1]
    assert (answer["type"], answer["code"]) == ("error", "bad_direction")
    assert told in answer["message"]
    assert answer["advice"]
    assert list(tmp_path.iterdir()) == []


def test_a_key_on_each_frame_of_half_an_hour_passes_the_line(worker, write_sound, tmp_path):
    times = np.arange(54_000) / 30 + 1 / 3
    weights = np.random.default_rng(0).uniform(0.0, 0.1, (54_000, len(EMOTION_NAMES)))
    track = EmotionTrack(times, weights, weights[:, 0])
    direction = Direction(emotion_track=track).to_json()
    sound = write_sound(np.zeros(8_000))
    worker.send(request("long", sound, tmp_path / "a.npz", direction=direction))
    assert worker.until_end("long")[-1]["type"] == "result"
    meta = load_performance(tmp_path / "a.npz").meta
    assert EmotionTrack.from_json(meta["direction"]["emotion_track"]) == track
