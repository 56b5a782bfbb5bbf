# SPDX-License-Identifier: Apache-2.0
"""Each foreseeable trouble is made for real; the answer is one line, exit code 1, and nothing half-made."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from install_helpers import leftovers, one_line

from tools_install import pip_errors
from tools_install.console import Problem, explain_os_error
from tools_install.environment import STAMP, Environment, is_ready, python_in
from tools_install.pythons import find_python, hand_over, really_is
from tools_install.system_libraries import BLENDER_LIBRARIES, Libraries, loads, missing_packages

ROOT = Path(__file__).resolve().parents[2]
PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"


def other_pythons(*minors):
    return [path for minor in minors for path in sorted(PYENV.glob(f"3.{minor}.*/bin/python"))[:1]]


def in_mount(folder, arguments, prepare="true"):
    """The beginning of a command line whose process alone sees something mounted on the folder."""
    probe = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if (
        not shutil.which("unshare")
        or subprocess.run(probe, capture_output=True, check=False).returncode
    ):
        pytest.skip("this system does not let the test mount a file system of its own")
    script = f"mount {arguments} '{folder}' && {prepare} && exec \"$@\""
    return ["unshare", "-m", "sh", "-c", script, "sh"]


@pytest.mark.parametrize("python", other_pythons(6, 7), ids=str)
def test_a_python_too_old_to_run_the_rest_is_told_which_one_to_use(
    install, copy_of_repository, python
):
    answer = one_line(install(copy_of_repository, "demo", python=python))
    assert "Python 3.11 or 3.13" in answer


@pytest.mark.parametrize("python", other_pythons(8, 10, 12), ids=str)
def test_a_wrong_python_hands_over_to_a_right_one_and_says_so(install, copy_of_repository, python):
    done = install(copy_of_repository, "demo", "--audio", "missing.wav", python=python)
    assert "has no Blender wheel; using" in done.stdout
    assert "there is no recording" in one_line(done)


def test_no_right_python_at_all_is_one_line():
    with pytest.raises(
        Problem, match=r"Blender's wheels need Python 3\.98 or 3\.99; none was found"
    ):
        hand_over(Path("install.py"), [], versions=((3, 98), (3, 99)))


def test_a_python_is_believed_only_when_it_runs(tmp_path):
    shim = tmp_path / "python3.11"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert not really_is([str(shim)], (3, 11))
    assert really_is(find_python(sys.version_info[:2]), sys.version_info[:2])


def test_no_network(install, copy_of_repository, offline):
    answer = one_line(install(copy_of_repository, "zip", env=offline))
    assert "the package index cannot be reached" in answer
    assert leftovers(copy_of_repository) == []


def test_what_a_killed_run_left_is_removed_and_not_trusted(install, copy_of_repository, offline):
    for left in (".venv.building/lib", ".venv.old", ".venv/bin"):
        (copy_of_repository / left).mkdir(parents=True)
    answer = one_line(install(copy_of_repository, "zip", env=offline))
    assert "the package index cannot be reached" in answer
    assert leftovers(copy_of_repository) == [".venv"]


def test_an_environment_is_used_only_while_its_stamp_and_python_fit(tmp_path):
    wanted = Environment(
        ".venv", (sys.executable,), sys.version_info[:2], ("numpy>=1", "bpy==4.5.15")
    )
    python = python_in(tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    stamp = tmp_path / ".venv" / STAMP
    stamp.write_text(
        json.dumps({"version": wanted.version, "requirements": [*wanted.requirements, "pytest"]})
    )
    assert not is_ready(tmp_path, wanted), "its Python is gone"
    python.symlink_to(sys.executable)
    assert is_ready(tmp_path, wanted)
    assert not is_ready(tmp_path, replace(wanted, version=(3, 99)))
    assert not is_ready(tmp_path, replace(wanted, requirements=("numpy>=2",)))
    for foreign in ("half a st", "[]", '{"requirements": []}', "null"):
        stamp.write_text(foreign)
        assert not is_ready(tmp_path, wanted), foreign


def test_no_space(install, copy_of_repository, offline, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    before = in_mount(
        small, "-t tmpfs -o size=200m tmpfs", f"cp -r '{copy_of_repository}/.' '{small}/'"
    )
    answer = one_line(install(small, "zip", before=before, env=offline))
    assert "needs 2.5 GB" in answer
    assert "0.2 GB are free" in answer or "0.1 GB are free" in answer


def test_a_disk_that_fills_up_while_pip_writes(tmp_path):
    small, log = tmp_path / "small", tmp_path / "pip.log"
    small.mkdir()
    wheel = tmp_path / "large-1-py3-none-any.whl"
    make_wheel(wheel)
    before = in_mount(small, "-t tmpfs -o size=2m tmpfs")
    command = [
        *before,
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-index",
        "--no-compile",
        "--target",
        str(small),
        str(wheel),
    ]
    with log.open("wb") as stream:
        code = subprocess.run(command, stdout=stream, stderr=stream, check=False).returncode
    assert code != 0
    assert pip_errors.explain(log).startswith("the disk is full")


def make_wheel(wheel):
    """A package of 8 MB."""
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("large/__init__.py", b"#" * (8 << 20))
        folder = "large-1.dist-info"
        archive.writestr(f"{folder}/METADATA", "Metadata-Version: 2.1\nName: large\nVersion: 1\n")
        archive.writestr(
            f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{folder}/RECORD", "")


def test_a_read_only_folder(install, copy_of_repository):
    folder = copy_of_repository
    before = in_mount(folder, f"--bind -o ro '{folder}'")
    answer = one_line(install(folder, "zip", before=before))
    assert "no permission to write" in answer
    assert str(folder) in answer


@pytest.mark.parametrize(("command", "name"), [("zip", "build"), ("demo", "out")])
def test_a_file_where_a_folder_is_needed(install, copy_of_repository, command, name):
    (copy_of_repository / name).write_text("in the way")
    answer = one_line(install(copy_of_repository, command))
    assert "is a file where a folder is needed" in answer


def test_results_into_a_place_that_nobody_may_write(install, copy_of_repository):
    answer = one_line(install(copy_of_repository, "demo", "--out", "/proc/mien"))
    assert "/proc/mien" in answer


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--emotion", "grumpy"), "there is no emotion 'grumpy': choose one of neutral, happy"),
        (("--intensity", "7"), "--intensity 7 is outside 0 to 1.5"),
        (("--intensity", "nan"), "--intensity nan is outside 0 to 1.5"),
        (("--audio", "missing.wav"), "there is no recording"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_wrong_wish_is_answered_before_anything_is_installed(
    install, copy_of_repository, options, words
):
    assert words in one_line(install(copy_of_repository, "demo", *options))
    assert leftovers(copy_of_repository) == []


def test_two_runs_at_once(install, copy_of_repository):
    (copy_of_repository / "build").mkdir()
    holder = "import fcntl, sys, time; f = open(sys.argv[1], 'a+b'); fcntl.flock(f, 2); print(1, flush=True); time.sleep(60)"
    lock = str(copy_of_repository / "build" / "install.lock")
    with subprocess.Popen([sys.executable, "-c", holder, lock], stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        answer = one_line(install(copy_of_repository, "zip"))
        other.kill()
    assert "another install.py is at work" in answer


@pytest.fixture
def with_interrupts():
    """Processes started now hear Ctrl+C, even when the suite itself runs in a shell's background, which is deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("with_interrupts")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_leaves_nothing_half_made(copy_of_repository, offline, number):
    command = [sys.executable, str(copy_of_repository / "install.py"), "zip"]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=offline
    ) as running:
        deadline = time.monotonic() + 30
        while not (copy_of_repository / ".venv.building").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.send_signal(number)
        _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert told.strip() == "Mien: stopped; nothing half-made is left."
    assert leftovers(copy_of_repository) == []


def test_system_libraries_are_asked_of_the_loader():
    assert loads("libc.so.6") or not sys.platform.startswith("linux")
    assert not loads("libnosuchthing.so.1")
    assert missing_packages(BLENDER_LIBRARIES) == []
    unknown = Libraries("Nobody", {"libnosuchthing.so.1": "nosuchthing1"}, draws=False)
    assert missing_packages(unknown) == ["nosuchthing1"] or not sys.platform.startswith("linux")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user"
)
def test_without_root_the_exact_line_is_given():
    script = (
        "import os; from pathlib import Path\n"
        "from tools_install.system_libraries import Problem, install\n"
        "os.setuid(65534)\n"
        "try: install(Path('.'), ['libegl1', 'libgl1-mesa-dri'])\n"
        "except Problem as problem: print(problem)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    line = "Run: sudo apt-get install -y --no-install-recommends libegl1 libgl1-mesa-dri"
    assert told.stdout.strip().endswith(line)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (28, "no space left"),
        (13, "no permission to write"),
        (30, "no permission to write"),
        (20, "is a file where"),
    ],
)
def test_trouble_with_files_is_told_in_words(number, words):
    assert words in explain_os_error(OSError(number, os.strerror(number), "/some/where"))
