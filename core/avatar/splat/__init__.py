# SPDX-License-Identifier: Apache-2.0
"""3D Gaussians drawn into a picture, differentiably: numba on the processor, gsplat on CUDA.

Both follow gsplat 1.5's `rasterization(..., rasterize_mode="antialiased")`, so that an avatar trained on
one looks alike on the other.
"""

from .draw import Drawn, Splats, draw

__all__ = ["Drawn", "Splats", "draw"]
