# SPDX-License-Identifier: Apache-2.0
"""Films of the trainings' tests serve here too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "core"))
