# SPDX-License-Identifier: Apache-2.0
"""`install.py test` and `install.py lint`: the suite in each Blender, each in its own environment and process.

Avatars have a turn of their own, in the one environment that holds torch; the add-on's tests start the real avatar's
worker in that environment. With --all two turns run at a time, which takes little more than half as long.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .avatar import FOLDER as AVATAR_FOLDER
from .avatar import PYTHON_VARIABLE, avatar_environment, avatar_python, ensure_avatar
from .console import Problem
from .environment import Environment, ensure, is_ready, requirements_of, run_python
from .lanes import Program, side_by_side
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
# 4.3.0 stands in for 4.2 with sound. About one run in three has crashed after 1,400 tests in one of these two, where a
# scene is freed: the second scene's override_library held 0x202000, recalc bits that something had set on a data-block
# which was gone. Whose pointer that was is not found; the two alone never crash, and 4.5, 5.0 and 5.2 run them.
LEFT_OUT = {
    "4.3": tuple(
        f"--deselect=tests/blender_addon/test_preview_file.py::{name}"
        for name in (
            "test_a_scene_that_is_gone_ends_it",
            "test_another_scene_in_the_window_leaves_it_alone",
        )
    )
}
MAIN_FOLDER = ".venv"
# The longest first, so that the lanes end at about the same time.
LONGEST_FIRST = (
    "Blender 5.2",
    "Blender 4.5",
    "Blender 5.0",
    "Blender 4.3",
    "avatar",
    "Blender 4.2",
)
# A turn keeps one core busy most of the time, and takes 1 to 2 GB of memory.
MOST_LANES = 2
THREADS_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


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
    every = sorted([avatar, *turns, *other_turns], key=lambda turn: LONGEST_FIRST.index(turn.name))
    return every, [*left_out, *other_left_out]


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
    """Run the suite's turns; returns 0 only if every one passed. Raises Problem if an environment cannot be made."""
    turns, lines = planned_turns(root, everything=everything, pytest_arguments=pytest_arguments)
    # All of them before the first turn: the add-on's tests start the worker in the avatar's.
    pythons = [prepared(root, turn.environment) for turn in turns]
    if everything:
        programs = [
            Program(
                turn.name,
                f"tests-{turn.environment.folder.lstrip('.')}",
                (str(python), "-m", "pytest", *turn.pytest_arguments),
            )
            for turn, python in zip(turns, pythons, strict=True)
        ]
        results = run_in_lanes(root, programs)
    else:
        results = [run_alone(root, turns[0], pythons[0])]
    print("\n".join([*lines, *(words for _, words in results)]), flush=True)
    return int(any(code for code, _ in results))


def prepared(root: Path, environment: Environment) -> Path:
    """The interpreter of an environment, made if it is not there. Raises Problem."""
    if environment.folder == AVATAR_FOLDER:
        return ensure_avatar(root)
    return ensure(root, environment)


def run_alone(root: Path, turn: Turn, python: Path) -> tuple[int, str]:
    """One turn with its words on the terminal; returns pytest's exit code and a line for the summary."""
    print(f"* tests: {turn.name} ({turn.environment.folder})", flush=True)
    started = time.monotonic()
    code = run_python(python, ["-m", "pytest", *turn.pytest_arguments], root, told(root))
    return code, summary(turn.name, code, time.monotonic() - started)


def run_in_lanes(root: Path, programs: Sequence[Program]) -> list[tuple[int, str]]:
    """Turns side by side, each one's words in one piece at its end; returns exit codes and lines for the summary."""
    cores = os.cpu_count() or 1
    lanes = min(MOST_LANES, cores)
    # Two that each spread over all cores would wait for one another.
    variables = {name: str(cores // lanes) for name in THREADS_VARIABLES}
    results = []
    for news in side_by_side(root, programs, lanes, {**variables, **told(root)}):
        if news.code is None:
            print(f"* {news.name}: {news.seconds / 60:.0f} min {far(news.log)}", flush=True)
            continue
        line = summary(news.name, news.code, news.seconds)
        results.append((news.code, line))
        print(f"* {line}. In its own words ({news.log}):", flush=True)
        print(news.log.read_text(encoding="utf-8", errors="replace"), flush=True)
    return results


def far(log: Path) -> str:
    """How far pytest says that it is, such as "[ 41%]"; empty before its first full line."""
    said = log.read_text(encoding="utf-8", errors="replace")
    return next(iter(re.findall(r"\[ *\d+%\]", said)[-1:]), "")


def summary(name: str, code: int, seconds: float) -> str:
    """A turn's line at the end of all."""
    words = "passed" if code == 0 else f"FAILED (pytest's exit code {code})"
    return f"{name}: {words} in {seconds:.0f} s"


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
