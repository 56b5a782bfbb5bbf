# SPDX-License-Identifier: Apache-2.0
"""`install.py blender`: find the Blenders on this computer and install the extension into them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from .console import Problem, log_tail, run_logged, step
from .environment import ensure
from .extension_zip import build_zip
from .suite import main_environment
from .wheels import this_platform

OLDEST = (4, 2)


def places() -> Iterator[Path]:
    """Where Blender's executable usually lies on this system; not all exist."""
    on_path = shutil.which("blender")
    if on_path:
        yield Path(on_path)
    if sys.platform == "win32":
        for variable in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"):
            base = Path(os.environ.get(variable) or "C:/Program Files")
            yield from sorted(base.glob("Blender Foundation/*/blender.exe"))
            yield base / "Steam/steamapps/common/Blender/blender.exe"
    elif sys.platform == "darwin":
        for base in (Path("/Applications"), Path.home() / "Applications"):
            yield from sorted(base.glob("Blender*.app/Contents/MacOS/Blender"))
    else:
        yield from (
            Path("/usr/bin/blender"),
            Path("/usr/local/bin/blender"),
            Path("/snap/bin/blender"),
        )
        for base in (Path.home(), Path.home() / "Applications", Path("/opt")):
            yield from sorted(base.glob("[bB]lender*/blender"))


def flatpak() -> list[list[str]]:
    """Blender as a flatpak, which has no executable of its own."""
    program = shutil.which("flatpak")
    if not program:
        return []
    asked = [program, "info", "org.blender.Blender"]
    known = (
        subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
        == 0
    )
    return [[program, "run", "org.blender.Blender"]] if known else []


def find_blenders() -> list[list[str]]:
    """Command lines of the Blenders found, each once."""
    executables = {path.resolve(): path for path in places() if path.is_file()}
    return [[str(path)] for path in executables.values()] + flatpak()


def version_of(blender: Sequence[str]) -> tuple[int, int] | None:
    """(major, minor) as Blender itself says, or None if it does not start."""
    try:
        asked = subprocess.run(
            [*blender, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"Blender (\d+)\.(\d+)", asked.stdout)
    return (int(found[1]), int(found[2])) if found else None


def run(root: Path, given: str | None) -> int:
    """Build the zip and install it; returns 0 if every Blender took it. Raises Problem if there is none."""
    if given and not Path(given).is_file():
        raise Problem(f"{given} is not a file: --blender wants the path of Blender's executable")
    found = [[given]] if given else find_blenders()
    if not found:
        raise Problem(
            "no Blender was found on PATH or in the usual places. If you have one, name it: "
            "python3 install.py blender --blender /path/to/blender"
        )
    python = ensure(root, main_environment(root, ("blender",)))
    package = build_zip(root, python, this_platform())
    taken = [install_into(root, blender, package) for blender in found]
    return int(not all(taken))


def install_into(root: Path, blender: Sequence[str], package: Path) -> bool:
    """Install and enable the zip in one Blender; prints what came of it."""
    name, version = " ".join(blender), version_of(blender)
    if version is None:
        print(f"{name}: does not start, or is not Blender; left alone")
        return False
    if version < OLDEST:
        print(f"{name}: Blender {version[0]}.{version[1]} is older than 4.2; left alone")
        return False
    command = [
        *blender,
        "--command",
        "extension",
        "install-file",
        "-r",
        "user_default",
        "--enable",
        str(package),
    ]
    with step(f"Blender {version[0]}.{version[1]} ({name})"):
        code, log = run_logged(root, f"blender-{version[0]}.{version[1]}", command)
    if code:
        print(f"  not installed ({log}):\n{log_tail(log)}")
        return False
    print(
        '  installed and enabled: look for "Mien" in the sidebar (N) of the 3D view and of the sequencer'
    )
    return True
