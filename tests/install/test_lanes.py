# SPDX-License-Identifier: Apache-2.0
"""Programs side by side: never more than there are lanes, each told with its log, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from tools_install import lanes
from tools_install.lanes import Program, side_by_side

needs_posix = pytest.mark.skipif(os.name == "nt", reason="asks whether a process number lives")
# Starts a child that lasts, writes both process numbers, and lasts too.
LASTS = (
    "import os, subprocess, sys, time, pathlib; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "pathlib.Path('part').write_text(f'{os.getpid()} {child.pid}'); os.replace('part', 'numbers'); "
    "time.sleep(60)"
)


def program(name, code):
    return Program(name, f"log-{name}", (sys.executable, "-c", code))


def numbers_in(folder):
    """The process numbers that LASTS has written."""
    end = time.monotonic() + 30
    while not (folder / "numbers").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    return [int(number) for number in (folder / "numbers").read_text().split()]


def assert_gone(number):
    """A child of the dead may wait for its new parent to ask for it, and counts as gone then."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        state = subprocess.run(
            ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
        ).stdout.strip()
        if not state or state.startswith("Z"):
            return
        time.sleep(0.02)
    pytest.fail(f"{number} lives")


def test_each_is_told_with_its_code_and_its_words(tmp_path):
    programs = [program("good", "print('well')"), program("bad", "import sys; sys.exit('ill')")]
    told = list(side_by_side(tmp_path, programs, 2, {}))
    assert [(news.name, news.code) for news in told[:2]] == [("good", None), ("bad", None)]
    ended = {news.name: news for news in told[2:]}
    assert (ended["good"].code, ended["bad"].code) == (0, 1)
    assert ended["good"].log.read_text().strip() == "well"
    assert ended["bad"].log.read_text().strip() == "ill"


def test_variables_reach_every_program(tmp_path):
    programs = [program(name, "import os; print(os.environ['MIEN_WORD'])") for name in "ab"]
    told = list(side_by_side(tmp_path, programs, 2, {"MIEN_WORD": "heard"}))
    assert [news.log.read_text().strip() for news in told[2:]] == ["heard", "heard"]


def test_no_more_run_at_once_than_there_are_lanes(tmp_path):
    # Each stands in a folder while it runs, and writes down how many stand there.
    code = (
        "import os, pathlib; mine = pathlib.Path('here', str(os.getpid())); mine.touch(); "
        "import time; time.sleep(0.3); print(len(os.listdir('here'))); mine.unlink()"
    )
    (tmp_path / "here").mkdir()
    programs = [program(str(number), code) for number in range(5)]
    ended = [news for news in side_by_side(tmp_path, programs, 2, {}) if news.code is not None]
    assert [news.code for news in ended] == [0] * 5
    assert max(int(news.log.read_text()) for news in ended) == 2


def test_what_lasts_is_told_of_now_and_then(tmp_path, monkeypatch):
    monkeypatch.setattr(lanes, "NEWS_SECONDS", 0.3)
    told = list(side_by_side(tmp_path, [program("a", "import time; time.sleep(1)")], 2, {}))
    assert len(told) >= 4
    assert [news.code for news in told] == [None] * (len(told) - 1) + [0]


@needs_posix
def test_who_stops_asking_ends_what_runs_and_what_that_has_started(tmp_path):
    told = side_by_side(tmp_path, [program("long", LASTS)], 2, {})
    assert next(told).code is None
    numbers = numbers_in(tmp_path)
    told.close()
    for number in numbers:
        assert_gone(number)


@needs_posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing_running(repository, tmp_path, number):
    script = (
        "import signal, sys, install; from pathlib import Path; "
        "from tools_install.lanes import Program, side_by_side; "
        "signal.signal(signal.SIGTERM, install.interrupt); "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        "list(side_by_side(Path(sys.argv[1]), [Program('a', 'a', (sys.executable, '-c', sys.argv[2]))], 2, {}))"
    )
    command = [sys.executable, "-c", script, str(tmp_path), LASTS]
    with subprocess.Popen(command, cwd=repository, stderr=subprocess.PIPE) as running:
        numbers = numbers_in(tmp_path)
        running.send_signal(number)
        assert b"KeyboardInterrupt" in running.communicate(timeout=30)[1]
    for each in numbers:
        assert_gone(each)
