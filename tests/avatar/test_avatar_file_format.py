# SPDX-License-Identifier: Apache-2.0
"""Our own small reader and writer against the `safetensors` package."""

from __future__ import annotations

import numpy as np
import pytest
from crude_avatar import crude_avatar

from core.avatar.avatar_file import load_avatar, save_avatar

safetensors_numpy = pytest.importorskip("safetensors.numpy")


def test_the_package_reads_what_we_write_and_we_read_what_it_writes(tmp_path):
    from safetensors import safe_open

    ours, theirs = tmp_path / "ours.mienavatar", tmp_path / "theirs.mienavatar"
    avatar = crude_avatar(residual=0.01)
    save_avatar(ours, avatar)
    with safe_open(ours, "np") as file:
        texts = file.metadata()
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    assert np.array_equal(tensors["gaussians.residual"], avatar.gaussians.residual)
    safetensors_numpy.save_file(tensors, theirs, texts)
    # It lays tensors out in another order; the hash counts them in the contract's.
    assert theirs.read_bytes() != ours.read_bytes()
    assert load_avatar(theirs).meta == load_avatar(ours).meta
