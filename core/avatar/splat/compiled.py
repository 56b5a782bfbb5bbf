# SPDX-License-Identifier: Apache-2.0
"""Compilation by numba, kept on disk so that only the first run on a machine waits for it.

Numba compiles a function again when its own file changes, not when a function that it calls does. So
what it keeps lies in a folder named by the text of all files here: no update runs with old parts.

Divisions by zero give infinities, as numpy's do: a test before each would slow the kernels by half.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ...errors import MienError

try:
    import numba
except ImportError as error:
    raise MienError(
        "avatar_packages",
        f"Drawing an avatar on the processor needs the package numba ({error}).",
        "Run: pip install '.[avatar]'.",
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable

    Function = TypeVar("Function", bound=Callable[..., object])

_HERE = Path(__file__).parent
_SOURCES = b"".join(path.read_bytes() for path in sorted(_HERE.glob("*.py")))
_KEPT = _HERE / "__pycache__" / hashlib.sha256(_SOURCES).hexdigest()[:16]


def compiled(function: Function) -> Function:
    """Compile a part of a kernel, into the kernels that call it."""
    return numba.njit(forceinline=True, error_model="numpy")(function)  # type: ignore[no-any-return]


def kernel(function: Function) -> Function:
    """Compile what Python calls."""
    return _kept(function)


def parallel_kernel(function: Function) -> Function:
    """Compile what Python calls; its `prange` loops are shared among threads."""
    return _kept(function, parallel=True)


def _kept(function: Function, **options: bool) -> Function:
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(_KEPT)
    try:
        return numba.njit(cache=True, error_model="numpy", **options)(function)  # type: ignore[no-any-return]
    finally:
        numba.config.CACHE_DIR = before
