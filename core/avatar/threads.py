# SPDX-License-Identifier: Apache-2.0
"""Who works on the processor's cores: the rasteriser's threads, and nobody waiting for them in a loop.

The rasteriser's threads are numba's; those of torch and BLAS would only stand in their way
(`core.avatar.device`). OpenMP's threads, which numba's are under Linux, wait for the next drawing in a loop;
beside others that want the cores, Blender above all, that takes them from the drawing itself: on two cores
with twelve busy processes 1.6 frames of 256 pixels a second so, and 4.5 where they sleep.
"""

from __future__ import annotations

import os

_THREADS = "NUMBA_NUM_THREADS"
_ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_WAITING = {"OMP_WAIT_POLICY": "passive"}


def share_cores(threads: int = 0) -> None:
    """Set what numba, torch and a BLAS read when they are first loaded: call it before.

    A user's own OMP_WAIT_POLICY stands. The worker calls it before numpy is loaded. The command line loads
    numpy to read its options: numpy's own BLAS keeps its threads there, scipy's, torch's and numba's obey.

    Args:
        threads: that draw; 0 for numba's own choice, all cores.
    """
    os.environ.update(_ALONE)
    for name, value in _WAITING.items():
        os.environ.setdefault(name, value)
    if threads > 0:
        os.environ[_THREADS] = str(threads)
