# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

import numpy as np
import pytest
from encrypted_zip import encrypt_in_name

from core.curves import Performance, Span, load_performance, save_performance
from core.direction import EMOTION_NAMES
from core.errors import MienError
from core.face.arkit import CHANNEL_NAMES
from core.live_link import HEADER, load_live_link_csv, save_live_link_csv

FPS = 24_000 / 1001


@pytest.fixture
def performance():
    random = np.random.default_rng(3)
    frames = 75

    def curves(*shape):
        return random.random((frames, *shape), np.float32)

    return Performance(
        time_seconds=np.arange(frames) / FPS,
        values=curves(57),
        lips=curves(57),
        expression=curves(57) - 0.5,
        landmarks_mix=curves(68, 3),
        landmarks_lips=curves(68, 3),
        landmarks_expression=curves(68, 3),
        phones=(Span("M", 0.1, 0.2, 0.9), Span("ə", 0.2, 0.3, 0.5)),
        contacts=(Span("bilabial", 0.1, 0.2, 0.75),),
        emotion_names=EMOTION_NAMES,
        emotion=curves(9),
        meta={"fps": FPS, "seed": 1, "direction": {"emotion": "sad"}, "text": "Größe"},
    )


def test_npz_round_trip_keeps_every_number(performance, tmp_path):
    save_performance(performance, tmp_path / "take.npz")
    again = load_performance(tmp_path / "take.npz")
    for field in dataclasses.fields(Performance):
        before, after = getattr(performance, field.name), getattr(again, field.name)
        if isinstance(before, np.ndarray):
            assert after.dtype == before.dtype
            assert after.tobytes() == before.tobytes()
        elif field.name not in {"phones", "contacts"}:
            assert after == before
    assert [span.label for span in again.phones] == ["M", "ə"]
    assert again.contacts[0].confidence == pytest.approx(0.75)


def test_npz_has_the_documented_arrays_and_never_needs_pickle(performance, tmp_path):
    save_performance(performance, tmp_path / "take.npz")
    with np.load(tmp_path / "take.npz", allow_pickle=False) as file:
        assert {name: file[name].shape for name in file.files} == {
            "time_seconds": (75,),
            "channel_names": (57,),
            "values": (75, 57),
            "lips": (75, 57),
            "expression": (75, 57),
            "landmarks_mix": (75, 68, 3),
            "landmarks_lips": (75, 68, 3),
            "landmarks_expression": (75, 68, 3),
            "phone_labels": (2,),
            "phone_times_seconds": (2, 2),
            "phone_confidence": (2,),
            "contact_labels": (1,),
            "contact_times_seconds": (1, 2),
            "contact_confidence": (1,),
            "word_labels": (0,),
            "word_times_seconds": (0, 2),
            "word_confidence": (0,),
            "emotion_names": (9,),
            "emotion": (75, 9),
            "viseme_names": (15,),
            "visemes": (0, 15),
            "mouths": (0,),
            "meta_json": (),
        }
        assert tuple(file["channel_names"]) == CHANNEL_NAMES


def test_no_phones_and_no_contacts_can_be_saved(performance, tmp_path):
    empty = dataclasses.replace(performance, phones=(), contacts=())
    save_performance(empty, tmp_path / "take.npz")
    again = load_performance(tmp_path / "take.npz")
    assert again.phones == ()
    assert again.contacts == ()


