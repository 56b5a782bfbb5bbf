# SPDX-License-Identifier: Apache-2.0
"""LPIPS and SFace give known answers; a hostile file of weights calls nothing."""

from __future__ import annotations

import io
import pickle

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from benchmarks.avatar_fetch import DEFAULT_CACHE, LPIPS_FILE
from benchmarks.avatar_lpips import Lpips, read_arrays


class Caller:
    def __reduce__(self):
        return print, ("called",)


def test_weights_that_call_something_are_refused(capsys):
    hostile = io.BytesIO(pickle.dumps({"AlexNet_0": Caller()}))
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.print"):
        read_arrays(hostile)
    assert not capsys.readouterr().out


def test_nested_arrays_are_read():
    held = {"a": {"b": np.arange(6, dtype=np.float32).reshape(2, 3)}}
    old = pickle.dumps(held, protocol=3).replace(
        b"numpy._core.multiarray", b"numpy.core.multiarray"
    )
    assert np.array_equal(read_arrays(io.BytesIO(old))["a"]["b"], held["a"]["b"])


@pytest.mark.skipif(
    not (DEFAULT_CACHE / LPIPS_FILE).exists(),
    reason="python -m benchmarks.avatar_fetch has not brought the weights",
)
def test_lpips_is_zero_for_the_same_and_grows_with_blur():
    lpips = Lpips(DEFAULT_CACHE / LPIPS_FILE)
    picture = gaussian_filter(np.random.default_rng(0).random((96, 96, 3)), (2, 2, 0))
    picture = (picture - picture.min()) / np.ptp(picture)
    blurred = [gaussian_filter(picture, (sigma, sigma, 0)) for sigma in (1, 2, 4)]
    distances = [lpips.distance(picture, other) for other in (picture, *blurred)]
    assert distances[0] == 0.0
    assert distances == sorted(distances)
    assert distances[1] > 0.001
    assert distances[3] > 0.1
