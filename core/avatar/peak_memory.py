# SPDX-License-Identifier: Apache-2.0
"""How much memory the process has taken at most."""

from __future__ import annotations

import sys


def peak_memory_mib() -> int | None:
    """The largest resident set of the process so far, in MiB (getrusage); None on Windows, which has none.

    Files that are mapped, such as the pictures of a training, count as far as they were in memory.
    """
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - Windows has no such module

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # macOS counts bytes, the others KiB.
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))
