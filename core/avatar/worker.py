# SPDX-License-Identifier: Apache-2.0
"""The avatar's worker process: it tracks, trains and renders a filmed person (core.avatar.protocol).

    python -m core.avatar.worker [--log FILE] [--threads N]

It runs in a Python that has the avatar's packages, mostly another one than Blender's.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from .. import __version__
from .threads import share_cores


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the worker until stdin ends or a shutdown arrives; then the process ends with code 0."""
    parser = argparse.ArgumentParser(prog="python -m core.avatar.worker", description=__doc__)
    parser.add_argument("--log", type=Path, default=None, help="file for the log; else stderr")
    parser.add_argument(
        "--threads", type=int, default=0, help="threads that draw (default: all cores)"
    )
    options = parser.parse_args(arguments)
    share_cores(options.threads)
    _serve(options.log)


def _serve(log: Path | None) -> NoReturn:
    # They load numpy, whose BLAS reads at its loading how many threads it may have.
    from ..door import open_desk, serve  # noqa: PLC0415
    from .errands import Clerk  # noqa: PLC0415
    from .faults import told  # noqa: PLC0415
    from .protocol import KINDS  # noqa: PLC0415

    desk = open_desk(log)
    desk.send(_hello())
    clerk = Clerk(desk, told)
    serve(desk, KINDS, clerk.answer, told, clerk.warm_up)


def _hello() -> dict[str, Any]:
    from .protocol import PROTOCOL  # noqa: PLC0415 - as above

    return {
        "type": "hello",
        "worker": "avatar",
        "protocol": PROTOCOL,
        "version": __version__,
        "pid": os.getpid(),
    }


if __name__ == "__main__":
    main()
