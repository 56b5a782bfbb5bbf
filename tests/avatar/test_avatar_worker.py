# SPDX-License-Identifier: Apache-2.0
"""The real worker process of the avatar, asked as the add-on asks it."""

from __future__ import annotations

import os

import pytest
from asking import PATIENCE_SECONDS, as_texts, ask, camera, logged, pose, shot_file
from crude_avatar import CONSENT
from film_studio import make_film
from worker_under_test import Worker

from core import __version__
from core.curves import load_performance


def test_the_greeting_names_the_avatars_worker(worker):
    assert worker.hello == {
        "type": "hello",
        "worker": "avatar",
        "protocol": 1,
        "version": __version__,
        "pid": worker.process.pid,
    }


def test_versions(worker):
    answer = ask(worker, "versions")[-1]
    assert answer["type"] == "avatar_versions_result"
    assert answer["missing"] == []
    assert {"torch", "numba", "mediapipe"} <= set(answer["packages"])
    assert answer["cuda"] is None or isinstance(answer["cuda"], str)


def test_papers(worker, avatar_file):
    answer = ask(worker, "papers", avatar=avatar_file)[-1]
    assert answer["papers"]["consent"]["person"] == CONSENT["person"]


@pytest.mark.parametrize("ending", ["exr", "png"])
def test_frames_are_written_one_by_one_with_progress(ending, worker, avatar_file, tmp_path):
    shot = shot_file(tmp_path / "shot.npz", 3)
    out = tmp_path / "frames" / f"take_####.{ending}"
    out.parent.mkdir()
    *progress, answer = ask(worker, "render", avatar=avatar_file, shot=shot, out_path=out)
    assert answer["type"] == "avatar_render_result"
    assert (answer["first_frame"], answer["frames"], answer["notes"]) == (5, 3, [])
    names = [f"take_000{number}.{ending}" for number in (5, 6, 7)]
    assert sorted(path.name for path in out.parent.iterdir()) == names
    # Lines that follow each other within a twentieth of a second are left out, the last one too.
    told = [line["frame"] for line in progress if "frame" in line]
    assert told == sorted(told)
    assert set(told) <= {5, 6, 7}
    again = ask(worker, "render", avatar=avatar_file, shot=shot, out_path=out)[-1]
    assert "3 frames were there already" in again["notes"][0]


def test_a_render_that_is_called_off_keeps_its_frames_and_goes_on_later(
    worker, avatar_file, tmp_path
):
    shot = shot_file(tmp_path / "shot.npz", 400)
    out = tmp_path / "frames" / "take_####.png"
    out.parent.mkdir()
    request = {"type": "avatar_render", "id": "off", "avatar": avatar_file, "shot": shot}
    worker.send(as_texts({**request, "out_path": out}))
    while "frame" not in worker.next():
        pass
    worker.send({"type": "cancel", "id": "off"})
    assert worker.until_end("off")[-1] == {"type": "cancelled", "id": "off"}
    made = sorted(path.name for path in out.parent.iterdir())
    assert 1 <= len(made) < 400
    assert made == [f"take_{number:04d}.png" for number in range(5, 5 + len(made))]


def test_the_processor_may_be_asked_for(worker, avatar_file, tmp_path):
    out = tmp_path / "preview.npy"
    fields = {"avatar": avatar_file, "out_path": out, "camera": camera(), **pose()}
    assert "seconds" in ask(worker, "preview", **fields, device="cpu")[-1]
    shot = shot_file(tmp_path / "shot.npz", 1)
    fields = {"avatar": avatar_file, "shot": shot, "out_path": tmp_path / "take_####.png"}
    answer = ask(worker, "render", **fields, device="cpu")[-1]
    assert (answer["frames"], answer["notes"]) == (1, [])


def test_out_of_time(worker, avatar_file, tmp_path):
    shot = shot_file(tmp_path / "shot.npz", 400)
    fields = {"avatar": avatar_file, "shot": shot, "out_path": tmp_path / "take_####.png"}
    answer = ask(worker, "render", **fields, deadline_seconds=0.3)[-1]
    assert (answer["type"], answer["code"]) == ("error", "deadline")
    assert "fewer or smaller pictures" in answer["advice"]


@pytest.mark.parametrize("posed", [False, True])
def test_splats_for_other_tools(posed, worker, avatar_file, tmp_path):
    out = tmp_path / "head.ply"
    answer = ask(
        worker, "ply", avatar=avatar_file, out_path=out, **(pose(jawOpen=1) if posed else {})
    )[-1]
    assert (answer["type"], answer["gaussians"]) == ("avatar_ply_result", 400)
    assert out.read_bytes().startswith(b"ply\nformat binary_little_endian 1.0\n")


