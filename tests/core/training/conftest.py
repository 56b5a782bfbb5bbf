# SPDX-License-Identifier: Apache-2.0
"""Tests of the networks need the packages of training; without them they are left out."""

from __future__ import annotations

from importlib.util import find_spec

NEED_TORCH = ["test_batches.py", "test_losses.py", "test_train_lips.py"]
collect_ignore = [] if find_spec("torch") and find_spec("onnx") else NEED_TORCH
