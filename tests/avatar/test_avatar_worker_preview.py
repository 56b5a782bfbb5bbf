# SPDX-License-Identifier: Apache-2.0
"""Previews of the real worker process: what they show, in which look, and how soon the first one comes."""

from __future__ import annotations

import numpy as np
from asking import (
    PATIENCE_SECONDS,
    SIDE,
    as_texts,
    ask,
    camera,
    camera_fields,
    logged,
    pose,
    shot_file,
)
from crude_avatar import crude_avatar, two_looks, write_crude_track
from worker_under_test import Worker

from core.avatar.avatar_file import save_avatar
from core.avatar.plate_film import open_plate


def test_a_preview_is_a_picture_and_a_second_one_follows_the_face(worker, avatar_file, tmp_path):
    pictures = []
    for jaw in (0.0, 1.0):
        out = tmp_path / "preview.npy"
        fields = {"avatar": avatar_file, "out_path": out, "camera": camera(), **pose(jawOpen=jaw)}
        answer = ask(worker, "preview", **fields)[-1]
        assert answer["type"] == "avatar_preview_result"
        pictures.append(np.load(out))
    for picture in pictures:
        assert picture.shape == (SIDE, SIDE, 4)
        assert picture.dtype == np.float32
        assert 0.2 < picture[..., 3].mean() < 0.9
        assert (picture[..., :3] <= picture[..., 3:] + 1e-3).all(), "colour is multiplied by alpha"
    assert np.abs(pictures[0] - pictures[1]).max() > 0.1
    assert [path.name for path in tmp_path.iterdir()] == ["preview.npy"]


def test_an_avatar_that_was_trained_again_is_read_again(worker, tmp_path):
    path, out = tmp_path / "own.mienavatar", tmp_path / "preview.npy"
    pictures = []
    for count in (400, 60):
        save_avatar(path, crude_avatar(count))
        ask(worker, "preview", avatar=path, out_path=out, camera=camera(), **pose())
        pictures.append(np.load(out))
    assert np.abs(pictures[0] - pictures[1]).max() > 0.1


def test_a_preview_and_a_ply_wear_the_look_that_is_asked_for(worker, tmp_path):
    path = tmp_path / "ada.mienavatar"
    save_avatar(path, two_looks())
    pictures, clouds = [], []
    for number, look in enumerate((None, "monday", "tuesday", "monday")):
        out = tmp_path / f"{number}.npy"
        asked = {"avatar": path, "out_path": out, "camera": camera(), "look": look, **pose()}
        assert ask(worker, "preview", **asked)[-1]["type"] == "avatar_preview_result"
        pictures.append(np.load(out))
        ply = tmp_path / f"{number}.ply"
        assert ask(worker, "ply", avatar=path, out_path=ply, look=look)[-1]["gaussians"] == 400
        clouds.append(ply.read_bytes())
    for same in (pictures, [np.frombuffer(cloud, np.uint8) for cloud in clouds]):
        assert np.array_equal(same[0], same[1])
        assert np.array_equal(same[1], same[3])
        assert not np.array_equal(same[1], same[2])


def test_a_preview_over_a_film_has_its_camera_shape_and_look(worker, tmp_path):
    path, out = tmp_path / "ada.mienavatar", tmp_path / "a.npy"
    save_avatar(path, two_looks())
    folder = write_crude_track(tmp_path / "ada.mientrack", film="tuesday.mkv", size=(96, 48))
    seconds = 20.2 / 24.0
    view = {"plate": str(folder), "seconds": seconds, "longest_side": 64}
    ask(worker, "preview", avatar=path, out_path=out, film_view=view, **pose())
    seen = np.load(out)
    assert seen.shape == (32, 64, 4)
    render = open_plate(folder).camera(20)
    same = {"camera": camera_fields(render.scaled(64 / 96)), "look": "tuesday"}
    ask(worker, "preview", avatar=path, out_path=out, **same, **pose())
    assert 0.05 < seen[..., 3].mean() < 0.9
    assert np.allclose(np.load(out), seen, atol=1e-4)


def test_a_film_that_was_tracked_again_is_read_again(worker, avatar_file, tmp_path):
    out, shapes = tmp_path / "a.npy", []
    for size in ((96, 48), (48, 96)):
        folder = write_crude_track(tmp_path / "ada.mientrack", size=size)
        view = {"plate": str(folder), "seconds": 0.0, "longest_side": 32}
        ask(worker, "preview", avatar=avatar_file, out_path=out, film_view=view, **pose())
        shapes.append(np.load(out).shape[:2])
    assert shapes == [(16, 32), (32, 16)]


def test_a_preview_is_drawn_between_the_frames_of_a_render(worker, avatar_file, tmp_path):
    shot = shot_file(tmp_path / "shot.npz", 400)
    out = {"avatar": avatar_file, "out_path": tmp_path / "take_####.png"}
    worker.send(as_texts({"type": "avatar_render", "id": "long", "shot": shot, **out}))
    while "frame" not in worker.next():
        pass
    asked = {"avatar": avatar_file, "out_path": tmp_path / "a.npy", "camera": camera(), **pose()}
    *between, answer = ask(worker, "preview", **asked)
    assert answer["type"] == "avatar_preview_result"
    assert {line["type"] for line in between} == {"progress"}, "the render has not ended"
    wrong = ask(worker, "preview", **{**asked, "look": "sunday"})[-1]
    assert wrong["code"] == "avatar_look"
    worker.send({"type": "cancel", "id": "long"})
    assert worker.until_end("long")[-1] == {"type": "cancelled", "id": "long"}
    assert len(list(tmp_path.glob("*.png"))) < 400


def test_who_is_not_asked_at_once_gets_ready_to_draw(repository, avatar_file, tmp_path):
    """As when an avatar was attached, and its first picture is wanted once the camera stands."""
    log = tmp_path / "worker.log"
    own = Worker(
        repository, *("--log", log), module="core.avatar.worker", patience=PATIENCE_SECONDS
    )
    assert logged(log, "draw_once: after")
    out = tmp_path / "a.npy"
    answer = ask(own, "preview", avatar=avatar_file, out_path=out, camera=camera(), **pose())[-1]
    assert answer["type"] == "avatar_preview_result"
    assert own.end() == 0


def test_who_is_asked_at_once_answers_first(repository, avatar_file, tmp_path):
    log = tmp_path / "worker.log"
    own = Worker(
        repository, *("--log", log), module="core.avatar.worker", patience=PATIENCE_SECONDS
    )
    assert ask(own, "papers", avatar=avatar_file)[-1]["papers"]
    assert own.end() == 0
    assert "load_drawing" not in log.read_text()
