# SPDX-License-Identifier: Apache-2.0
"""Threads that draw sleep between drawings, in whatever process draws: it is told before OpenMP is loaded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

WATCH_WORKER = """
import os, sys
class Watch:
    def find_spec(name, path=None, target=None):
        if name == "numpy":
            names = ("OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY", "NUMBA_NUM_THREADS")
            print(*map(os.environ.get, names), file=sys.stderr)
sys.meta_path.insert(0, Watch)
from core.avatar.worker import main
main(["--threads", "1"])
"""
WATCH = """
import os, sys
from core.cli import main
class Watch:
    def find_spec(name, path=None, target=None):
        if name == "torch":
            print(os.environ.get("OMP_WAIT_POLICY"))
sys.meta_path.insert(0, Watch)
assert main(["avatar", *sys.argv[1:]]) != 0
"""
COMMANDS = {
    "train": ["train", "none.mientrack", "--person", "Ada", "--i-have-consent", "yes"],
    "render": ["render", "none.npz", "none.mienavatar", "-o", "frames"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("own", [None, "active"])
def test_commands_that_draw_say_so_first_and_leave_the_users_own_word(repository, command, own):
    kept = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run(
        [sys.executable, "-c", WATCH, *COMMANDS[command]],
        cwd=repository,
        env=kept | ({} if own is None else {"OMP_WAIT_POLICY": own}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split()[0] == (own or "passive"), done.stderr


def test_the_worker_says_so_before_numpy_loads_its_blas(repository):
    names = ("OPENBLAS_NUM_THREADS", "OMP_WAIT_POLICY", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
    done = subprocess.run(
        [sys.executable, "-c", WATCH_WORKER],
        cwd=repository,
        env={name: value for name, value in os.environ.items() if name not in names},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == "1 passive 1"
