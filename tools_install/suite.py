# SPDX-License-Identifier: Apache-2.0
"""`install.py test` and `install.py lint`: the suite in each Blender, each in its own environment and process.

Avatars have a turn of their own, in the one environment that holds torch. It comes first: the add-on's tests start
the real avatar's worker in that environment.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .avatar import FOLDER as AVATAR_FOLDER
from .avatar import PYTHON_VARIABLE, avatar_environment, avatar_python, ensure_avatar
from .console import Problem
from .environment import Environment, ensure, is_ready, requirements_of, run_python
from .pythons import SUPPORTED, find_python

BLENDER_OF_PYTHON = {(3, 11): "4.5", (3, 13): "5.2"}
# The other Blenders that Mien supports: the oldest, a stand-in, and the one between the two LTS. Blender 4.2's wheel is
# built without sound; the 4.3.0 wheel has 4.2's interface (`sequences`, no slots in Actions) and sound. With numpy 2
# Blender's sound module does not load in any of them. What takes long and does not ask Blender runs elsewhere.
OTHERS = {"4.2": "4.2.23", "4.3": "4.3.0", "5.0": "5.0.1"}
OTHERS_PYTHON = (3, 11)
OTHERS_TESTS = ("tests/blender_addon", "tests/install/test_zip_speaks.py")
OTHERS_TESTS += ("-m", "not slow or every_blender")
# What needs torch, mediapipe or PyAV; elsewhere it is left out by conftest.py files.
AVATAR_TESTS = ("tests/avatar", "tests/core/film", "tests/core/training/test_track_film.py")
# 4.3.0 is no LTS and stands in for 4.2 with sound. It once crashed in loading an empty file, long after the avatar's
# tests, of which none asks for sound; they run in the four others.
LEFT_OUT = {"4.3": ("--ignore=tests/blender_addon/avatar",)}
MAIN_FOLDER = ".venv"


@dataclass(frozen=True)
class Turn:
    """One run of the suite: its name, the environment, and what pytest is given."""

    name: str
    environment: Environment
    pytest_arguments: tuple[str, ...]


def main_environment(root: Path, groups: Sequence[str]) -> Environment:
    """`.venv`: built from the running Python, with the Blender that fits it."""
    return Environment(
        MAIN_FOLDER, (sys.executable,), sys.version_info[:2], requirements_of(root, groups)
    )


def planned_turns(
    root: Path, *, everything: bool, pytest_arguments: Sequence[str]
) -> tuple[list[Turn], list[str]]:
    """The runs to make, and for each that cannot be made a line that says why."""
    requirements = requirements_of(root, ("blender", "plot", "test"))
    running = sys.version_info[:2]
    chosen = tuple(pytest_arguments)
    main = main_environment(root, ("blender", "plot", "test"))
    turns = [Turn(f"Blender {BLENDER_OF_PYTHON[running]}", main, chosen)]
    left_out: list[str] = []
    if not everything:
        return turns, left_out
    for version in SUPPORTED:
        if version == running:
            continue
        python, blender = find_python(version), BLENDER_OF_PYTHON[version]
        if python is None:
            left_out.append(
                f"Blender {blender}: not run, no Python {version[0]}.{version[1]} on this computer"
            )
            continue
        turns.append(
            Turn(
                f"Blender {blender}",
                Environment(f".venv-{blender}", tuple(python), version, requirements),
                chosen,
            )
        )
    other_turns, other_left_out = turns_in_other_blenders(root, chosen)
    avatar = Turn("avatar", avatar_environment(root), (*AVATAR_TESTS, *chosen))
    return [avatar, *turns, *other_turns], [*left_out, *other_left_out]


def turns_in_other_blenders(root: Path, chosen: Sequence[str]) -> tuple[list[Turn], list[str]]:
    """The add-on's own tests and the zip's in the Blenders between, and a line where that cannot be."""
    python = find_python(OTHERS_PYTHON)
    if python is None:
        wanted = ".".join(map(str, OTHERS_PYTHON))
        return [], [f"Blender {', '.join(OTHERS)}: not run, no Python {wanted} on this computer"]
    shared = requirements_of(root, ("plot", "test"))
    return [
        Turn(
            f"Blender {blender}",
            Environment(
                f".venv-{blender}",
                tuple(python),
                OTHERS_PYTHON,
                (*shared, f"bpy=={wheel}", "numpy>=1.26,<2"),
            ),
            (*OTHERS_TESTS, *LEFT_OUT.get(blender, ()), *chosen),
        )
        for blender, wheel in OTHERS.items()
    ], []


def run_tests(root: Path, *, everything: bool, pytest_arguments: Sequence[str]) -> int:
    """Run the suite in turn; returns 0 only if every run passed. Raises Problem if an environment cannot be made."""
    turns, lines = planned_turns(root, everything=everything, pytest_arguments=pytest_arguments)
    failed = False
    for turn in turns:
        is_avatar = turn.environment.folder == AVATAR_FOLDER
        python = ensure_avatar(root) if is_avatar else ensure(root, turn.environment)
        print(f"* tests: {turn.name} ({turn.environment.folder})", flush=True)
        started = time.monotonic()
        code = run_python(python, ["-m", "pytest", *turn.pytest_arguments], root, told(root))
        failed |= code != 0
        words = "passed" if code == 0 else f"FAILED (pytest's exit code {code})"
        lines.append(f"{turn.name}: {words} in {time.monotonic() - started:.0f} s")
    print("\n".join(lines), flush=True)
    return int(failed)


def told(root: Path) -> dict[str, str]:
    """What tests are told of the avatar's Python, where there is one."""
    if is_ready(root, avatar_environment(root)):
        return {PYTHON_VARIABLE: str(avatar_python(root))}
    return {}


def run_lint(root: Path) -> int:
    """Ruff and mypy over the project; returns 0 if both are content."""
    python = ensure(root, main_environment(root, ("blender", "plot", "test")))
    checks = (
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-m", "mypy", "core"],
    )
    codes = [run_python(python, check, root) for check in checks]
    if any(codes):
        raise Problem("the checkers found something; their words are above")
    return 0
