# SPDX-License-Identifier: Apache-2.0
"""The avatar's worker process: it tracks, trains and renders a filmed person (core.avatar.protocol).

    python -m core.avatar.worker [--log FILE] [--threads N]

It runs in a Python that has the avatar's packages, mostly another one than Blender's.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from .. import __version__
from ..door import open_desk, serve
from ..errors import MienError
from .errands import Clerk
from .protocol import KINDS, PROTOCOL

# They are read when numba, torch or a BLAS is first loaded. The rasteriser's threads are numba's; those of
# torch and BLAS would only stand in their way (`core.avatar.device`).
THREADS_VARIABLE, SINGLE_VARIABLES = (
    "NUMBA_NUM_THREADS",
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
)
# Words of torch and of CUDA's allocator about memory; torch's own class needs torch to be named.
MEMORY_WORDS = ("out of memory", "can't allocate memory", "alloc_cpu")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the worker until stdin ends or a shutdown arrives; then the process ends with code 0."""
    parser = argparse.ArgumentParser(prog="python -m core.avatar.worker", description=__doc__)
    parser.add_argument("--log", type=Path, default=None, help="file for the log; else stderr")
    parser.add_argument(
        "--threads", type=int, default=0, help="threads that draw (default: all cores)"
    )
    options = parser.parse_args(arguments)
    os.environ.update(dict.fromkeys(SINGLE_VARIABLES, "1"))
    if options.threads > 0:
        os.environ[THREADS_VARIABLE] = str(options.threads)
    desk = open_desk(options.log)
    desk.send(_hello())
    clerk = Clerk(desk, told)
    serve(desk, KINDS, clerk.answer, told, clerk.warm_up)


def _hello() -> dict[str, Any]:
    return {
        "type": "hello",
        "worker": "avatar",
        "protocol": PROTOCOL,
        "version": __version__,
        "pid": os.getpid(),
    }


def told(error: BaseException) -> MienError:
    """What the animator is told of an error that is none of Mien's own."""
    if isinstance(error, ModuleNotFoundError):
        return MienError(
            "incomplete_install",
            f"The avatar's Python at {sys.executable} lacks the package {error.name}.",
            "Make it with `python3 install.py avatar`, or run `pip install '.[avatar]'` in it.",
        )
    if isinstance(error, ImportError):
        return MienError(
            "incomplete_install",
            f"A package does not load in the avatar's Python at {sys.executable} ({error}).",
            "Make it anew with `python3 install.py avatar`.",
        )
    if isinstance(error, MemoryError) or any(word in str(error).lower() for word in MEMORY_WORDS):
        on_card = "cuda" in str(error).lower()
        return MienError(
            "out_of_memory",
            f"The memory of {'the graphics card' if on_card else 'this computer'} is used up.",
            "Take smaller pictures or fewer Gaussians, or close other programs; what was finished is kept.",
        )
    return MienError(
        "internal",
        f"The avatar's worker met an error it does not know ({type(error).__name__}: {error}).",
        "Please report it with the log.",
    )


if __name__ == "__main__":
    main()
