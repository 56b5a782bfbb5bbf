# SPDX-License-Identifier: Apache-2.0
"""How long it takes to draw 3D Gaussians, forward and with gradients.

A shell the size of a head fills a square picture; Gaussians shrink as their number grows, as a trained
avatar's do. Run: ``OMP_NUM_THREADS=1 python -m benchmarks.avatar_splat`` in the avatar's environment; on
a card with gsplat a row of it follows each of the processor's.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import fields
from typing import TYPE_CHECKING

import numba
import numpy as np
import torch

from core.avatar.camera import Camera
from core.avatar.splat import Splats, draw

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTS_AND_SIZES = [(5_000, 256), (20_000, 256), (20_000, 512), (50_000, 512), (100_000, 1024)]
REPEATS = 15


def head(count: int) -> Splats:
    """A shell of 15 by 20 by 23 cm; Gaussians of 0.8 mm at 20 000, of any shape and direction."""
    generator = torch.Generator().manual_seed(0)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator)

    directions = torch.nn.functional.normalize(noise(count, 3), dim=1)
    size = 0.0008 * (20_000 / count) ** 0.5
    return Splats(
        directions * torch.tensor([0.075, 0.1, 0.115]),
        noise(count, 4),
        torch.exp(0.4 * noise(count, 3)) * size,
        torch.sigmoid(1.5 * noise(count) + 1.0),
        torch.rand(count, 3, generator=generator),
    )


def camera(pixels: int) -> Camera:
    """From 0.8 m before the face, which fills the picture's height."""
    view = np.eye(4)
    view[:3, :3] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    view[:3, 3] = [0, 0, 0.8]
    return Camera(pixels, pixels, 3.4 * pixels, 3.4 * pixels, pixels / 2, pixels / 2, view)


def on(splats: Splats, device: str, *, wanted: bool) -> Splats:
    """Copies on a device, with gradients wanted or not."""
    tensors = (getattr(splats, field.name) for field in fields(splats))
    return Splats(
        *(None if t is None else t.to(device, copy=True).requires_grad_(wanted) for t in tensors)
    )


def milliseconds(call: Callable[[], object], device: str) -> float:
    """Median of `REPEATS` calls after one that compiles."""
    call()
    taken = []
    for _ in range(REPEATS):
        if device == "cuda":
            torch.cuda.synchronize()
        begin = time.perf_counter()
        call()
        if device == "cuda":
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - begin)
    return 1000.0 * statistics.median(taken)


def row(count: int, pixels: int, device: str) -> str:
    """One line of the table."""
    view, splats = camera(pixels), head(count)
    still, wanted = on(splats, device, wanted=False), on(splats, device, wanted=True)

    def train() -> None:
        drawn = draw(wanted, view)
        (drawn.colour.sum() + drawn.alpha.sum() + drawn.depth.sum()).backward()

    forward = milliseconds(lambda: draw(still, view), device)
    both = milliseconds(train, device)
    where = (
        f"{numba.get_num_threads()} threads" if device == "cpu" else torch.cuda.get_device_name()
    )
    return f"| {count} | {pixels} x {pixels} | {forward:.1f} | {both:.1f} | {where} |"


def main() -> None:
    """Print the table."""
    print("| Gaussians | picture | forward ms | forward + backward ms | on |")
    print("| ---: | --- | ---: | ---: | --- |")
    for count, pixels in COUNTS_AND_SIZES:
        for device in ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]:
            print(row(count, pixels, device), flush=True)


if __name__ == "__main__":
    main()
