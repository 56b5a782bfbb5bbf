# SPDX-License-Identifier: Apache-2.0
"""The search against a plain one that looks at every state in every frame."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import Cancelled
from core.text.graph import Graph
from core.text.path import (
    ENTER_OTHER_NATS,
    ENTER_PAUSE_NATS,
    OTHER,
    PAUSE,
    REPORT_FRAMES,
    STAY_OTHER_NATS,
    Heard,
    best_path,
)

PHONES = 6


def small_graph(words):
    """Words given as chains of phone numbers; 0 is the optional pause."""
    chains = [(number, chain) for number, word in enumerate(words) for chain in word]
    starts = np.cumsum([0, *(len(chain) for _, chain in chains)])
    phone = np.concatenate([chain for _, chain in chains])
    return Graph(
        phone=phone,
        follows=np.array([place > 0 for _, chain in chains for place in range(len(chain))]),
        optional=phone == 0,
        word=np.array([number for number, chain in chains for _ in chain]),
        chain_start=starts[:-1],
        chain_end=starts[1:] - 1,
        chain_cost=np.linspace(0.0, 1.0, len(chains)),
        first_chain=np.array([[n for n, _ in chains].index(w) for w in range(len(words))]),
    )


def entry_cost(graph, before, after):
    """Nats of going from one place to another; places are states, or (PAUSE or OTHER, gap)."""
    ends = {int(end): int(graph.word[end]) + 1 for end in graph.chain_end}
    if isinstance(after, tuple):
        kind, gap = after
        dear = ENTER_PAUSE_NATS if kind == PAUSE else ENTER_OTHER_NATS
        if isinstance(before, tuple):
            if before[1] != gap:
                return np.inf
            return 0.0 if before[0] == kind or kind == PAUSE else dear
        return dear if ends.get(before) == gap else np.inf
    starts = {int(start): chain for chain, start in enumerate(graph.chain_start)}
    best = np.inf
    if after == before:
        best = 0.0
    if not isinstance(before, tuple) and graph.follows[after] and before == after - 1:
        best = 0.0
    if not isinstance(before, tuple) and before == after - 2 and graph.optional[after - 1]:
        best = 0.0
    if after in starts:
        gap = before[1] if isinstance(before, tuple) else ends.get(before)
        if gap == int(graph.word[after]):
            best = min(best, float(graph.chain_cost[starts[after]]))
    return best


def place_cost(graph, heard, frame, place):
    if isinstance(place, tuple):
        costs = heard.silence if place[0] == PAUSE else heard.other + STAY_OTHER_NATS
        return costs[frame]
    return heard.phones[frame, graph.phone[place]]


def plain_search(graph, heard):
    """Cost of the best way, without any shortcut."""
    gaps = len(graph.first_chain) + 1
    places = [
        *range(len(graph.phone)),
        *[(kind, gap) for gap in range(gaps) for kind in (PAUSE, OTHER)],
    ]
    began = {(PAUSE, 0): ENTER_PAUSE_NATS, (OTHER, 0): ENTER_OTHER_NATS}
    for chain, start in enumerate(graph.chain_start):
        if graph.word[start] == 0:
            began[int(start)] = float(graph.chain_cost[chain])
    costs = [began.get(place, np.inf) + place_cost(graph, heard, 0, place) for place in places]
    for frame in range(1, len(heard.silence)):
        costs = [
            min(
                cost + entry_cost(graph, before, after)
                for cost, before in zip(costs, places, strict=True)
            )
            + place_cost(graph, heard, frame, after)
            for after in places
        ]
    last = {*(int(e) for e in graph.chain_end if graph.word[e] == gaps - 2)}
    return min(
        cost
        for cost, place in zip(costs, places, strict=True)
        if place in last or (isinstance(place, tuple) and place[1] == gaps - 1)
    )


def cost_of(path, graph, heard):
    """Cost of a path that was found, its gaps counted by the words before them."""
    places, gap = [], 0
    for state in path.tolist():
        if state >= 0:
            gap = int(graph.word[state]) + 1
        places.append(state if state >= 0 else (state, gap))
    first = places[0]
    if isinstance(first, tuple):
        total = ENTER_PAUSE_NATS if first[0] == PAUSE else ENTER_OTHER_NATS
    else:
        total = float(graph.chain_cost[graph.chain_start.tolist().index(first)])
    total += place_cost(graph, heard, 0, first)
    for frame in range(1, len(places)):
        total += entry_cost(graph, places[frame - 1], places[frame])
        total += place_cost(graph, heard, frame, places[frame])
    return total


@pytest.mark.parametrize("seed", range(40))
def test_the_search_finds_the_cheapest_way(seed):
    generator = np.random.default_rng(seed)
    graph = small_graph([[(1, 2), (3, 0, 2)], [(4,)], [(5, 0, 1), (2, 2), (1,)]])
    phones = generator.exponential(4.0, (14, PHONES))
    heard = Heard(phones, phones[:, 0], phones[:, 1:].min(axis=1))
    path = best_path(heard, graph)
    assert cost_of(path, graph, heard) == pytest.approx(plain_search(graph, heard))


def test_a_sound_that_ends_too_soon_names_the_word_it_reached():
    graph = small_graph([[(1, 2)], [(3, 4)], [(5, 1)]])
    phones = np.full((3, PHONES), 9.0)
    phones[[0, 1, 2], [1, 2, 3]] = 0.0
    assert best_path(Heard(phones, phones[:, 0], phones[:, 1]), graph) == 1


def test_a_long_search_tells_how_far_it_is_and_can_be_called_off():
    graph = small_graph([[(1, 2)], [(3, 4)]])
    frames = 3 * REPORT_FRAMES + 1
    phones = np.random.default_rng(0).exponential(4.0, (frames, PHONES))
    heard = Heard(phones, phones[:, 0], phones[:, 1])
    told = []
    assert np.array_equal(best_path(heard, graph, told.append), best_path(heard, graph))
    assert told == pytest.approx([1 / 3, 2 / 3, 1.0], abs=1e-3)

    def stop(_fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        best_path(heard, graph, stop)
