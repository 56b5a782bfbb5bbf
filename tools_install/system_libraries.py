# SPDX-License-Identifier: Apache-2.0
"""The shared libraries that an environment's packages take from a Linux system.

Blender's installers bring an unpacked desktop along; a bare server or container lacks these. Blender's list was
established in a minimal Debian 12: the first group for `import bpy` and Cycles, the second for Workbench and EEVEE,
which end the whole process when EGL is missing. The avatar's is what its wheels name and do not bring.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .console import Problem, run_logged, step


@dataclass(frozen=True)
class Libraries:
    """What some packages take from the system.

    Attributes:
        user: whose they are, for messages.
        package_of: shared object -> Debian's and Ubuntu's package.
        draws: an OpenGL driver is needed too.
    """

    user: str
    package_of: Mapping[str, str]
    draws: bool


PACKAGE_OF_BLENDER = {
    "libX11.so.6": "libx11-6",
    "libXrender.so.1": "libxrender1",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libSM.so.6": "libsm6",
    "libICE.so.6": "libice6",
    "libXext.so.6": "libxext6",
    "libGL.so.1": "libgl1",
    "libgomp.so.1": "libgomp1",
    "libXxf86vm.so.1": "libxxf86vm1",
    "libEGL.so.1": "libegl1",
}
PACKAGE_OF_AVATAR = {
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libGL.so.1": "libgl1",
    "libgomp.so.1": "libgomp1",
}
BLENDER_LIBRARIES = Libraries("Blender", PACKAGE_OF_BLENDER, draws=True)
AVATAR_LIBRARIES = Libraries("The avatar's environment", PACKAGE_OF_AVATAR, draws=False)
DRIVER_PACKAGE = "libgl1-mesa-dri"
DRIVERS = ("dri/*_dri.so", "libgallium*.so", "libnvidia-eglcore.so*", "libEGL_nvidia.so*")
LIBRARY_FOLDERS = ("/usr/lib/*", "/usr/lib", "/usr/lib64", "/lib/*", "/usr/local/lib")


def loads(name: str) -> bool:
    """True if the system's loader finds the library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_driver() -> bool:
    """True if some OpenGL driver is installed, Mesa's software one included."""
    root = Path("/")
    return any(
        next(root.glob(f"{folder.lstrip('/')}/{driver}"), None)
        for folder in LIBRARY_FOLDERS
        for driver in DRIVERS
    )


def missing_packages(libraries: Libraries) -> list[str]:
    """Debian names of what is missing, empty where nothing is (or where the system is not Linux)."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for library, package in libraries.package_of.items() if not loads(library)]
    return [*missing, DRIVER_PACKAGE] if libraries.draws and not has_driver() else missing


def check_system_libraries(root: Path, libraries: Libraries) -> None:
    """Install what is missing where that is ours to do (Debian or Ubuntu, as root); else raise Problem with the line."""
    missing = missing_packages(libraries)
    if not missing:
        return
    if not shutil.which("apt-get"):
        named = [name for name, package in libraries.package_of.items() if package in missing]
        told = " ".join(named) or "an OpenGL driver (Mesa)"
        raise Problem(
            f"{libraries.user} needs system libraries: install the packages that hold {told}"
        )
    install(root, missing)
    still = missing_packages(libraries)
    if still:
        raise Problem(f"apt-get installed them, but these are still not found: {' '.join(still)}")


def check_venv_module(root: Path, python: Sequence[str]) -> None:
    """Debian and Ubuntu split venv off Python: install it as root, else raise Problem with the line."""
    asked = [*python, "-c", "import venv, ensurepip, sys; print(sys.version_info[1])"]
    if (
        subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
        == 0
    ):
        return
    if not shutil.which("apt-get"):
        raise Problem(
            f"{' '.join(python)} lacks the modules venv and ensurepip: install them and run this again"
        )
    version = subprocess.run(
        [*python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    install(root, [f"python{version}-venv"])


def install(root: Path, packages: Sequence[str]) -> None:
    """apt-get as root; raises Problem with the exact line otherwise."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0:
        raise Problem(f"system packages are missing. Run: sudo {line}")
    with step(f"system libraries: {line}"):
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run_logged(root, "apt-update", ["apt-get", "update"], quiet)
        code, log = run_logged(root, "apt-install", line.split(), quiet)
        if code:
            raise Problem(f"apt-get could not install them (log: {log}). By hand: {line}")
