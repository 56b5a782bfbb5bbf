# SPDX-License-Identifier: Apache-2.0
"""Reading films needs PyAV; without it that test is left out."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("av") else ["test_film_read.py"]
