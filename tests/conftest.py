# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test shares: the exit that Blender's wheels need."""

from __future__ import annotations

import os
import sys

EXIT = {"status": 0}


def pytest_sessionfinish(session, exitstatus):
    EXIT["status"] = int(exitstatus)


def pytest_unconfigure(config):
    """Leave without Python's clean-up.

    bpy 4.2 wheels end in a segmentation fault there and 4.5 wheels hang, when anything still
    holds on to bpy.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    if "bpy" in sys.modules:
        os._exit(EXIT["status"])
