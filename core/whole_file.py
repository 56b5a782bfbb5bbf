# SPDX-License-Identifier: Apache-2.0
"""Results are written whole or not at all: under a temporary name beside the target, then renamed."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import MienError


@contextmanager
def whole_file(path: Path | str, what: str) -> Iterator[Path]:
    """Give a path to write to, which becomes `path` when the block ends well and goes when it fails.

    Args:
        path: the target; what lies there is replaced at the end.
        what: names the result in the message, such as ``The curves``.

    Raises:
        MienError: ``not_writable``, when the folder is missing, read-only or full.
    """
    target = Path(path)
    partial = target.parent / f".mien-{uuid.uuid4().hex}.part"
    try:
        yield partial
        partial.replace(target)
    except OSError as error:
        raise MienError(
            "not_writable",
            f"{what} cannot be written to {target} ({error.strerror or error}).",
            "Choose a folder that exists, that you may write to and that has space left.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
