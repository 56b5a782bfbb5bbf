# SPDX-License-Identifier: Apache-2.0
"""What the avatar's worker does for each kind of request, with its progress, deadline and calling off."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import logging
import platform
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..reporter import Reporter
from .protocol import VersionsRequest

if TYPE_CHECKING:
    from ..desk import Desk
    from ..messages import Request

logger = logging.getLogger("mien.worker")

OUT_OF_TIME = "Ask for fewer or smaller pictures at once, or close other programs."
# Distribution -> what is imported; without the first nothing works, gsplat is for CUDA alone.
PACKAGES = {
    "torch": "torch",
    "numba": "numba",
    "scipy": "scipy",
    "pillow": "PIL",
    "OpenEXR": "OpenEXR",
    "av": "av",
    "mediapipe": "mediapipe",
}
OPTIONAL_PACKAGES = {"gsplat": "gsplat"}


class Clerk:
    """Works off requests; the main thread's alone.

    Args:
        desk: where progress goes out.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._errands: Mapping[type[Request], Callable[[Any, Reporter], dict[str, Any]]] = {
            VersionsRequest: _versions,
        }

    def answer(self, request: Request) -> dict[str, Any]:
        """The message that ends a request.

        Raises:
            MienError: from the errand, or ``deadline``.
            Cancelled: when the request is called off or the worker closes.
            ImportError: a package is not there.
        """
        kind = type(request).__name__
        logger.info("job %s: %s", request.id, kind)
        started = time.monotonic()
        report = Reporter(self._desk, request, OUT_OF_TIME)
        answer = self._errands[type(request)](request, report)
        logger.info("job %s: done in %.2f s", request.id, time.monotonic() - started)
        return {**answer, "id": request.id}


def _versions(_request: VersionsRequest, _report: Reporter) -> dict[str, Any]:
    known = {**PACKAGES, **OPTIONAL_PACKAGES}
    there = [name for name, module in known.items() if importlib.util.find_spec(module)]
    return {
        "type": "avatar_versions_result",
        "python": platform.python_version(),
        "packages": {name: importlib.metadata.version(name) for name in there},
        "missing": [name for name in PACKAGES if name not in there],
        "cuda": _graphics_card() if "torch" in there else None,
    }


def _graphics_card() -> str | None:
    import torch  # noqa: PLC0415 - the greeting goes out before it loads

    return torch.cuda.get_device_name() if torch.cuda.is_available() else None
