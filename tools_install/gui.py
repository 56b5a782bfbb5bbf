# SPDX-License-Identifier: Apache-2.0
"""`install.py gui`: the built zip in a real Blender window, clicked through as an animator would (tests/gui)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .console import clean_environment, step
from .environment import ensure, remove
from .extension_zip import build_bare_zip, build_zip
from .gui_chroot import ensure_chroot, why_not
from .suite import main_environment

INSIDE = Path("tmp") / "mien-gui"
# The walk itself takes two to four minutes on two cores.
PATIENCE_SECONDS = 600


def default_folder() -> Path:
    """Where the chroots are kept: the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mien-gui"


def run(root: Path, suite: str, folder: Path, out: Path, *, if_possible: bool) -> int:
    """Walk through the add-on in a window; pictures and logs go to `out`. Returns the exit code; raises Problem."""
    reason = why_not()
    if reason and if_possible:
        print(f"The test in a window was not run: {reason}.")
        return 0
    chroot = ensure_chroot(root, suite, folder)
    python = ensure(root, main_environment(root, ("blender",)))
    # sid's Python is newer than the wheels; its packages are Debian's own.
    package = (
        build_bare_zip(root, python) if suite == "sid" else build_zip(root, python, "linux-x64")
    )
    lay_out(root, chroot / INSIDE, package)
    command = ["chroot", str(chroot), "python3", f"/{INSIDE}/walk.py", f"/{INSIDE}"]
    print(f"* a window in Debian {suite}", flush=True)
    try:
        code = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            env=clean_environment(),
            timeout=PATIENCE_SECONDS,
            check=False,
        ).returncode
    finally:
        fetch_results(chroot / INSIDE, out)
    return code


def lay_out(root: Path, folder: Path, package: Path) -> None:
    """Put the zip, a recording and the programs that walk where the chroot sees them."""
    remove(folder)
    shutil.copytree(
        root / "tests" / "gui", folder, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    shutil.copy2(package, folder / "mien.zip")
    shutil.copy2(root / "demo" / "speech.flac", folder / "line.flac")


def fetch_results(folder: Path, out: Path) -> None:
    """Copy pictures and logs out of the chroot, in the place of those of an earlier walk."""
    out.mkdir(parents=True, exist_ok=True)
    for earlier in (*out.glob("gui_*.jpg"), *out.glob("failed.jpg")):
        earlier.unlink()
    with step(f"pictures and logs in {out}"):
        for path in (*folder.glob("*.jpg"), *folder.glob("*.log")):
            shutil.copy2(path, out / path.name)
