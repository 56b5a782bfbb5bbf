# SPDX-License-Identifier: Apache-2.0
"""The zip that animators get: what is in it, and that a Blender with nothing else in it can use it."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from bare_blender import make_bare_blender, run_in_blender
from install_helpers import one_line

from tools_install.console import Problem
from tools_install.extension_zip import build_zip, stage_models, with_wheels
from tools_install.wheels import TAGS, read_lock, this_platform

INSTALL_AND_SPEAK = """
import os, sys
import bpy
bpy.ops.extensions.package_install_files(filepath=sys.argv[1], repo="user_default", enable_on_install=True)
import numpy
for name in ("onnxruntime", "soundfile", "soxr"):
    module = __import__(name)
    assert "extensions" in module.__file__, module.__file__
    assert "wheels" not in numpy.__file__
scene = bpy.context.scene
strip = scene.sequence_editor_create().strips.new_sound("line", sys.argv[2], 1, 1)
bpy.ops.mesh.mien_head_add()
scene.mien.strip_name, scene.mien.target, scene.mien.emotion = strip.name, bpy.context.object, "sad"
print(bpy.ops.mien.generate())
data = bpy.context.object.data.shape_keys.animation_data
jaw = bpy.context.object.data.shape_keys.key_blocks["jawOpen"]
values = []
for frame in range(1, 265):
    scene.frame_set(frame)
    values.append(jaw.value)
print("JAW", max(values), flush=True)
os._exit(0)
"""


@pytest.fixture(scope="session")
def package(repository):
    return build_zip(repository, Path(sys.executable), this_platform())


@pytest.mark.slow
def test_the_zip_holds_what_inference_needs_and_no_more(package, repository):
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
    assert {"__init__.py", "core/worker.py", "models/models.json", "LICENSE"} <= set(names)
    assert {"LICENSES/GPL-3.0-or-later.txt", "LICENSES/Apache-2.0.txt"} <= set(names)
    assert not [
        name for name in names if "training" in name or name.endswith(".pyc") or "numpy" in name
    ]
    styles = {path.name for path in (repository / "core" / "styles").glob("*.json")}
    assert styles
    assert {f"core/styles/{name}" for name in styles} <= set(names)
    # Its licence allows no commercial work.
    assert not [name for name in names if "research" in name]
    wheels = sorted(name for name in names if name.endswith(".whl"))
    assert wheels == sorted(name.removeprefix("./") for name in manifest["wheels"])
    assert wheels == sorted(
        f"wheels/{row.file}" for row in read_lock(repository) if row.platform == this_platform()
    )
    assert manifest["platforms"] == [this_platform()]


@pytest.mark.slow
def test_a_blender_with_nothing_else_installs_it_and_makes_a_face_speak(
    package, repository, tmp_path
):
    python = make_bare_blender(tmp_path / "bare")
    done = run_in_blender(
        python, INSTALL_AND_SPEAK, tmp_path / "user", package, repository / "demo" / "speech.flac"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "{'FINISHED'}" in done.stdout
    opened = float(done.stdout.split("JAW")[1])
    assert opened > 0.1


def test_every_platform_is_locked_for_each_python_it_has_a_blender_for(repository):
    lock = read_lock(repository)
    needed = {"onnxruntime", "soundfile", "soxr", "cffi", "typing_extensions"}
    for platform in TAGS:
        for python in ("3.11",) if platform == "macos-x64" else ("3.11", "3.13"):
            rows = [row for row in lock if row.platform == platform and python in row.pythons]
            assert {row.requirement.split("==")[0] for row in rows} == needed, (platform, python)
            assert all(len(row.sha256) == 64 for row in rows)


def test_wheels_and_platform_go_before_the_first_table():
    manifest = (
        'id = "mien"\nplatforms = ["linux-x64", "windows-x64"]\n\n[permissions]\nfiles = "reads"\n'
    )
    read = tomllib.loads(with_wheels(manifest, "macos-arm64", ["a.whl", "b.whl"]))
    assert read["wheels"] == ["./wheels/a.whl", "./wheels/b.whl"]
    assert read["platforms"] == ["macos-arm64"]
    assert read["permissions"] == {"files": "reads"}


def test_a_manifest_without_tables_gets_them_too():
    assert tomllib.loads(with_wheels('id = "mien"\n', "linux-x64", ["a.whl"]))["wheels"] == [
        "./wheels/a.whl"
    ]


def test_a_model_that_is_not_the_named_one_stops_the_zip(tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    row = {"file": "a.onnx", "card": "a.md", "sha256": hashlib.sha256(b"right").hexdigest()}
    (models / "models.json").write_text(json.dumps({"models": [row]}))
    (models / "a.md").write_text("card")
    (models / "a.onnx").write_bytes(b"right")
    stage_models(models, tmp_path / "staged")
    (models / "a.onnx").write_bytes(b"wrong")
    shutil.rmtree(tmp_path / "staged")
    with pytest.raises(
        Problem, match=r"a\.onnx is missing or is not the file that models\.json names"
    ):
        stage_models(models, tmp_path / "staged")


def test_every_model_of_the_repository_travels_but_those_for_research(repository, tmp_path):
    stage_models(repository / "models", tmp_path / "staged")
    listed = json.loads((tmp_path / "staged" / "models.json").read_text())["models"]
    staged = {path.name for path in (tmp_path / "staged").rglob("*")}
    assert staged == {"models.json", *(row[key] for row in listed for key in ("file", "card"))}
    assert not [row for row in listed if "NC" in row["licence"]]


def test_an_unknown_platform_is_one_line(install, copy_of_repository):
    assert "choose one of linux-x64" in one_line(
        install(copy_of_repository, "zip", "--platform", "amiga")
    )
