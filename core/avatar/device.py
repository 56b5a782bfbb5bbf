# SPDX-License-Identifier: Apache-2.0
"""Where avatars are trained and drawn: on the graphics card where all that it needs is there."""

from __future__ import annotations

from importlib.util import find_spec

import torch

from ..errors import MienError


def chosen_device(name: str = "auto") -> torch.device:
    """Resolve a wish, and leave the processor's cores to the rasteriser.

    An avatar's tensors are small; torch's own threads, waiting for the next of them, take the cores from
    numba's (256 pixels on two busy cores: 7 frames a second with them, 20 without).

    Args:
        name: "cpu", "cuda", or "auto" for CUDA where torch finds a card and gsplat, which draws on it,
            is installed.

    Raises:
        MienError: ``no_cuda``, where CUDA is asked for and is not there.
    """
    there = torch.cuda.is_available()
    if name == "cuda" and not there:
        raise MienError(
            "no_cuda",
            "There is no CUDA device that this PyTorch can use.",
            "Choose the processor (--device cpu), or install a PyTorch with CUDA and the driver for it.",
        )
    torch.set_num_threads(1)
    on_card = name == "cuda" or (name == "auto" and there and find_spec("gsplat") is not None)
    return torch.device("cuda" if on_card else "cpu")
