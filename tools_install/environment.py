# SPDX-License-Identifier: Apache-2.0
"""The virtual environments, each built aside and put in place when complete."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import pip_errors
from .console import Problem, clean_environment, run_logged, step
from .disk import BLENDER_BYTES, only_one, require_space
from .system_libraries import (
    BLENDER_LIBRARIES,
    Libraries,
    check_system_libraries,
    check_venv_module,
)

STAMP = "mien.json"


@dataclass(frozen=True)
class Environment:
    """One folder with a Python and what is installed into it.

    Attributes:
        folder: the environment's folder name under the repository.
        python: the command line of the Python it is built from.
        version: that Python's version, such as (3, 11).
        requirements: what pip installs, in pip's notation.
        alone: what it installs without what that asks for.
        build: arguments of a pip run that goes before, where a package comes in several builds.
        holds: in the person's words.
        size_bytes: on disk, with the downloads beside it while they are unpacked.
        libraries: what it takes from a Linux system.
    """

    folder: str
    python: tuple[str, ...]
    version: tuple[int, int]
    requirements: tuple[str, ...]
    alone: tuple[str, ...] = ()
    build: tuple[str, ...] = ()
    holds: str = "Blender as a Python package (1.4 GB on disk)"
    size_bytes: int = BLENDER_BYTES
    libraries: Libraries = BLENDER_LIBRARIES


def requirements_of(root: Path, groups: Sequence[str]) -> tuple[str, ...]:
    """The core's dependencies and those of the named extras, from pyproject.toml: the one place that pins them."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return (*project["dependencies"], *(line for group in groups for line in extras[group]))


def python_in(folder: Path) -> Path:
    """The environment's interpreter."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def is_ready(root: Path, environment: Environment) -> bool:
    """True if the folder holds a complete environment of this Python with at least these requirements.

    The stamp is written last, so it is the proof that the rest is there.
    """
    folder = root / environment.folder
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        version, installed = stamp["version"], set(stamp["requirements"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    same_python = version == list(environment.version) and python_in(folder).exists()
    return same_python and installed >= {*environment.requirements, *environment.alone}


def ensure(root: Path, environment: Environment) -> Path:
    """Make sure that the environment is there and complete; returns its interpreter. Raises Problem."""
    folder = root / environment.folder
    if not is_ready(root, environment):
        with only_one(root):
            check_venv_module(root, environment.python)
            require_space(root, environment.size_bytes, environment.folder)
            with step(f"{environment.folder}: installing {environment.holds}"):
                build(root, environment)
    check_system_libraries(root, environment.libraries)
    return python_in(folder)


def build(root: Path, environment: Environment) -> None:
    """Build aside, then swap: an interrupted run leaves the old environment, or none, never half a one."""
    folder = root / environment.folder
    aside, old = (root / f"{environment.folder}.{word}" for word in ("building", "old"))
    for left_by_a_killed_run in (aside, old):
        remove(left_by_a_killed_run)
    try:
        fill(root, environment, aside)
        if folder.exists():
            folder.rename(old)
        correct_paths(aside, folder)
        aside.rename(folder)
    finally:
        remove(aside)
        remove(old)


def fill(root: Path, environment: Environment, folder: Path) -> None:
    """Make the environment in a folder and install into it."""
    name = environment.folder.lstrip(".")
    code, log = run_logged(root, f"{name}-create", [*environment.python, "-m", "venv", str(folder)])
    if code:
        raise Problem(
            f"a virtual environment could not be made with {' '.join(environment.python)} (log: {log})"
        )
    for number, wanted in enumerate((environment.build, environment.alone)):
        if wanted:
            pip_install(root, f"{name}-install-{number}", folder, ("--no-deps", *wanted))
    pip_install(root, f"{name}-install", folder, environment.requirements)
    installed = (*environment.requirements, *environment.alone)
    stamp = {"version": environment.version, "requirements": installed}
    (folder / STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def pip_install(root: Path, name: str, folder: Path, wanted: Sequence[str]) -> None:
    """Run an environment's pip. Raises Problem with the cause."""
    # --no-compile: compiled files would carry the temporary folder's name into every traceback.
    command = [str(python_in(folder)), "-m", "pip", "install", "--no-compile", "--no-input"]
    command += ["--disable-pip-version-check", "--progress-bar", "off", *wanted]
    code, log = run_logged(root, name, command)
    if code:
        raise Problem(pip_errors.explain(log))


def correct_paths(aside: Path, folder: Path) -> None:
    """Put the final path into the scripts that carry their own (activate, pip, pytest); POSIX only.

    On Windows the .exe launchers keep the old path: use `python -m pip` there, as this program does.
    """
    if os.name == "nt":
        return
    for script in (aside / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            content = script.read_bytes()
            script.write_bytes(content.replace(bytes(aside), bytes(folder)))


def remove(folder: Path) -> None:
    """Delete a folder if it is there."""
    if folder.exists():
        shutil.rmtree(folder)


def run_python(
    python: Path, arguments: Sequence[str], root: Path, extra: dict[str, str] | None = None
) -> int:
    """Run the environment's Python in the repository with its output on the terminal; returns the exit code."""
    command = [str(python), *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, env=clean_environment(extra), cwd=root, check=False
    ).returncode
