# SPDX-License-Identifier: GPL-3.0-or-later
"""The worker processes that Mien may start: which program, which protocol, what to advise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkerKind:
    """A program that speaks JSON lines on its standard input and output.

    Attributes:
        module: what `python -m` runs.
        protocol: the number that its greeting must name.
        name: in an animator's words.
        loads_models: it is told where the models lie.
        again: advice after a fault that may be gone at the next try.
        too_long: advice where its time was not enough.
    """

    module: str
    protocol: int
    name: str
    loads_models: bool
    again: str
    too_long: str


SPEECH = WorkerKind(
    module="core.worker",
    protocol=4,
    name="Mien's worker",
    loads_models=True,
    again="Generate again",
    too_long="Try a shorter strip.",
)
AVATAR = WorkerKind(
    module="core.avatar.worker",
    protocol=1,
    name="Mien's avatar worker",
    loads_models=False,
    again="Try again",
    too_long="Render fewer frames at once, or a smaller picture.",
)
