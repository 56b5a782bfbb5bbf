# SPDX-License-Identifier: Apache-2.0
"""Find a Python that Blender's wheels are built for (3.11: Blender 4.5 LTS; 3.13: Blender 5.2 LTS)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .console import Problem

SUPPORTED = ((3, 11), (3, 13))


def candidates(version: tuple[int, int]) -> Iterator[list[str]]:
    """Command lines that may start the wanted Python, the likeliest first; none has been tried yet."""
    name = f"python{version[0]}.{version[1]}"
    on_path = shutil.which(name)
    if on_path:
        yield [on_path]
    launcher = shutil.which("py") if os.name == "nt" else None
    if launcher:
        yield [launcher, f"-{version[0]}.{version[1]}"]
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    uv = Path.home() / ".local" / "share" / "uv" / "python"
    found = [
        *pyenv.glob(f"{version[0]}.{version[1]}*"),
        *uv.glob(f"cpython-{version[0]}.{version[1]}*"),
    ]
    for folder in sorted(found, reverse=True):
        yield [str(folder / "bin" / name)]
    for place in ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"):
        yield [f"{place}/{name}"]


def really_is(command: Sequence[str], version: tuple[int, int]) -> bool:
    """Start it and ask: a pyenv shim is on PATH for versions that it then refuses to run."""
    asked = [*command, "-c", f"import sys, venv; print(sys.version_info[:2] == {version!r})"]
    try:
        answer = subprocess.run(
            asked, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.stdout.strip() == b"True"


def find_python(version: tuple[int, int]) -> list[str] | None:
    """The command line of a working Python of this version, the running one first, or None."""
    if sys.version_info[:2] == version:
        return [sys.executable]
    return next((command for command in candidates(version) if really_is(command, version)), None)


def hand_over(
    script: Path, arguments: Sequence[str], versions: Sequence[tuple[int, int]] = SUPPORTED
) -> int:
    """Run the script again under a supported Python and return its exit code. Raises Problem if there is none."""
    running = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for version in versions:
        command = find_python(version)
        if command:
            print(
                f"Python {running} has no Blender wheel; using {' '.join(command)} instead.",
                flush=True,
            )
            return subprocess.run([*command, str(script), *arguments], check=False).returncode
    wanted = " or ".join(f"{major}.{minor}" for major, minor in versions)
    raise Problem(
        f"this is Python {running}, and Blender's wheels need Python {wanted}; none was found on PATH, in pyenv or by "
        f"the py launcher. Install one and run it: python{wanted.split()[0]} install.py demo"
    )
