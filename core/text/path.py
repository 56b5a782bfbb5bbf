# SPDX-License-Identifier: Apache-2.0
"""The best way through a text's graph: which phone is spoken in which frame (Viterbi).

Only words near the best way so far are looked at, so that a second of sound costs no more in half
an hour of text than in one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from .graph import Graph

    Costs = NDArray[np.float64]
    Numbers = NDArray[np.int64]

PAUSE, OTHER = -1, -2
"""What a frame holds between words: silence, or sounds that are not of the text."""

# From one word straight to the next costs nothing, a pause little; other sounds must pay for being
# taken for such, at once and in every frame.
ENTER_PAUSE_NATS = 1.0
ENTER_OTHER_NATS = 20.0
STAY_OTHER_NATS = 0.8
# Ways that cost this much more than the best one are given up.
BEAM_NATS = 250.0
# Frames from one report of progress to the next: 0.1 to 0.15 s of work.
REPORT_FRAMES = 1000
_STAYED, _ADVANCED, _SKIPPED, _BEGAN = 0, 1, 2, 3


@dataclass(frozen=True, eq=False)
class _Frame:
    """Costs of the best ways that end in one frame, for the words `first` to `last` - 1.

    Attributes:
        first, last: words looked at; the gaps looked at are `first` to `last`, both counted.
        states: (states of these words,) nats.
        entered: (states of these words,) how each state was come to.
        pauses, others: (last - first + 1,) nats.
        ends: (chains of these words,) nats of ways that end with a chain's last phone.
        word_ends: (last - first,) the least of each word's `ends`.
    """

    first: int
    last: int
    states: Costs
    entered: NDArray[np.int8]
    pauses: Costs
    others: Costs
    ends: Costs
    word_ends: Costs


@dataclass(frozen=True, eq=False)
class Heard:
    """Costs of what is heard in each of T frames, at least one.

    Attributes:
        phones: (T, P) nats of each phone.
        silence: (T,) nats of a pause.
        other: (T,) nats of any sound of speech.
    """

    phones: Costs
    silence: Costs
    other: Costs


def best_path(
    heard: Heard, graph: Graph, on_progress: Callable[[float], None] | None = None
) -> Numbers | int:
    """Cheapest way that speaks the whole text, from the first frame to the last.

    Args:
        heard: costs of the sound.
        graph: of the text.
        on_progress: called every `REPORT_FRAMES` frames with 0..1; it may raise Cancelled.

    Returns:
        (T,) state of the graph, or PAUSE or OTHER; or, where the sound ends before the text does,
        the number of the word that was reached.
    """
    frames = [_opened(heard, graph)]
    for number in range(1, len(heard.silence)):
        frames.append(_advanced(frames[-1], heard, number, graph))
        # The way back reads no costs of states; kept, they would be 0.1 MB a second.
        frames[-2] = replace(frames[-2], states=np.empty(0))
        if on_progress is not None and number % REPORT_FRAMES == 0:
            on_progress(number / len(heard.silence))
    last = frames[-1]
    closed = min(last.word_ends[-1], last.pauses[-1], last.others[-1])
    if last.last < len(graph.first_chain) or not np.isfinite(closed):
        return last.first + int(np.argmin(_word_costs(last, graph)))
    return _traced(frames, graph)


def _bounds(graph: Graph, first: int, last: int) -> Numbers:
    """First state of each of the words, and the end of the last."""
    starts = graph.chain_start[graph.first_chain[first : last + 1]]
    return starts if last < len(graph.first_chain) else np.append(starts, len(graph.phone))


def _opened(heard: Heard, graph: Graph) -> _Frame:
    """The first frame: the text has begun, or a pause or another sound lies before it."""
    blank = _Frame(
        0,
        1,
        np.full(int(_bounds(graph, 0, 1)[1]), np.inf),
        np.empty(0, np.int8),
        np.full(2, np.inf),
        np.full(2, np.inf),
        np.empty(0),
        np.full(1, np.inf),
    )
    # Nothing before costs nothing: as if a word had just ended.
    return _advanced(blank, heard, 0, graph, before_all=True)


def _advanced(
    old: _Frame, heard: Heard, number: int, graph: Graph, *, before_all: bool = False
) -> _Frame:
    first, last = old.first, old.last
    bounds = _bounds(graph, first, last)
    begin, end = int(bounds[0]), int(bounds[-1])
    ended = np.concatenate([[0.0 if before_all else np.inf], old.word_ends])
    ways = np.full((4, end - begin), np.inf)
    ways[_STAYED] = old.states
    follows = graph.follows[begin + 1 : end]
    ways[_ADVANCED, 1:][follows] = old.states[:-1][follows]
    over_pause = graph.optional[begin + 1 : end - 1]
    ways[_SKIPPED, 2:][over_pause] = old.states[:-2][over_pause]
    chains = _chain_range(graph, first, last)
    starts = graph.chain_start[chains]
    left = np.minimum(np.minimum(old.pauses, old.others), ended)
    ways[_BEGAN, starts - begin] = left[graph.word[starts] - first] + graph.chain_cost[chains]
    entered = ways.argmin(axis=0).astype(np.int8)
    states = ways.min(axis=0) + heard.phones[number, graph.phone[begin:end]]
    pauses = np.minimum(np.minimum(old.pauses, old.others), ended + ENTER_PAUSE_NATS)
    others = np.minimum(old.others, np.minimum(old.pauses, ended) + ENTER_OTHER_NATS)
    raw = _Frame(
        first,
        last,
        states,
        entered,
        pauses + heard.silence[number],
        others + heard.other[number] + STAY_OTHER_NATS,
        old.ends,
        old.word_ends,
    )
    return _narrowed(raw, graph)


def _chain_range(graph: Graph, first: int, last: int) -> slice:
    chains = graph.first_chain
    return slice(int(chains[first]), int(chains[last]) if last < len(chains) else None)


def _narrowed(raw: _Frame, graph: Graph) -> _Frame:
    """Without words far behind the best way, with the next word after the foremost, and with ends."""
    first, last, states, entered = raw.first, raw.last, raw.states, raw.entered
    pauses, others = raw.pauses, raw.others
    bounds = _bounds(graph, first, last)
    gaps = np.minimum(pauses, others)
    by_word = np.minimum(np.minimum.reduceat(states, bounds[:-1] - bounds[0]), gaps[:-1])
    limit = min(float(by_word.min()), float(gaps[-1])) + BEAM_NATS
    near = np.flatnonzero(by_word <= limit)
    lowest = int(near[0]) if len(near) else last - first - 1
    # The word after the foremost one may be entered in the next frame.
    highest = min(int(near[-1]) + 2, last - first) if len(near) else last - first
    grows = int(near[-1]) + 1 == last - first if len(near) else True
    grows = grows and last < len(graph.first_chain)
    cut = slice(int(bounds[lowest] - bounds[0]), int(bounds[highest] - bounds[0]))
    states, entered = states[cut], entered[cut]
    pauses, others = pauses[lowest : highest + 1], others[lowest : highest + 1]
    first, last = first + lowest, first + highest
    if grows:
        more = int(_bounds(graph, last, last + 1)[1]) - int(bounds[-1])
        states = np.append(states, np.full(more, np.inf))
        entered = np.append(entered, np.zeros(more, np.int8))
        pauses, others = np.append(pauses, np.inf), np.append(others, np.inf)
        last += 1
    chains = _chain_range(graph, first, last)
    begin = int(_bounds(graph, first, last)[0])
    ends = states[graph.chain_end[chains] - begin]
    word_ends = np.minimum.reduceat(ends, graph.first_chain[first:last] - graph.first_chain[first])
    return _Frame(first, last, states, entered, pauses, others, ends, word_ends)


def _word_costs(frame: _Frame, graph: Graph) -> Costs:
    starts = _bounds(graph, frame.first, frame.last)[:-1]
    return np.asarray(np.minimum.reduceat(frame.states, starts - starts[0]))


def _traced(frames: list[_Frame], graph: Graph) -> Numbers:
    """The way back from the end; a place is a state, or PAUSE or OTHER with the number of its gap."""
    places = np.empty(len(frames), np.int64)
    gap = len(graph.first_chain)
    place = _source(frames[-1], gap, graph, (0.0, 0.0, 0.0))
    for number in range(len(frames) - 1, -1, -1):
        places[number] = place
        if not number:
            break
        frame, before = frames[number], frames[number - 1]
        if place == PAUSE:
            place = _source(before, gap, graph, (0.0, 0.0, ENTER_PAUSE_NATS))
        elif place == OTHER:
            place = _source(before, gap, graph, (ENTER_OTHER_NATS, 0.0, ENTER_OTHER_NATS))
        else:
            begin = int(graph.chain_start[graph.first_chain[frame.first]])
            code = int(frame.entered[place - begin])
            if code == _BEGAN:
                gap = int(graph.word[place])
                place = _source(before, gap, graph, (0.0, 0.0, 0.0))
            else:
                place -= {_STAYED: 0, _ADVANCED: 1, _SKIPPED: 2}[code]
    return places


def _source(frame: _Frame, gap: int, graph: Graph, costs: tuple[float, float, float]) -> int:
    """Where a way into a gap, or through it, comes from: PAUSE, OTHER or the state that ends a word.

    Args:
        frame: the frame before.
        gap: number of the word that follows the gap.
        graph: of the text.
        costs: nats of coming from a pause, from another sound, from a word's end.
    """
    at = gap - frame.first
    inside = 0 <= at < len(frame.pauses)
    pause = frame.pauses[at] + costs[0] if inside else np.inf
    other = frame.others[at] + costs[1] if inside else np.inf
    word_end = frame.word_ends[at - 1] + costs[2] if 1 <= at <= len(frame.word_ends) else np.inf
    if word_end <= pause and word_end <= other:
        first_chain = int(graph.first_chain[frame.first])
        chains = _chain_range(graph, gap - 1, gap)
        stop = chains.stop if chains.stop is not None else first_chain + len(frame.ends)
        own = frame.ends[chains.start - first_chain : stop - first_chain]
        return int(graph.chain_end[chains.start + int(np.argmin(own))])
    return PAUSE if pause <= other else OTHER
