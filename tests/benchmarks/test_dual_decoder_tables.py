# SPDX-License-Identifier: Apache-2.0
"""Figures and verdicts of the comparison of decoders, on made-up sums."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.dual_decoder_measures import METRICS
from benchmarks.dual_decoder_tables import (
    GROUPS,
    difference,
    figure,
    print_tables,
    table_of,
    verdict,
)


def sums(metric, shares):
    """One training whose clips have these shares of 10."""
    return {metric: {f"clip{k:02d}": (10.0 * share, 10.0) for k, share in enumerate(shares)}}


def tables(metric, *systems):
    return [table_of([sums(metric, shares)], metric) for shares in systems]


def test_a_figure_is_the_mean_over_trainings_and_lies_within_its_interval():
    trainings = [sums("recall", [0.5, 0.7, 0.9]), sums("recall", [0.9, 0.9, 0.9])]
    found = figure(table_of(trainings, "recall"), METRICS["recall"])
    assert found.value == pytest.approx(0.8)
    assert found.low < 0.8 < found.high


def test_a_gain_on_every_clip_is_seen_though_clips_differ_more_than_systems():
    one = np.linspace(0.2, 0.8, 20)
    better, worse = tables("recall", one + 0.05, one)
    gain = difference(better, worse, METRICS["recall"])
    assert gain.value == pytest.approx(0.05)
    assert verdict(gain, METRICS["recall"]) == "two"
    assert verdict(difference(worse, better, METRICS["recall"]), METRICS["recall"]) == "one"


def test_where_less_is_better_less_wins():
    near, far = tables("face", [0.5] * 5, [0.8] * 5)
    assert verdict(difference(near, far, METRICS["face"]), METRICS["face"]) == "two"
    assert verdict(difference(far, near, METRICS["face"]), METRICS["face"]) == "one"


def test_a_motion_should_be_neither_too_small_nor_too_large():
    right, dull = tables("upper motion", [1.1] * 5, [0.4] * 5)
    gain = difference(right, dull, METRICS["upper motion"])
    assert gain.value == pytest.approx(0.5)
    assert verdict(gain, METRICS["upper motion"]) == "two"
    wild, _ = tables("upper motion", [2.5] * 5, [0.4] * 5)
    assert (
        verdict(difference(wild, dull, METRICS["upper motion"]), METRICS["upper motion"]) == "one"
    )


def test_what_scatters_around_nothing_is_even():
    lots = np.random.default_rng(0).normal(0.5, 0.1, (2, 12))
    left, right = tables("recall", *lots)
    assert verdict(difference(left, right, METRICS["recall"]), METRICS["recall"]) == "even"


def test_every_measure_is_in_one_table():
    named = [name for names in GROUPS.values() for name in names]
    assert sorted(named) == sorted(METRICS)


def test_a_measure_that_a_system_lacks_is_a_dash(capsys):
    print_tables({"a": [sums("recall", [1.0, 1.0])]}, [])
    printed = capsys.readouterr().out
    assert "1.00 [1.00, 1.00]" in printed
    assert "| - |" in printed
