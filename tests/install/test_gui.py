# SPDX-License-Identifier: Apache-2.0
"""Where the test in a window can run, and what is said where it cannot. The walk itself: `install.py gui`."""

from __future__ import annotations

import os
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tools_install import gui, gui_chroot
from tools_install.console import Problem
from tools_install.extension_zip import build_bare_zip

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it asks for Linux")


@pytest.fixture
def not_root(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)


@needs_linux
def test_where_it_cannot_run_it_says_so_and_passes_only_if_asked_to(
    not_root, repository, tmp_path, capsys
):
    folder, out = tmp_path / "debian", tmp_path / "out"
    assert gui.run(repository, "trixie", folder, out, if_possible=True) == 0
    assert "The test in a window was not run: it " in capsys.readouterr().out
    with pytest.raises(Problem, match="cannot run the test in a window: it "):
        gui.run(repository, "trixie", folder, out, if_possible=False)
    assert not folder.exists()
    assert not out.exists()


@pytest.mark.skipif(not gui_chroot.mirror(), reason="apt has no address here")
def test_packages_come_from_where_apt_takes_its_own():
    assert gui_chroot.mirror().split(":")[0] in {"http", "https", "file", "copy"}
    assert "security" not in gui_chroot.mirror()


def test_pictures_of_an_earlier_walk_go(tmp_path):
    inside, out = tmp_path / "inside", tmp_path / "out"
    inside.mkdir()
    out.mkdir()
    (out / "failed.jpg").write_bytes(b"old")
    (out / "gui_old.jpg").write_bytes(b"old")
    (out / "mine.jpg").write_bytes(b"mine")
    (inside / "gui_new.jpg").write_bytes(b"new")
    (inside / "blender.log").write_bytes(b"log")
    gui.fetch_results(inside, out)
    assert {path.name for path in out.iterdir()} == {"gui_new.jpg", "blender.log", "mine.jpg"}


@pytest.mark.slow
def test_a_zip_without_wheels_is_whole_but_for_them(repository):
    pytest.importorskip("bpy", reason="Blender's builder comes with it")
    with zipfile.ZipFile(build_bare_zip(repository, Path(sys.executable))) as archive:
        names = archive.namelist()
        manifest = tomllib.loads(archive.read("blender_manifest.toml").decode())
    assert not [name for name in names if name.endswith(".whl")]
    assert "wheels" not in manifest
    assert {"__init__.py", "core/worker.py", "models/models.json"} <= set(names)
