# SPDX-License-Identifier: Apache-2.0
"""Copies of the repository to break, and a way to run install.py in them as a user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# Nothing listens on port 9 of this computer: connections are refused at once.
DEAD_INDEX = "http://127.0.0.1:9/simple"


@pytest.fixture(scope="session")
def repository():
    """The repository itself."""
    return ROOT


@pytest.fixture
def copy_of_repository(tmp_path):
    """What install.py needs, without environments, results and history."""
    target = tmp_path / "mien für alle"
    left_out = shutil.ignore_patterns(
        ".git", ".venv*", "out", "build", "dist", "__pycache__", ".*_cache"
    )
    shutil.copytree(ROOT, target, ignore=left_out, symlinks=True)
    return target


@pytest.fixture
def offline():
    """Environment variables under which pip finds no package anywhere."""
    variables = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    return {
        **variables,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": DEAD_INDEX,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "1",
    }


@pytest.fixture
def install():
    """Run install.py in a folder; returns the finished process with its output as text."""

    def run(folder, *arguments, python=sys.executable, before=(), env=None, **more):
        command = [*before, str(python), str(folder / "install.py"), *arguments]
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=env,
            check=False,
            **more,
        )

    return run
