# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

from core.runs import runs_of_one, runs_of_true


@pytest.mark.parametrize(
    ("holds", "runs"),
    [
        ([], []),
        ([0, 0], []),
        ([1, 1], [(0, 2)]),
        ([1, 0, 1, 1, 0], [(0, 1), (2, 4)]),
        ([0, 1], [(1, 2)]),
    ],
)
def test_runs_of_true(holds, runs):
    assert runs_of_true(np.array(holds, bool)) == runs


@pytest.mark.parametrize(
    ("labels", "runs"),
    [([], []), ([7], [(0, 1)]), ([3, 3, 0, -1, -1], [(0, 2), (2, 3), (3, 5)])],
)
def test_runs_of_one_label_leave_no_gap(labels, runs):
    assert runs_of_one(np.array(labels, np.int64)) == runs
