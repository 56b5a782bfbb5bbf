# SPDX-License-Identifier: Apache-2.0
"""Which Blenders the suite runs in: all five, each in an environment of its own."""

from __future__ import annotations

import sys

import pytest

from tools_install import suite
from tools_install.pythons import SUPPORTED, find_python

needs_both = pytest.mark.skipif(
    not all(find_python(version) for version in SUPPORTED),
    reason="this computer lacks one of the two Pythons",
)


@needs_both
def test_everything_is_five_blenders_each_in_its_own_environment(repository):
    turns, left_out = suite.planned_turns(repository, everything=True, pytest_arguments=())
    assert left_out == []
    assert sorted(turn.blender for turn in turns) == ["4.2", "4.3", "4.5", "5.0", "5.2"]
    assert len({turn.environment.folder for turn in turns}) == 5
    assert {turn.blender for turn in turns if not turn.pytest_arguments} == {"4.5", "5.2"}
    for turn in turns:
        if turn.blender in suite.OTHERS:
            assert f"bpy=={suite.OTHERS[turn.blender]}" in turn.environment.requirements
            assert "numpy>=1.26,<2" in turn.environment.requirements
            assert "tests/install/test_zip_speaks.py" in turn.pytest_arguments


def test_a_plain_test_is_one_blender_that_fits_the_running_python(repository):
    turns, left_out = suite.planned_turns(
        repository, everything=False, pytest_arguments=("-x", "tests/core")
    )
    assert [turn.pytest_arguments for turn in turns] == [("-x", "tests/core")]
    assert turns[0].blender == suite.BLENDER_OF_PYTHON[sys.version_info[:2]]
    assert left_out == []


def test_a_computer_without_a_python_says_what_is_not_run(repository, monkeypatch):
    monkeypatch.setattr(suite, "find_python", lambda version: None)
    turns, left_out = suite.planned_turns(repository, everything=True, pytest_arguments=())
    assert len(turns) == 1
    assert any("Blender 4.2, 4.3, 5.0: not run, no Python 3.11" in line for line in left_out)
