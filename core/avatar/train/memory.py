# SPDX-License-Identifier: Apache-2.0
"""Memory that is used up in a training: what is said of it, and how the training goes on."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...errors import MienError
from ..faults import is_memory_error
from ..splat.cuda import CUDA_MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def memory_told(saved: int) -> Iterator[None]:
    """Say of memory that is used up, in drawing, gradients or optimiser, from where the training goes on.

    Args:
        saved: steps in the checkpoint that is on disk; 0 for none.

    Raises:
        MienError: ``avatar_cuda_memory`` of the graphics card, ``out_of_memory`` of the computer.
    """
    try:
        yield
    except Exception as error:
        on_card = "cuda" in str(error).lower()
        if isinstance(error, MienError):
            if error.code != CUDA_MEMORY:
                raise
            on_card = True
        elif not is_memory_error(error):
            raise
        kept = f"The checkpoint at step {saved} is kept" if saved else "No checkpoint was made yet"
        where = "there" if saved else "the first step"
        aside = " or choose the processor (--device cpu)," if on_card else ""
        raise MienError(
            CUDA_MEMORY if on_card else "out_of_memory",
            f"The training has used up the memory of "
            f"{'the graphics card' if on_card else 'this computer'}. {kept}.",
            f"Close other programs{aside} and train with the same options again: it goes on from {where}. "
            "With a smaller --size or fewer --gaussians it begins anew.",
        ) from error
