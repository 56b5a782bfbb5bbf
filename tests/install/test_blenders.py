# SPDX-License-Identifier: Apache-2.0
"""Finding Blenders, and what is said when there is none, one that is too old, or something else by that name."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from install_helpers import one_line

from tools_install.blenders import OLDEST, find_blenders, install_into, version_of

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="these lay out Linux folders"
)


def put_blender(path, version, exit_code=0):
    """An executable that answers as Blender's command line does, and notes what it was asked."""
    path.parent.mkdir(parents=True)
    path.write_text(
        "#!/bin/sh\n"
        f'if [ "$1" = --version ]; then echo "{version}"; exit 0; fi\n'
        f'echo "$@" > "{path.parent}/asked"; echo "cannot install this"; exit {exit_code}\n'
    )
    path.chmod(0o755)
    return path


def test_the_usual_places_are_searched_and_each_blender_is_found_once(tmp_path, monkeypatch):
    home = tmp_path / "home"
    unpacked = put_blender(home / "blender-4.5.15-linux-x64" / "blender", "Blender 4.5.15 LTS")
    other = put_blender(home / "Applications" / "Blender-5.2" / "blender", "Blender 5.2.3 LTS")
    on_path = tmp_path / "bin"
    on_path.mkdir()
    (on_path / "blender").symlink_to(unpacked)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{on_path}{os.pathsep}{os.environ['PATH']}")
    found = [command[0] for command in find_blenders()]
    assert found[0] == str(unpacked)
    assert found.count(str(unpacked)) + found.count(str(on_path / "blender")) == 1
    assert str(other) in found


def test_a_blender_says_its_version(tmp_path):
    assert version_of([str(put_blender(tmp_path / "a" / "blender", "Blender 4.5.15 LTS"))]) == (
        4,
        5,
    )
    assert (
        version_of([str(put_blender(tmp_path / "b" / "blender", "A blender for soups 5.2"))])
        is None
    )
    assert version_of([str(tmp_path / "missing")]) is None


def test_one_that_is_too_old_is_left_alone(tmp_path, capsys):
    old = put_blender(tmp_path / "old" / "blender", "Blender 3.6.9")
    assert not install_into(tmp_path, [str(old)], tmp_path / "mien.zip")
    assert f"is older than {OLDEST[0]}.{OLDEST[1]}; left alone" in capsys.readouterr().out
    assert not (old.parent / "asked").exists()


def test_it_is_asked_to_install_and_enable(tmp_path, capsys):
    blender = put_blender(tmp_path / "new" / "blender", "Blender 5.2.3 LTS")
    assert install_into(tmp_path, [str(blender)], tmp_path / "mien.zip")
    asked = (blender.parent / "asked").read_text().split()
    assert asked == [
        *["--command", "extension", "install-file", "-r", "user_default", "--enable"],
        str(tmp_path / "mien.zip"),
    ]
    assert "installed and enabled" in capsys.readouterr().out


def test_a_refusal_is_shown_in_blenders_own_words(tmp_path, capsys):
    blender = put_blender(tmp_path / "new" / "blender", "Blender 5.2.3 LTS", exit_code=1)
    assert not install_into(tmp_path, [str(blender)], tmp_path / "mien.zip")
    assert "cannot install this" in capsys.readouterr().out


def test_none_found_says_what_to_do(install, copy_of_repository, tmp_path):
    environment = {"HOME": str(tmp_path / "nobody"), "PATH": str(tmp_path)}
    if any(
        Path(path).exists()
        for path in ("/usr/bin/blender", "/usr/local/bin/blender", "/snap/bin/blender")
    ):
        pytest.skip("this computer has a Blender of its own")
    answer = one_line(install(copy_of_repository, "blender", env=environment))
    assert "no Blender was found on PATH or in the usual places" in answer
    assert "--blender /path/to/blender" in answer


def test_a_wrong_path_is_one_line(install, copy_of_repository):
    assert "/nowhere/blender is not a file" in one_line(
        install(copy_of_repository, "blender", "--blender", "/nowhere/blender")
    )
