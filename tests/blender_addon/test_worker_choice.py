# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker runs with what the preferences say, and is started anew where they have changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import bpy
import pytest
from bl_ext.devrepo.mien import jobs, preferences
from bl_ext.devrepo.mien.problems import AnimatorError
from bl_ext.devrepo.mien.worker_choice import automatic_threads
from job_studio import run, started_job
from studio import REPOSITORY

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/cmdline").exists(), reason="asks Linux for a process's command line"
)


@pytest.fixture
def chosen(scene):
    jobs.stop_engine()
    found = preferences.chosen()
    yield found
    jobs.stop_engine()
    found.interpreter, found.threads, found.models_folder = "", 0, ""


@pytest.fixture
def other_python(tmp_path):
    """A second program of this Python, with its packages."""
    folder = tmp_path / "other"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = next(folder.glob("lib/python*/site-packages"))
    source = next(path for path in sys.path if (Path(path) / "onnxruntime").is_dir())
    (packages / "others.pth").write_text(source)
    return folder / "bin" / "python"


def command_line(engine):
    raw = Path(f"/proc/{engine.process_id}/cmdline").read_bytes()
    return raw.decode().rstrip("\0").split("\0")


def spoken():
    assert bpy.ops.mien.generate() == {"FINISHED"}
    return jobs.engine()


def test_by_default_it_is_blenders_own_python_with_the_models_that_came_with_it(chosen):
    choice = preferences.worker_choice()
    assert choice.interpreter == ""
    assert choice.models_folder == REPOSITORY / "models"
    assert choice.threads == automatic_threads()


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4), (64, 4)])
def test_automatic_threads_leave_blender_half_the_cores(cores, threads):
    assert automatic_threads(cores) == threads


@needs_proc
def test_it_stays_warm_while_nothing_changes_and_takes_new_threads_at_next_use(stage, chosen):
    chosen.threads = 2
    first = spoken().process_id
    assert command_line(jobs.engine())[-2:] == ["--threads", "2"]
    assert spoken().process_id == first
    chosen.threads = 1
    second = spoken()
    assert command_line(second)[-2:] == ["--threads", "1"]
    assert second.process_id != first
    assert not Path(f"/proc/{first}").exists()


def test_a_change_in_mid_run_waits_for_the_next_take(stage, chosen, recording):
    job = started_job(stage[0], recording)
    chosen.threads = 3
    assert jobs.engine() is job.engine
    run(job)
    assert not job.cancelled
    assert jobs.engine() is not job.engine


@needs_proc
def test_another_python_runs_the_worker(stage, chosen, other_python):
    chosen.interpreter = str(other_python)
    assert command_line(spoken())[0] == str(other_python)


def test_a_python_that_cannot_run_it_is_said_before_anything_happens(stage, chosen, tmp_path):
    chosen.interpreter = str(tmp_path / "python")
    with pytest.raises(RuntimeError, match="is not a file"):
        bpy.ops.mien.generate()
    assert stage[2].data.shape_keys.animation_data is None
    with pytest.raises(AnimatorError, match="is not a file"):
        jobs.engine()


def test_other_models_are_taken_and_checked_before_they_are_loaded(stage, chosen, tmp_path):
    models = tmp_path / "models"
    shutil.copytree(REPOSITORY / "models", models, ignore=shutil.ignore_patterns("research"))
    chosen.models_folder = str(models)
    spoken()
    with (models / "pitch.onnx").open("r+b") as file:
        file.write(b"broken")
    jobs.stop_engine()
    with pytest.raises(RuntimeError, match=r"pitch\.onnx is damaged"):
        bpy.ops.mien.generate()


def test_the_take_is_the_same_with_any_number_of_threads(stage, chosen, long_recording, tmp_path):
    takes = []
    for threads in (1, 3):
        chosen.threads = threads
        engine = jobs.engine()
        path = tmp_path / f"take_{threads}.npz"
        engine.submit(
            {
                "type": "performance",
                "audio": {
                    "path": str(long_recording),
                    "start_seconds": 0.0,
                    "duration_seconds": 30.0,
                    "name": "Line",
                },
                "direction": {"emotion": "happy"},
                "fps": 24.0,
                "out_path": str(path),
                "deadline_seconds": 60,
            }
        )
        while engine.busy:
            engine.poll()
            time.sleep(0.01)
        takes.append(path.read_bytes())
    assert takes[0] == takes[1]