def test_equal_performances_are_equal_files(performance, tmp_path):
    save_performance(performance, tmp_path / "a.npz")
    save_performance(performance, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_folder_that_is_not_there_is_told_and_leaves_nothing(performance, tmp_path):
    with pytest.raises(MienError, match="cannot be written") as told:
        save_performance(performance, tmp_path / "no" / "take.npz")
    assert told.value.code == "not_writable"


def test_any_place_that_cannot_be_written_is_told(performance, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"")
    for target in (file / "a.npz", tmp_path, tmp_path / ("x" * 300 + ".npz"), Path("/")):
        with pytest.raises(MienError) as told:
            save_performance(performance, target)
        assert told.value.code == "not_writable"
    assert list(tmp_path.iterdir()) == [file]
    save_performance(performance, tmp_path / ("x" * 240 + ".npz"))


def test_a_failed_write_keeps_the_old_file(performance, tmp_path, monkeypatch):
    target = tmp_path / "take.npz"
    target.write_bytes(b"old")

    def full_disk(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "open", full_disk)
    with pytest.raises(MienError, match="No space left"):
        save_performance(performance, target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["take.npz"]


def test_a_performance_that_is_not_there_is_told(tmp_path):
    with pytest.raises(MienError, match=r"There is no performance .*gone\.npz") as told:
        load_performance(tmp_path / "gone.npz")
    assert told.value.code == "performance_unreadable"


def test_a_lone_array_is_no_performance(tmp_path):
    np.save(tmp_path / "take.npy", np.zeros(3))
    with pytest.raises(MienError, match="is not a performance"):
        load_performance(tmp_path / "take.npy")


def test_an_encrypted_performance_is_told(tmp_path, performance):
    save_performance(performance, tmp_path / "take.npz")
    encrypt_in_name(tmp_path / "take.npz")
    with pytest.raises(MienError, match="encrypted") as told:
        load_performance(tmp_path / "take.npz")
    assert told.value.code == "performance_unreadable"


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_performance_is_told(content, tmp_path):
    path = tmp_path / "take.npz"
    path.write_bytes(content)
    with pytest.raises(MienError, match="is not a performance") as told:
        load_performance(path)
    assert told.value.code == "performance_unreadable"


@pytest.mark.parametrize(
    ("field", "change", "complaint"),
    [
        ("values", lambda a: a[:-1], "shape"),
        ("values", lambda a: a * np.nan, "not finite"),
        ("values", lambda a: a + 1.0, "leaves 0..1"),
        ("lips", lambda a: a - 1.0, "leaves 0..1"),
        ("emotion", lambda a: a[:, :3], "shape"),
    ],
)
def test_a_performance_checks_itself(performance, field, change, complaint):
    with pytest.raises(ValueError, match=complaint):
        dataclasses.replace(performance, **{field: change(getattr(performance, field))})


def test_csv_round_trip_keeps_every_number(performance, tmp_path):
    path = tmp_path / "take.csv"
    save_live_link_csv(performance.time_seconds, performance.values, FPS, path)
    time, values = load_live_link_csv(path, FPS)
    assert values.tobytes() == performance.values.tobytes()
    assert np.abs(time - performance.time_seconds).max() < 0.001 / FPS


@pytest.mark.parametrize(
    ("fps", "frames", "counted"),
    [(24.0, 75, 24.0), (FPS, 75, 24.0), (60.0, 75, 60.0), (30.0, 20, 60.0)],
    ids=["24", "23.976", "60", "less than a second: the app's"],
)
def test_csv_says_by_its_timecode_how_many_frames_a_second_it_has(
    performance, tmp_path, fps, frames, counted
):
    path = tmp_path / "take.csv"
    written = np.arange(frames) / fps
    save_live_link_csv(written, performance.values[:frames], fps, path)
    time, _ = load_live_link_csv(path)
    assert np.abs(time % 1.0 * counted - written % 1.0 * fps).max() < 0.002


def test_csv_that_counts_further_than_it_is_said_to_is_told(performance, tmp_path):
    path = tmp_path / "take.csv"
    save_live_link_csv(np.arange(75) / 60.0, performance.values, 60.0, path)
    for fps in (24.0, 0.0, float("nan")):
        with pytest.raises(MienError, match="counts to frame 59"):
            load_live_link_csv(path, fps)


def test_csv_has_the_columns_of_live_link_face(performance, tmp_path):
    path = tmp_path / "take.csv"
    save_live_link_csv(performance.time_seconds, performance.values, FPS, path)
    header, first, *_ = path.read_text(encoding="utf-8").splitlines()
    assert tuple(header.split(",")) == HEADER
    assert len(HEADER) == 63
    assert first.startswith("00:00:00:00.000,61,")
    assert HEADER[16:20] == ("JawForward", "JawRight", "JawLeft", "JawOpen")
    mouth_right = CHANNEL_NAMES.index("mouthRight")
    column = HEADER.index("MouthRight")
    assert float(first.split(",")[column]) == pytest.approx(performance.values[0, mouth_right])


def test_csv_that_is_none_is_told(tmp_path):
    path = tmp_path / "take.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(MienError, match="is not a Live Link Face recording"):
        load_live_link_csv(path)


def test_a_file_from_before_words_still_opens(performance, tmp_path):
    save_performance(performance, tmp_path / "take.npz")
    with np.load(tmp_path / "take.npz") as file:
        older = {name: file[name] for name in file.files if not name.startswith("word_")}
    np.savez(tmp_path / "older.npz", **older)
    assert load_performance(tmp_path / "older.npz").words == ()
