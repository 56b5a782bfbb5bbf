# SPDX-License-Identifier: Apache-2.0
"""A Python that has Blender and what Blender itself brings, and nothing else: the one that an animator has.

The environment of the tests holds onnxruntime, soundfile and soxr too, and would hide wheels that are not found.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

# bpy's own dependencies; the official Blender has them inside.
BLENDERS_OWN = (
    "bpy",
    "numpy",
    "numpy.libs",
    "requests",
    "urllib3",
    "idna",
    "certifi",
    "charset_normalizer",
)
BLENDERS_OWN += ("zstandard", "cattrs", "cattr", "attr", "attrs", "typing_extensions.py")


def make_bare_blender(folder):
    """A virtual environment with links to Blender's packages; returns its interpreter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    source = Path(sysconfig.get_path("purelib"))
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    target = (
        folder / "Lib" / "site-packages"
        if os.name == "nt"
        else folder / "lib" / version / "site-packages"
    )
    for name in BLENDERS_OWN:
        if (source / name).exists():
            (target / name).symlink_to(source / name)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run_in_blender(python, script, user_folder, *arguments, before=()):
    """Run a script in a new Blender with a user folder of its own; returns the finished process.

    `before` are words to put before the command, such as a program that runs it elsewhere.
    """
    environment = {
        **os.environ,
        "BLENDER_USER_RESOURCES": str(user_folder),
        "PYTHONNOUSERSITE": "1",
    }
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [*before, str(python), "-c", script, *map(str, arguments)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
