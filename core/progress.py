# SPDX-License-Identifier: Apache-2.0
"""Progress of a run of several stages, told as one number that rises from 0 to 1."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

Report = Callable[[float, str], None]
Part = Callable[[float], None]

# Share of the whole road at which each stage ends, measured on a minute of speech.
ROAD_STAGES = {
    "reading": 0.02,
    "listening": 0.70,
    "lips": 0.75,
    "expression": 0.87,
    "mixing": 1.0,
}


def road_part(report: Report, stage: str) -> Part:
    """Progress 0..1 of one stage of the road from sound to performance."""
    return stage_part(report, ROAD_STAGES, stage)


def stage_part(report: Report, ends: Mapping[str, float], stage: str) -> Part:
    """Progress 0..1 of one stage as progress of the whole run.

    Args:
        report: called with 0..1 and the stage's name.
        ends: share of the run at which each stage ends, in order.
        stage: one of them.
    """
    stages = list(ends)
    position = stages.index(stage)
    start = ends[stages[position - 1]] if position else 0.0
    return within(lambda fraction: report(fraction, stage), start, ends[stage])


def within(report: Part, start: float, end: float) -> Part:
    """Progress of a part that takes a report from `start` to `end`."""
    return lambda fraction: report(start + (end - start) * fraction)


def terminal_report() -> Report:
    """Progress on one line for people who watch; none where the terminal is a file."""
    return _show if sys.stderr.isatty() else _keep_still


def _show(fraction: float, stage: str) -> None:
    end = "\n" if fraction >= 1.0 else ""
    sys.stderr.write(f"\r{stage:<20}{fraction:4.0%}{end}")
    sys.stderr.flush()


def _keep_still(_fraction: float, _stage: str) -> None:
    """Nobody watches."""
