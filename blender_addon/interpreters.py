# SPDX-License-Identifier: GPL-3.0-or-later
"""A Python that the worker may run in: does it start, how old is it, does it hold what is needed.

It is asked by running it, because nothing else tells whether a package really loads there.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .problems import AnimatorError

PACKAGES = ("numpy", "soundfile", "soxr", "onnxruntime")
OLDEST = (3, 11)
# A first start behind a virus scanner reads 60 MB of onnxruntime.
PATIENCE_SECONDS = 60.0
LONGEST_WORDS = 200
EMPTY_FIELD = "Or empty the field in Preferences > Add-ons > Mien to use Blender's own Python."


@dataclass(frozen=True)
class Need:
    """What a Python is to hold.

    Attributes:
        packages: by the names that they are imported by.
        purpose: whose Python it is, in words.
        otherwise: what else the animator may do.
        install: how the packages are installed; empty for pip in a terminal.
    """

    packages: tuple[str, ...] = PACKAGES
    purpose: str = "The worker's Python"
    otherwise: str = EMPTY_FIELD
    install: str = ""


SPEECH = Need()
# Any Python can run this, so that an old one gets an answer and no traceback.
PROBE = """
import importlib, json, sys
versions, faults = {}, {}
for name in sys.argv[1:]:
    try:
        versions[name] = str(getattr(importlib.import_module(name), "__version__", "unknown"))
    except ImportError as error:
        faults[name] = str(error)
    except Exception as error:
        faults[name] = type(error).__name__ + ": " + str(error)
print("")
print(json.dumps({"python": list(sys.version_info[:3]), "versions": versions, "faults": faults}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that can run the worker.

    Attributes:
        path: the program.
        version: such as "3.11.9".
        packages: version of each package by its name.
    """

    path: str
    version: str
    packages: dict[str, str]

    def words(self) -> str:
        """One line about it."""
        listed = ", ".join(f"{name} {version}" for name, version in self.packages.items())
        return f"Python {self.version} with {listed}"


def examine(path: str, environment: Mapping[str, str], need: Need = SPEECH) -> Interpreter:
    """Start a Python and ask what it holds.

    Args:
        path: the program.
        environment: the variables that the worker would be started with.
        need: what it is to hold.

    Raises:
        AnimatorError: it is not there, does not start, is too old, or lacks a package.
    """
    answer = _asked(path, environment, need)
    version = ".".join(map(str, answer["python"]))
    if tuple(answer["python"][:2]) < OLDEST:
        raise AnimatorError(
            f"{need.purpose} '{path}' is Python {version}; Mien needs 3.11 or newer.",
            f"Choose a newer one. {need.otherwise}",
        )
    _check_packages(path, version, answer["faults"], need)
    return Interpreter(path, version, dict(answer["versions"]))


def _asked(path: str, environment: Mapping[str, str], need: Need) -> dict[str, Any]:
    if not Path(path).is_file():
        raise AnimatorError(
            f"{need.purpose} '{path}' is not a file.",
            f"Choose the program itself, such as python3 or python.exe. {need.otherwise}",
        )
    try:
        done = subprocess.run(
            [path, "-c", PROBE, *need.packages],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
        answer = json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])
        if isinstance(answer, dict) and answer.keys() >= {"python", "versions", "faults"}:
            return answer
        words = "it answers like another program"
    except subprocess.TimeoutExpired:
        words = f"no answer within {PATIENCE_SECONDS:.0f} seconds"
    except OSError as error:
        words = str(error.strerror or error)
    except (ValueError, IndexError):
        words = _last_line(done.stderr) or f"it ends with code {done.returncode}"
    raise AnimatorError(
        f"{need.purpose} '{path}' does not start as a Python: {words[:LONGEST_WORDS]}.",
        f"Choose a program of Python 3.11 or newer. {need.otherwise}",
    )


def _check_packages(path: str, version: str, faults: Mapping[str, str], need: Need) -> None:
    if not faults:
        return
    missing = [name for name, fault in faults.items() if fault.startswith("No module named")]
    broken = [
        f"{name} ({fault[:LONGEST_WORDS]})" for name, fault in faults.items() if name not in missing
    ]
    pip = f'Install in a terminal: "{path}" -m pip install {" ".join(faults)}.'
    told = [f"lacks {_and(missing)}"] if missing else []
    told += [f"cannot load {_and(broken)}"] if broken else []
    raise AnimatorError(
        f"{need.purpose} '{path}' (Python {version}) {' and '.join(told)}.",
        f"{need.install or pip} {need.otherwise}",
    )


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
