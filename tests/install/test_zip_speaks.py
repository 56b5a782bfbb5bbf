# SPDX-License-Identifier: Apache-2.0
"""The zip in the Blender that runs this test: installed from disk it does the main job, without a network.

Runs in every Blender that Mien supports. Blender 4.2 as a Python module is built without sound, so there
the file goes to the worker and onto the face by the add-on's own modules instead of by a strip.
"""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bare_blender import make_bare_blender, run_in_blender

from tools_install.extension_zip import build_zip
from tools_install.wheels import this_platform

pytest.importorskip("bpy", reason="this needs Blender's Python module")
pytestmark = [pytest.mark.slow, pytest.mark.every_blender]

REACHES_OUT = {"socket", "ssl", "http", "urllib", "requests", "ftplib", "smtplib", "asyncio"}


@pytest.fixture(scope="module")
def package(repository):
    return build_zip(repository, Path(sys.executable), this_platform())


def without_network():
    """What to put before a command so that it sees no network but its own; empty where that is not possible."""
    if not shutil.which("unshare"):
        return ()
    for line in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if subprocess.run([*line, "true"], capture_output=True, check=False).returncode == 0:
            return line
    return ()


def test_it_is_installed_and_makes_a_face_speak_without_a_network(package, repository, tmp_path):
    before = without_network()
    if sys.platform.startswith("linux"):
        assert before, "this Linux cannot cut a process off the network (unshare)"
    script = (Path(__file__).parent / "main_job.py").read_text(encoding="utf-8")
    sound = repository / "demo" / "speech.flac"
    python = make_bare_blender(tmp_path / "bare")
    done = run_in_blender(
        python, script, tmp_path / "user", package, sound, tmp_path, before=before
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout.split("SEEN ")[1])
    lowest, highest, different = seen["jaw"]
    assert seen["actions_made"] >= 1
    assert highest - lowest > 0.1
    assert different > 50
    assert seen["actions_left"] == 0
    assert seen["jaw_after"] == [0.0, 0.0]
    assert seen["by_strip"] or seen["blender"].startswith("4.2")


def test_nothing_of_ours_in_the_zip_could_reach_out(package):
    seen = 0
    with zipfile.ZipFile(package) as archive:
        for name in archive.namelist():
            if not name.endswith(".py"):
                continue
            seen += 1
            for node in ast.walk(ast.parse(archive.read(name))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.level == 0:
                    names = [node.module]
                assert not {each.split(".")[0] for each in names} & REACHES_OUT, name
        assert "network" not in archive.read("blender_manifest.toml").decode()
    assert seen > 100
