# SPDX-License-Identifier: Apache-2.0
"""Compilation by numba, kept on disk so that only the first run on a machine waits for it."""

from __future__ import annotations

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


def compiled(function: Function) -> Function:
    """Compile a function at its first call."""
    return numba.njit(cache=True)(function)  # type: ignore[no-any-return]


def compiled_parallel(function: Function) -> Function:
    """Compile a function whose `prange` loops are shared among threads."""
    return numba.njit(cache=True, parallel=True)(function)  # type: ignore[no-any-return]
