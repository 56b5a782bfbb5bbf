# SPDX-License-Identifier: Apache-2.0
"""When gsplat's kernels are compiled: for a picture that is asked for, and once, even where that fails.

There is a card in name only, and a package in gsplat's place whose compiler fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from torch.utils.cpp_extension import _get_build_directory

from core.avatar.splat.cuda import are_kernels_built

COMPILES = """
from pathlib import Path
with Path(__file__).with_name("tries").open("a") as file:
    file.write("x")
raise RuntimeError("Error building extension 'gsplat_cuda'")
"""
ASKED = """
import torch
torch.cuda.is_available = lambda: True
torch.cuda.get_device_name = lambda: "RTX 6000"
from core.avatar.device import choose_device
from core.avatar.warm_up import draw_once
from core.errors import MienError
from pathlib import Path
import gsplat.cuda
tries = Path(gsplat.cuda.__file__).with_name("tries")
draw_once()
assert not tries.exists(), "getting ready compiles"
for name in ("cuda", "auto", "cuda"):
    try:
        assert choose_device(name).idle_card
    except MienError as error:
        print(error.code, error.message)
print(tries.read_text())
"""


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A folder with a gsplat that has to be compiled; nothing of it is compiled yet."""
    folder = tmp_path / "packages"
    (folder / "gsplat" / "cuda").mkdir(parents=True)
    (folder / "gsplat" / "__init__.py").write_text("rasterization = print\n")
    (folder / "gsplat" / "cuda" / "__init__.py").touch()
    (folder / "gsplat" / "cuda" / "_backend.py").write_text(COMPILES)
    monkeypatch.setenv("TORCH_EXTENSIONS_DIR", str(tmp_path / "built"))
    monkeypatch.delitem(sys.modules, "gsplat", raising=False)
    monkeypatch.syspath_prepend(str(folder))
    return folder


def test_a_compiler_that_fails_is_tried_once_and_only_for_a_picture(repository, packages):
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *told, tries = done.stdout.splitlines()
    assert tries == "x"
    assert len(told) == 2
    for line in told:
        assert line.startswith("avatar_gsplat_not_built")
        assert "Error building extension 'gsplat_cuda'" in line


def test_kernels_of_an_earlier_run_are_found(packages):
    assert not are_kernels_built()
    folder = Path(_get_build_directory("gsplat_cuda", verbose=False))
    (folder / "gsplat_cuda.so").touch()
    assert are_kernels_built()


def test_kernels_that_came_with_the_package_are_found(packages):
    (packages / "gsplat" / "csrc.cpython-311-x86_64-linux-gnu.so").touch()
    assert are_kernels_built()


def test_without_gsplat_there_are_none(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "gsplat", raising=False)
    assert not are_kernels_built()
