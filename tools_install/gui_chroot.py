# SPDX-License-Identifier: Apache-2.0
"""A Debian with Blender, a screen without a monitor, a mouse and a keyboard, in a folder of its own.

For the test in a real window, on a machine that has neither a GPU nor a display. trixie gives Blender 4.3, sid the
newest one, but sid moves and can break. 1.5 to 2 GB on disk and one to four minutes, once.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from .console import Problem, log_tail, run_logged, step
from .environment import remove

STAMP = "mien.json"
PACKAGES = (
    *("blender", "xvfb", "xauth", "xdotool", "imagemagick", "libgl1-mesa-dri", "openbox"),
    *("python3-numpy", "python3-requests"),
)
# Its Python is too new for the wheels in our zips, so inference runs with Debian's own packages.
SIDS_OWN = ("python3-cattr", "python3-onnxruntime", "python3-soundfile", "python3-soxr")


def why_not() -> str:
    """Why this machine cannot make one, in words; empty where it can."""
    if not sys.platform.startswith("linux"):
        return "it is not Linux"
    if not shutil.which("apt-get"):
        return "it is not Debian or Ubuntu"
    if os.geteuid() != 0:
        return "it takes root, to make and enter a chroot"
    if not mirror():
        return "apt has no address to take Debian's packages from"
    return ""


def mirror() -> str:
    """The address that this machine's own apt uses, not the one for security updates."""
    asked = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return next((line for line in asked.stdout.splitlines() if line and "security" not in line), "")


def ensure_chroot(root: Path, suite: str, folder: Path) -> Path:
    """The chroot of a Debian suite under `folder`, made if it is not there; returns its path. Raises Problem."""
    reason = why_not()
    if reason:
        raise Problem(f"this machine cannot run the test in a window: {reason}")
    target = folder / suite
    if (target / STAMP).is_file():
        return target
    with step(f"a Debian {suite} with Blender and a screen, in {target} (2 GB)"):
        folder.mkdir(parents=True, exist_ok=True)
        remove(target)
        make(root, suite, target)
    return target


def make(root: Path, suite: str, target: Path) -> None:
    """Bootstrap the suite and install what is needed; the stamp is written last. Raises Problem with apt's words."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    if not shutil.which("debootstrap"):
        run_logged(root, "gui-apt-update", ["apt-get", "update"], quiet)
        must(root, "gui-debootstrap-install", ["apt-get", "install", "-y", "debootstrap"], quiet)
    bootstrap = ["debootstrap", "--variant=minbase", suite, str(target), mirror()]
    must(root, "gui-debootstrap", bootstrap, quiet)
    if suite == "sid":
        # A frozen mirror can carry an expired Release file: its age is not checked, its signature still is.
        late = target / "etc" / "apt" / "apt.conf.d" / "99late"
        late.write_text('Acquire::Check-Valid-Until "false";\n', encoding="utf-8")
    inside = ["chroot", str(target), "apt-get"]
    must(root, "gui-update", [*inside, "update"], quiet)
    packages = [*PACKAGES, *(SIDS_OWN if suite == "sid" else ())]
    install = [*inside, "install", "-y", "--no-install-recommends", *packages]
    must(root, "gui-install", install, quiet)
    must(root, "gui-clean", [*inside, "clean"], quiet)
    # Debian's ONNX Runtime ends the process where it cannot read about the processor; nothing is mounted here.
    shutil.copyfile("/proc/cpuinfo", target / "proc" / "cpuinfo")
    (target / STAMP).write_text("{}\n", encoding="utf-8")


def must(root: Path, name: str, command: list[str], extra: dict[str, str]) -> None:
    """Run a command; raises Problem with the end of its log if it fails."""
    code, log = run_logged(root, name, command, extra)
    if code:
        raise Problem(f"{command[0]} failed ({log}):\n{log_tail(log)}")