def test_a_film_to_curves(worker, tmp_path):
    film, out = tmp_path / "film.mp4", tmp_path / "take.npz"
    make_film(film, 3.0, 25, has_sound=False)
    *progress, answer = ask(
        worker, "capture", film=film, out_path=out, start_seconds=0.5, duration_seconds=2.0
    )
    assert answer["type"] == "avatar_capture_result", answer
    performance = load_performance(out)
    assert performance.frames == answer["frames"]
    assert performance.fps == pytest.approx(25.0)
    assert performance.values[:, 17].std() > 0.02, "the jaw speaks"
    assert len({line["stage"] for line in progress}) >= 2


@pytest.mark.parametrize(
    "case",
    [
        ("dance", {}, "bad_request"),
        ("papers", {}, "bad_request"),
        ("papers", {"avatar": "/gone.mienavatar"}, "avatar_missing"),
        ("preview", {"values": [0.0] * 51}, "bad_request"),
        ("preview", {"values": ["a"] * 52}, "bad_request"),
        ("preview", {"values": None}, "bad_request"),
        ("preview", {"camera": {}}, "bad_request"),
        ("preview", {"camera": {"width": 1e6}}, "bad_request"),
        ("preview", {"head_to_root": [2.0] * 16}, "bad_request"),
        ("preview", {"out_path": "/gone/preview.npy"}, "not_writable"),
        ("preview", {"look": "sunday"}, "avatar_look"),
        ("preview", {"look": 1}, "bad_request"),
        ("preview", {"film_view": {"plate": "/gone.mientrack"}}, "bad_request"),
        (
            "preview",
            {"film_view": {"plate": "/gone.mientrack", "longest_side": 9}},
            "track_missing",
        ),
        ("ply", {"look": "sunday"}, "avatar_look"),
        ("render", {"shot": "/gone.npz"}, "shot_unreadable"),
        ("render", {"shot": "/gone.npz", "out_path": "frame.jpg"}, "shot_unreadable"),
        ("render", {"normals": 1}, "bad_request"),
        ("render", {"shot": "/gone.npz", "device": "gpu"}, "no_device"),
        ("preview", {"device": "gpu"}, "no_device"),
        ("preview", {"device": 1}, "bad_request"),
        ("capture", {"film": "/gone.mp4"}, "film_missing"),
        ("track", {"films": []}, "bad_request"),
        ("track", {"films": "film.mp4"}, "bad_request"),
        ("train", {"consent": {"person": "Ada"}}, "consent_missing"),
        ("train", {"consent": 1}, "bad_request"),
        ("train", {"options": {"stepz": 1}}, "bad_request"),
        ("train", {"options": {"steps": "many"}}, "bad_request"),
        ("train", {"track": "/gone.mientrack"}, "track_missing"),
    ],
    ids=lambda case: f"{case[0]}-{'-'.join(case[1])}",
)
def test_a_bad_request_is_told_with_advice(case, worker, avatar_file, tmp_path):
    kind, changes, code = case
    whole = {
        "papers": {},
        "preview": {
            "avatar": avatar_file,
            "out_path": tmp_path / "a.npy",
            "camera": camera(),
            **pose(),
        },
        "ply": {"avatar": avatar_file, "out_path": tmp_path / "a.ply"},
        "render": {"avatar": avatar_file, "shot": "", "out_path": tmp_path / "a_####.png"},
        "capture": {"out_path": tmp_path / "take.npz"},
        "track": {"out_path": tmp_path / "a.mientrack"},
        "train": {
            "track": "/gone.mientrack",
            "out_path": tmp_path / "a.mienavatar",
            "consent": CONSENT,
        },
    }.get(kind, {})
    answer = ask(worker, kind, **{**whole, **changes})[-1]
    assert (answer["type"], answer["code"]) == ("error", code), answer
    assert answer["message"]
    assert answer["advice"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["torch", "mediapipe"])
def test_a_package_that_is_missing_is_named(package, repository, avatar_file, tmp_path):
    """A folder of its name that is no package stands before the real one."""
    (tmp_path / f"{package}.py").write_text(f"raise ModuleNotFoundError('gone', name='{package}')")
    paths = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    log = tmp_path / "worker.log"
    worker = Worker(
        repository,
        *("--log", log),
        module="core.avatar.worker",
        patience=PATIENCE_SECONDS,
        PYTHONPATH=paths,
    )
    if package == "torch":
        assert logged(log, "not prepared: gone")
        out = tmp_path / "a.npy"
        answer = ask(
            worker, "preview", avatar=avatar_file, out_path=out, camera=camera(), **pose()
        )[-1]
    else:
        film = tmp_path / "film.mp4"
        make_film(film, 1.5, 25, has_sound=False)
        answer = ask(worker, "capture", film=film, out_path=tmp_path / "take.npz")[-1]
    assert worker.end() == 0
    assert answer["type"] == "error"
    assert package in answer["message"]
    assert "install.py avatar" in answer["advice"] or "[avatar]" in answer["advice"]
