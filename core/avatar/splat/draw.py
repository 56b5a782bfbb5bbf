# SPDX-License-Identifier: Apache-2.0
"""What is drawn, what comes out, and on which device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from ..camera import Camera


@dataclass(frozen=True, eq=False)
class Splats:
    """3D Gaussians in root space, float32, all on one device.

    Attributes:
        means: (N, 3) metres.
        quaternions: (N, 4) w x y z, of any length but zero.
        scales: (N, 3) metres, standard deviations along the Gaussian's own axes.
        opacities: (N,) 0..1.
        colours: (N, 3), already evaluated for the view.
        normals: (N, 3), drawn like a colour, or None.
    """

    means: Tensor
    quaternions: Tensor
    scales: Tensor
    opacities: Tensor
    colours: Tensor
    normals: Tensor | None = None


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture over nothing.

    Attributes:
        colour: (H, W, 3), premultiplied by alpha.
        alpha: (H, W) 0..1.
        depth: (H, W) metres along the view, the mean of the Gaussians' weighted by what each shows; 0
            where alpha is 0.
        normal: (H, W, 3), premultiplied by alpha; None where the splats have none.
    """

    colour: Tensor
    alpha: Tensor
    depth: Tensor
    normal: Tensor | None


def draw(splats: Splats, camera: Camera) -> Drawn:
    """Draw Gaussians as a camera sees them, by depth of their middles.

    Follows gsplat 1.5's antialiased rasterisation (EWA splatting, Zwicker et al. 2001; 3D Gaussian
    splatting, Kerbl et al. 2023; antialiasing of Mip-Splatting, Yu et al. 2023). A Gaussian that is not
    finite is not drawn. Differentiable in all that `Splats` holds, not in the camera.

    Args:
        splats: on the processor or on CUDA; where they are is where they are drawn.
        camera: the picture's size and lens.

    Raises:
        ValueError: shapes or kinds of numbers do not fit each other.
        MienError: CUDA only: gsplat or its compiler is missing (`avatar_gsplat_missing`,
            `avatar_gsplat_not_built`), or the graphics memory is full (`avatar_cuda_memory`).
    """
    _check(splats)
    if splats.means.is_cuda:
        from .cuda import draw_cuda  # noqa: PLC0415 - gsplat compiles itself at import

        return draw_cuda(splats, camera)
    from .cpu import draw_cpu  # noqa: PLC0415 - CUDA needs no numba

    return draw_cpu(splats, camera)


def _check(splats: Splats) -> None:
    count = len(splats.means)
    shapes = {
        "means": (count, 3),
        "quaternions": (count, 4),
        "scales": (count, 3),
        "opacities": (count,),
        "colours": (count, 3),
        "normals": (count, 3),
    }
    for name, shape in shapes.items():
        tensor = getattr(splats, name)
        if tensor is None and name == "normals":
            continue
        if tuple(tensor.shape) != shape:
            raise ValueError(f"{name} of splats must be {shape}, not {tuple(tensor.shape)}")
        if str(tensor.dtype) != "torch.float32" or tensor.device != splats.means.device:
            raise ValueError(f"{name} of splats must be float32 on the device of their means")
