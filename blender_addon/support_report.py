# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody who helps needs to know, as text: versions, the workers, models, the last problem, logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import model_list
from .private_paths import without_folders
from .problems import AnimatorError

LOG_LINES = 40


@dataclass(frozen=True)
class Facts:
    """What Blender and the system say.

    Attributes:
        versions: what is reported line by line, such as {"Blender": "4.5.15 LTS"}.
        models_folder: where the worker's models lie.
        problem: Mien's last one, empty if there was none.
        logs: the workers' logs, by whose each is.
        known_folders: folder to the name that stands for it in the report.
    """

    versions: Mapping[str, str]
    models_folder: Path
    problem: str
    logs: Mapping[str, Path]
    known_folders: Mapping[str, str]


def written(facts: Facts) -> str:
    """The report; folders that name people or projects are left out of it."""
    lines = ["Mien report", *(f"{name}: {value}" for name, value in facts.versions.items())]
    lines += ["", f"Models in {facts.models_folder}", *_model_lines(facts.models_folder)]
    lines += ["", "Last problem", facts.problem or "none"]
    for whose, log in facts.logs.items():
        lines += ["", f"Last {LOG_LINES} lines of {whose} log, {log}", *last_lines(log)]
    return without_folders("\n".join(lines) + "\n", facts.known_folders)


def last_lines(log: Path, count: int = LOG_LINES) -> Sequence[str]:
    """The last lines of a log, or one line that says why there are none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        return [f"cannot be read: {error.strerror or error}"]
    return lines[-count:] or ["empty: the worker has not run, or had nothing to say"]


def _model_lines(folder: Path) -> list[str]:
    try:
        verdicts = model_list.check(folder)
    except AnimatorError as problem:
        return [problem.message]
    return [f"{verdict.words()} ({verdict.found[:16] or 'no file'})" for verdict in verdicts]
