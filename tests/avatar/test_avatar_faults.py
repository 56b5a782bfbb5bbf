# SPDX-License-Identifier: Apache-2.0
"""What torch, numpy and Python say when memory or a package is missing, as the animator is told it.

Which test of this folder tries which odd film or computer: docs/avatar.md, "Odd input".
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from core.avatar.faults import told
from core.avatar.splat.cuda import cuda_errors
from core.cli import main
from core.errors import MienError

MORE_THAN_ANY_COMPUTER_HAS = 1 << 50


def met(work):
    try:
        work()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    "work",
    [
        lambda: torch.empty(MORE_THAN_ANY_COMPUTER_HAS),
        lambda: np.zeros(MORE_THAN_ANY_COMPUTER_HAS),
        lambda: bytearray(MORE_THAN_ANY_COMPUTER_HAS << 8),
    ],
    ids=["torch", "numpy", "python"],
)
def test_memory_that_is_not_there(work):
    problem = told(met(work))
    assert problem.code == "out_of_memory"
    assert "this computer" in problem.message
    assert "what was finished is kept" in problem.advice


def test_the_systems_word_for_it_is_no_trouble_with_a_file():
    """So a mapped file or a new process ends where memory does."""
    problem = told(OSError(errno.ENOMEM, os.strerror(errno.ENOMEM), "/films/colour.npy"))
    assert problem.code == "out_of_memory"


def test_memory_of_a_graphics_card_is_told_as_such():
    error = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
    assert "graphics card" in told(error).message

    def draw():
        with cuda_errors():
            raise error

    problem = met(draw)
    assert isinstance(problem, MienError)
    assert problem.code == "avatar_cuda_memory"
    assert problem.advice


def test_a_package_that_does_not_load_is_no_package_that_is_missing():
    missing = told(ModuleNotFoundError("No module named 'numba'", name="numba"))
    broken = told(ImportError("libGL.so.1: cannot open shared object file"))
    assert "lacks the package numba" in missing.message
    assert "libGL.so.1" in broken.message
    assert {missing.code, broken.code} == {"incomplete_install"}


def test_anything_else_is_told_with_its_name():
    problem = told(ZeroDivisionError("division by zero"))
    assert problem.code == "internal"
    assert "ZeroDivisionError: division by zero" in problem.message


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (errno.ENOSPC, "disk_full", "no space left on the disk (/films/take.npz)"),
        (errno.EACCES, "not_permitted", "/films/take.npz may not be read or written (Permission"),
        (errno.EROFS, "not_permitted", "Read-only file system"),
        (
            errno.EIO,
            "file_trouble",
            "/films/take.npz cannot be read or written (Input/output error)",
        ),
    ],
)
def test_trouble_with_a_file_names_it(number, code, words):
    problem = told(OSError(number, os.strerror(number), "/films/take.npz"))
    assert problem.code == code
    assert words in problem.message
    assert problem.advice


def fail(error):
    raise error


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (lambda: bytearray(1 << 60), "The memory of this computer is used up."),
        (lambda: Path("/dev/full").write_text("full"), "no space left"),
        (lambda: fail(ImportError("libGL.so.1: cannot open")), "install.py avatar"),
    ],
    ids=["memory", "disk", "package"],
)
def test_the_command_line_tells_them_without_a_traceback(
    monkeypatch, capsys, tmp_path, work, words
):
    monkeypatch.setattr("core.avatar.cli_render.read_papers", lambda _path: work())
    assert main(["avatar", "info", str(tmp_path / "ada.mienavatar")]) == 1
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["render", "take.npz", "a.mienavatar", "-o", "out"],
            "the same command goes on from there",
        ),
        (["ply", "a.mienavatar", "-o", "a.ply"], "stopped; nothing was written"),
    ],
    ids=["goes on", "begins anew"],
)
def test_ctrl_c_says_what_is_left(monkeypatch, capsys, words, told):
    def interrupt(_path):
        raise KeyboardInterrupt

    monkeypatch.setattr("core.avatar.cli_render.load_avatar", interrupt)
    assert main(["avatar", *words]) == 130
    assert told in capsys.readouterr().err


def test_what_nobody_has_foreseen_is_told_with_its_traceback(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("core.avatar.cli_render.read_papers", lambda _path: 1 / 0)
    assert main(["avatar", "info", str(tmp_path / "ada.mienavatar")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Traceback")
    assert "ZeroDivisionError: division by zero" in said
    assert said.endswith("Please report it with the log, or with the lines above.\n")
