# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons that the worker may run in: real ones, and what else somebody may choose by mistake."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bl_ext.devrepo.mien import interpreters, places
from bl_ext.devrepo.mien.problems import AnimatorError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its programs are scripts")


def environment():
    return places.worker_environment("chosen")


def refused(path):
    with pytest.raises(AnimatorError) as caught:
        interpreters.examine(str(path), environment())
    assert "empty the field" in caught.value.advice
    return caught.value


@pytest.fixture
def bare_python(tmp_path):
    """A Python without any package; returns the program and the folder for packages."""
    folder = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / "bin" / "python", next(folder.glob("lib/python*/site-packages"))


def program(folder, text):
    path = folder / "program"
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_python_with_everything_is_told_with_its_versions():
    found = interpreters.examine(sys.executable, environment())
    assert found.version == ".".join(map(str, sys.version_info[:3]))
    assert list(found.packages) == list(interpreters.PACKAGES)
    assert found.words().startswith(f"Python {found.version} with numpy ")


def test_missing_packages_are_named_with_the_line_that_installs_them(bare_python):
    problem = refused(bare_python[0])
    assert "lacks numpy, soundfile, soxr and onnxruntime." in problem.message
    assert "-m pip install numpy soundfile soxr onnxruntime" in problem.advice


def test_a_package_that_does_not_load_is_not_called_missing(bare_python):
    path, packages = bare_python
    for name in ("numpy", "soundfile", "onnxruntime"):
        (packages / f"{name}.py").touch()
    (packages / "soxr.py").write_text("raise OSError('libsoxr.so.0: cannot open')")
    problem = refused(path)
    assert "cannot load soxr (OSError: libsoxr.so.0: cannot open)." in problem.message
    assert "lacks" not in problem.message


def test_an_old_python_is_refused(tmp_path):
    answer = '{"python": [3, 9, 18], "versions": {}, "faults": {"numpy": "No module"}}'
    problem = refused(program(tmp_path, f"#!/bin/sh\necho '{answer}'\n"))
    assert "is Python 3.9.18; Mien needs 3.11 or newer" in problem.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#!/bin/sh\necho hello\n", "does not start as a Python"),
        ("#!/bin/sh\necho '[1]'\n", "answers like another program"),
        ("#!/bin/sh\necho 'no such option: -c' >&2; exit 2\n", "no such option: -c"),
        ("#!/bin/sh\nexit 3\n", "ends with code 3"),
        ("not a program", "does not start as a Python"),
    ],
)
def test_another_program_is_refused_in_its_own_words(tmp_path, text, words):
    assert words in refused(program(tmp_path, text)).message


def test_a_program_that_does_not_answer_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(interpreters, "PATIENCE_SECONDS", 0.2)
    path = program(tmp_path, f"#!{sys.executable}\nimport time; time.sleep(60)\n")
    assert "no answer within" in refused(path).message


@pytest.mark.parametrize("path", ["/no/such/python", "/"])
def test_what_is_not_a_file_is_refused(path):
    assert f"'{path}' is not a file" in refused(Path(path)).message


def test_a_chosen_python_gets_the_core_and_none_of_blenders_packages():
    folders = environment()["PYTHONPATH"].split(":")
    assert folders == [str(places.core_folder())]
