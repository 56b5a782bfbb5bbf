# SPDX-License-Identifier: Apache-2.0
"""Toy clips and answers for the lip benchmark's measures; no sound is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.lip_clips import Clip, Film, Sound
from benchmarks.lip_systems import FPS, Answer

SECONDS = 4.0
TIMES = np.arange(int(SECONDS * FPS) + 1) / FPS


def clip(name="a", speaker="s", **known):
    """A clip of a set called toys."""
    return Clip(name, "toys", speaker, Path("none.wav"), **known)


def answer(opening=None, **said):
    """An answer of 4 s whose mouth hangs open by 10 mm unless it says otherwise."""
    curve = np.full(len(TIMES), 10.0) if opening is None else opening
    return Answer(TIMES, {"opening": np.asarray(curve, float)}, **said)


def shut_during(*stretches, gap=10.0):
    """Opening of an answer that is shut during stretches (start s, end s)."""
    curve = np.full(len(TIMES), gap)
    for start, end in stretches:
        curve[(start - 1e-9 <= TIMES) & (end + 1e-9 >= TIMES)] = 0.0
    return curve


def sounds(*rows):
    """Sounds of (viseme, start s, end s)."""
    return tuple(Sound(frozenset(v.split()), a, b) for v, a, b in rows)


def film(opening, fps=25.0):
    """A film with an opening (T,) and points that follow it."""
    points = np.zeros((len(opening), 20, 3))
    points[:, :, 2] = opening[:, None]
    return Film(fps, {"opening": opening}, points)
