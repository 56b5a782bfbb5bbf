# SPDX-License-Identifier: Apache-2.0
"""Where avatars are trained and drawn: on the graphics card where all that it needs is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from ..errors import MienError
from .splat.cuda import load_kernels

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class Choice:
    """A device, and what is said of it.

    Attributes:
        device: torch's.
        words: what it is, and why; they can end a sentence.
        idle_card: whether a graphics card is there that is not used although it might be.
    """

    device: torch.device
    words: str
    idle_card: bool = False


def choose_device(name: str = "auto") -> Choice:
    """Resolve a wish, and leave the processor's cores to the rasteriser.

    An avatar's tensors are small; torch's own threads, waiting for the next of them, take the cores from
    numba's (256 pixels on two busy cores: 7 frames a second with them, 20 without).

    Args:
        name: one of `NAMES`; "auto" is CUDA where torch finds a card and gsplat, which draws on it, has
            its kernels. They are compiled the first time, which takes minutes.

    Raises:
        MienError: ``no_device``, where there is none of that name; ``no_cuda``, where CUDA is asked for
            and is not there, or ``avatar_gsplat_missing`` and ``avatar_gsplat_not_built``.
    """
    torch.set_num_threads(1)
    card = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return choice_of(name, card, load_kernels)


def choice_of(name: str, card: str | None, load: Callable[[], object]) -> Choice:
    """Resolve a wish on a computer.

    Args:
        name: one of `NAMES`.
        card: name of its graphics card, None where torch finds none.
        load: makes the kernels ready, or raises MienError.

    Raises:
        MienError: as `choose_device`.
    """
    if name not in NAMES:
        raise MienError("no_device", f'There is no device "{name}".', f"Give {', '.join(NAMES)}.")
    if name == "cpu":
        return Choice(torch.device("cpu"), "the processor")
    if card is None:
        if name == "auto":
            return Choice(torch.device("cpu"), "the processor: there is no CUDA device")
        raise MienError(
            "no_cuda",
            "There is no CUDA device that this PyTorch can use.",
            "Choose the processor (--device cpu), or install a PyTorch with CUDA and the driver for it.",
        )
    try:
        load()
    except MienError as error:
        if name == "cuda":
            raise
        why = f"the processor, and not on {card}: {error.message} {error.advice}"
        return Choice(torch.device("cpu"), why, idle_card=True)
    return Choice(torch.device("cuda"), f"the graphics card, {card}")
