# SPDX-License-Identifier: Apache-2.0
"""`install.py test` and `install.py lint`: the suite in each Blender, each in its own environment and process."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .console import Problem
from .environment import Environment, ensure, requirements_of, run_python
from .pythons import SUPPORTED, find_python

BLENDER_OF_PYTHON = {(3, 11): "4.5", (3, 13): "5.2"}
# Blender 4.2 LTS is the oldest that the add-on supports, but its wheel is built without sound. The 4.3.0 wheel has
# 4.2's interface (`sequences`, no slots in Actions) and sound, so it stands in for it. Slow tests run elsewhere.
OLDEST = ("4.3", (3, 11), ("bpy==4.3.0", "numpy>=1.26,<2"))
OLDEST_TESTS = ("tests/blender_addon", "-m", "not slow")
MAIN_FOLDER = ".venv"


@dataclass(frozen=True)
class Turn:
    """One run of the suite: Blender's version, the environment, and what pytest is given."""

    blender: str
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
    turns = [Turn(BLENDER_OF_PYTHON[running], main, chosen)]
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
                blender,
                Environment(f".venv-{blender}", tuple(python), version, requirements),
                chosen,
            )
        )
    blender, version, wheels = OLDEST
    python = find_python(version)
    if python:
        others = requirements_of(root, ("plot", "test"))
        environment = Environment(f".venv-{blender}", tuple(python), version, (*others, *wheels))
        turns.append(Turn(blender, environment, (*OLDEST_TESTS, *chosen)))
    return turns, left_out


def run_tests(root: Path, *, everything: bool, pytest_arguments: Sequence[str]) -> int:
    """Run the suite in turn; returns 0 only if every run passed. Raises Problem if an environment cannot be made."""
    turns, lines = planned_turns(root, everything=everything, pytest_arguments=pytest_arguments)
    failed = False
    for turn in turns:
        python = ensure(root, turn.environment)
        print(f"* tests in Blender {turn.blender} ({turn.environment.folder})", flush=True)
        started = time.monotonic()
        code = run_python(python, ["-m", "pytest", *turn.pytest_arguments], root)
        failed |= code != 0
        told = "passed" if code == 0 else f"FAILED (pytest's exit code {code})"
        lines.append(f"Blender {turn.blender}: {told} in {time.monotonic() - started:.0f} s")
    print("\n".join(lines), flush=True)
    return int(failed)


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
