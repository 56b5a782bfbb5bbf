# SPDX-License-Identifier: Apache-2.0
"""The zips that animators get, one for each platform: what is in them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from install_helpers import one_line

from tools_install import extension_zip
from tools_install.console import Problem
from tools_install.extension_zip import (
    LARGEST_BYTES,
    build_zip,
    pack,
    stage,
    stage_models,
    with_wheels,
)
from tools_install.pythons import SUPPORTED
from tools_install.wheels import TAGS, read_lock, this_platform

PYTHONS = ("3.11", "3.13")
BROUGHT = {"onnxruntime", "soundfile", "soxr", "cffi", "typing_extensions"}
# How a wheel's name ends, by Blender's name for the platform.
PLATFORM_ENDS = {
    "linux-x64": r"manylinux\w*_x86_64(\.manylinux\w*_x86_64)*",
    "windows-x64": r"win_amd64",
    "macos-arm64": r"macosx_\d+_\d+_(arm64|universal2)",
    "macos-x64": r"macosx_\d+_\d+_(x86_64|universal2)",
}


# Zips for other systems are the same from either Python, and each takes seven seconds.
PLATFORMS = TAGS if sys.version_info[:2] == SUPPORTED[0] else (this_platform(),)


@pytest.fixture(scope="module", params=PLATFORMS)
def platform(request):
    return request.param


@pytest.fixture(scope="module")
def package(repository, platform):
    """The zip for a platform; Blender's own builder has built it and found it valid."""
    return build_zip(repository, Path(sys.executable), platform)


def runs_on(wheel, python):
    """Whether a wheel's Python tags take a CPython such as "3.11"."""
    pythons, abi, _ = wheel.removesuffix(".whl").split("-")[-3:]
    digits = python.replace(".", "")
    if abi == "abi3":
        return int(pythons.removeprefix("cp")) <= int(digits)
    return abi == "none" or f"cp{digits}" in pythons.split(".")


@pytest.mark.slow
def test_the_zip_holds_what_inference_needs_and_no_more(package, platform, repository):
    with zipfile.ZipFile(package) as archive:
        names = archive.namelist()
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
    assert {"__init__.py", "core/worker.py", "models/models.json", "LICENSE"} <= set(names)
    assert {"LICENSES/GPL-3.0-or-later.txt", "LICENSES/Apache-2.0.txt"} <= set(names)
    assert not [
        name
        for name in names
        if name.startswith("core/training/") or name.endswith(".pyc") or "numpy" in name
    ]
    # The avatar's worker runs from the add-on's folder, so that both are always of one version.
    for part in ("avatar", "film"):
        sources = {
            path.relative_to(repository) for path in (repository / "core" / part).rglob("*.py")
        }
        assert sources
        assert {path.as_posix() for path in sources} <= set(names)
    styles = {path.name for path in (repository / "core" / "styles").glob("*.json")}
    assert styles
    assert {f"core/styles/{name}" for name in styles} <= set(names)
    # Its licence allows no commercial work.
    assert not [name for name in names if "research" in name]
    wheels = sorted(name for name in names if name.endswith(".whl"))
    assert wheels == sorted(name.removeprefix("./") for name in manifest["wheels"])
    assert wheels == sorted(
        f"wheels/{row.file}" for row in read_lock(repository) if row.platform == platform
    )
    assert manifest["platforms"] == [platform]
    assert package.stat().st_size < LARGEST_BYTES


@pytest.mark.slow
def test_its_wheels_are_of_its_platform_and_serve_both_pythons(package, platform):
    with zipfile.ZipFile(package) as archive:
        wheels = [Path(name).name for name in archive.namelist() if name.endswith(".whl")]
    for wheel in wheels:
        end = wheel.removesuffix(".whl").split("-")[-1]
        assert end == "any" or re.fullmatch(PLATFORM_ENDS[platform], end), wheel
    for python in PYTHONS:
        assert {wheel.split("-")[0] for wheel in wheels if runs_on(wheel, python)} == BROUGHT


@pytest.mark.slow
def test_a_zip_that_is_too_large_is_not_handed_out(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(extension_zip, "LARGEST_BYTES", 1_000_000)
    stage(repository, tmp_path / "stage", this_platform(), ())
    kept = tmp_path / "dist" / "mien.zip"
    kept.parent.mkdir()
    kept.write_bytes(b"an earlier one")
    with pytest.raises(Problem, match="MB, more than 1 MB"):
        pack(repository, Path(sys.executable), tmp_path / "stage", kept)
    assert list(kept.parent.iterdir()) == [kept]
    assert kept.read_bytes() == b"an earlier one"


def test_every_platform_is_locked_for_each_python(repository):
    lock = read_lock(repository)
    for name in TAGS:
        for python in PYTHONS:
            rows = [row for row in lock if row.platform == name and python in row.pythons]
            assert {row.requirement.split("==")[0] for row in rows} == BROUGHT, (name, python)
            assert all(len(row.sha256) == 64 and runs_on(row.file, python) for row in rows)


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
