# SPDX-License-Identifier: Apache-2.0
"""The demo's film and file, made from the first two seconds of the recording and looked at from outside."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import soundfile
from bare_blender import run_in_blender

from tools_install.demo import Wish, describe, fingerprint, is_up_to_date, source_files

CLIP_SECONDS = 2.0
FRAMES = 48

LOOK = """
import json, os, sys
import bpy
import aud
import numpy as np
film, recording, blend = sys.argv[1:4]
clip = bpy.data.movieclips.load(film)
filmed = {"frames": clip.frame_duration, "size": list(clip.size), "fps": clip.fps}
heard, said = (aud.Sound(path).resample(16000, 3).data().mean(axis=1) for path in (film, recording))
said = np.pad(said, (0, max(0, len(heard) - len(said))))[: len(heard)]
lags = np.fft.irfft(np.fft.rfft(heard, 2 * len(heard)) * np.conj(np.fft.rfft(said, 2 * len(heard))))
lag = int(np.argmax(lags))
lag -= 2 * len(heard) if lag > len(heard) else 0
bpy.ops.wm.open_mainfile(filepath=blend)
scene = bpy.context.scene
head = next(o for o in bpy.data.objects if o.type == "MESH" and o.data.shape_keys)
jaw = []
for frame in range(scene.frame_start, scene.frame_end + 1):
    scene.frame_set(frame)
    jaw.append(head.data.shape_keys.key_blocks["jawOpen"].value)
print("SEEN", json.dumps({
    **filmed, "lag_seconds": lag / 16000,
    "loudest": float(np.abs(heard).max()), "packed": all(sound.packed_file for sound in bpy.data.sounds),
    "camera": scene.camera is not None, "jaw": [min(jaw), max(jaw)], "range": [scene.frame_start, scene.frame_end],
}), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def made(repository, tmp_path_factory):
    out = tmp_path_factory.mktemp("demo")
    samples, rate = soundfile.read(repository / "demo" / "speech.flac")
    recording = out / "two seconds.wav"
    soundfile.write(recording, samples[: int(CLIP_SECONDS * rate)], rate)
    command = [
        sys.executable,
        "demo/make_take.py",
        "--audio",
        str(recording),
        "--emotion",
        "angry",
        "--out",
        str(out),
    ]
    done = subprocess.run(
        command, cwd=repository, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr + (out / "demo_blender.log").read_text()
    seen = run_in_blender(
        sys.executable, LOOK, out / "user", out / "demo.mp4", recording, out / "demo.blend"
    )
    assert seen.returncode == 0, seen.stdout + seen.stderr
    return json.loads(seen.stdout.split("SEEN")[1].splitlines()[0]), done.stdout


@pytest.mark.slow
def test_the_film_has_every_frame(made):
    seen, _ = made
    assert (seen["frames"], seen["size"], seen["fps"]) == (FRAMES, [512, 512], 24.0)


@pytest.mark.slow
def test_sound_and_picture_start_together(made):
    seen, _ = made
    assert seen["loudest"] > 0.1
    assert abs(seen["lag_seconds"]) < 0.5 / 24


@pytest.mark.slow
def test_the_file_opens_with_its_sound_inside_and_its_face_speaking(made):
    seen, _ = made
    assert seen["packed"]
    assert seen["camera"]
    assert seen["range"] == [1, FRAMES]
    assert seen["jaw"][1] - seen["jaw"][0] > 0.05


@pytest.mark.slow
def test_each_step_says_how_long_it_took(made):
    _, told = made
    assert told.count("done in") == 4
    assert "48 frames of 512 x 512 pixels, Blender " in told


@pytest.mark.slow
def film_of(recording, repository, out):
    """The demo's Blender part, run on a recording that it cannot use."""
    command = [sys.executable, "demo/make_take.py", "--audio", str(recording), "--out", str(out)]
    done = subprocess.run(
        command, cwd=repository, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 1
    assert not list(out.glob("demo*.mp4"))
    return done.stdout


def test_a_recording_that_is_none_is_one_line(repository, tmp_path):
    text = tmp_path / "notes.wav"
    text.write_text("this is no sound")
    told = film_of(text, repository, tmp_path / "out")
    assert "holds no sound that Blender can read" in told


def test_what_the_worker_logged_is_kept_and_no_deleted_log_is_named(repository, tmp_path):
    soundfile.write(tmp_path / "nothing.wav", [], 16_000)
    told = film_of(tmp_path / "nothing.wav", repository, tmp_path / "out")
    assert "holds no sound. Choose a file" in told
    assert "worker-" not in told
    log = (tmp_path / "out" / "demo_blender.log").read_text(encoding="utf-8")
    assert "audio_empty" in log


def test_results_are_up_to_date_until_anything_they_come_from_changes(copy_of_repository, tmp_path):
    wish = Wish(copy_of_repository / "demo" / "speech.flac", "happy", 0.8, tmp_path)
    for name in ("demo.blend", "demo.mp4", "demo_curves.png"):
        (tmp_path / name).write_text(name)
    wanted, record = fingerprint(copy_of_repository, wish), tmp_path / ".demo.json"
    assert not is_up_to_date(record, wanted, tmp_path)
    record.write_text(json.dumps(describe(wanted, tmp_path)))
    assert is_up_to_date(record, wanted, tmp_path)
    other = Wish(wish.audio, "sad", 0.8, tmp_path)
    assert fingerprint(copy_of_repository, other) != wanted
    changed = next(path for path in source_files(copy_of_repository) if path.suffix == ".json")
    changed.write_text(changed.read_text() + "\n")
    assert fingerprint(copy_of_repository, wish) != wanted
    (tmp_path / "demo.mp4").write_text("cut off")
    assert not is_up_to_date(record, wanted, tmp_path)
