# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.curves import Span
from core.motion.closure_frames import REACH_FRAMES, closure_frames

TIMES = np.arange(20.0)


def closures(*bounds):
    return [Span("PP", start, end) for start, end in bounds]


def test_a_closure_is_shown_by_a_frame_inside_or_by_the_nearest():
    found = closure_frames(closures((1.5, 4.5), (7.1, 7.3), (9.6, 9.8)), TIMES)
    assert found == [3, 7, 10]


def test_the_displaced_one_takes_the_next_free_frame_in_order():
    assert closure_frames(closures((5.9, 5.98), (6.1, 6.3)), TIMES) == [6, 7]
    assert closure_frames(closures((5.6, 5.7), (5.8, 5.9)), TIMES) == [5, 6]


def test_no_closure_takes_the_only_frame_of_another():
    assert closure_frames(closures((4.9, 5.1), (5.2, 5.4)), TIMES) == [5, 6]
    assert closure_frames(closures((4.6, 4.8), (4.9, 5.1)), TIMES) == [4, 5]


def test_more_closures_than_frames_leave_some_without():
    crowd = closures(*((5.1 + 0.1 * n, 5.15 + 0.1 * n) for n in range(6)))
    found = closure_frames(crowd, TIMES)
    assert [frame for frame in found if frame is not None] == [4, 5, 6, 7]


def test_no_frames_show_nothing():
    assert closure_frames(closures((0.1, 0.2)), np.zeros(0)) == [None]
    assert closure_frames([], TIMES) == []


def cost(frames, spans):
    middles = [(s.start_seconds + s.end_seconds) / 2 for s in spans]
    off = [abs(f - m) for f, m in zip(frames, middles, strict=True) if f is not None]
    return (frames.count(None), sum(off))


@pytest.mark.parametrize("seed", range(30))
def test_no_other_choice_shows_more_or_lies_nearer(seed):
    generator = np.random.default_rng(seed)
    bounds = np.sort(generator.uniform(3.0, 7.0, 8)).reshape(-1, 2)
    spans = closures(*bounds.tolist())
    wishes = []
    for start, end in bounds:
        inside = [frame for frame in range(20) if start <= frame < end]
        first = int(np.ceil(start))
        wishes.append([None, *(inside or range(first - REACH_FRAMES, first + REACH_FRAMES))])
    ways = [
        list(way)
        for way in itertools.product(*wishes)
        if all(a < b for a, b in itertools.pairwise([f for f in way if f is not None]))
    ]
    found = closure_frames(spans, TIMES)
    assert found in ways
    assert cost(found, spans) == pytest.approx(min(cost(way, spans) for way in ways))
