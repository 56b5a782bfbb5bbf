# SPDX-License-Identifier: Apache-2.0
"""Drawing on an NVIDIA card through gsplat, and what to do where that fails."""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ...errors import MienError
from .draw import Drawn, Splats
from .rules import BLUR, NEAR_PLANE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    from ..camera import Camera

CUDA_MEMORY = "avatar_cuda_memory"
"""Code of the error of a full card."""
_KERNELS = "gsplat_cuda"


def draw_cuda(splats: Splats, camera: Camera) -> Drawn:
    """`draw` on CUDA."""
    if len(splats.means) == 0:
        return _nothing(splats, camera)
    rasterization = load_kernels()
    features = splats.colours
    if splats.normals is not None:
        features = torch.cat([features, splats.normals], 1)
    with cuda_errors():
        view, lens = _matrices(camera, splats.means.device)
        image, alpha, _ = rasterization(
            splats.means,
            splats.quaternions,
            splats.scales,
            splats.opacities,
            features,
            view,
            lens,
            camera.width,
            camera.height,
            near_plane=NEAR_PLANE,
            eps2d=BLUR,
            packed=False,
            render_mode="RGB+D",
            rasterize_mode="antialiased",
        )
        return _drawn(image[0], alpha[0, ..., 0])


@contextmanager
def cuda_errors() -> Iterator[None]:
    """Say what CUDA's failures mean; a training says more (`core.avatar.train.memory`).

    Raises:
        MienError: `avatar_cuda_memory` where the card's memory is full.
    """
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise MienError(
            CUDA_MEMORY,
            "The graphics card has not enough free memory for this picture of the avatar.",
            "Close other programs that use the card (Blender's own viewport among them), choose a "
            "smaller picture, or choose the processor as device.",
        ) from error


def _drawn(image: Tensor, alpha: Tensor) -> Drawn:
    """Take gsplat's picture apart: colour, normals if any, and the weighted depth last."""
    depth = image[..., -1] / torch.where(alpha > 0.0, alpha, torch.ones_like(alpha))
    normal = image[..., 3:6] if image.shape[-1] == 7 else None
    return Drawn(image[..., :3], alpha, depth, normal)


def _nothing(splats: Splats, camera: Camera) -> Drawn:
    # The sum of no numbers is 0, and ties the picture to its inputs as a drawn one is tied.
    blank = splats.means.sum() + splats.means.new_zeros(camera.height, camera.width)
    colour = blank[..., None].expand(-1, -1, 3)
    return Drawn(colour, blank, blank, None if splats.normals is None else colour)


def _matrices(camera: Camera, device: torch.device) -> tuple[Tensor, Tensor]:
    lens = [
        [camera.focal_x, 0.0, camera.centre_x],
        [0.0, camera.focal_y, camera.centre_y],
        [0.0, 0.0, 1.0],
    ]
    view = torch.tensor(camera.root_to_camera, dtype=torch.float32, device=device)
    return view[None], torch.tensor([lens], dtype=torch.float32, device=device)


def load_kernels() -> Callable[..., Any]:
    """The drawing of gsplat, compiled for this card; the first call on a machine takes minutes.

    A compilation that fails is not tried again in this process.

    Raises:
        MienError: ``avatar_gsplat_missing`` or ``avatar_gsplat_not_built``.
    """
    try:
        from gsplat import rasterization  # noqa: PLC0415 - only CUDA needs it
    except ImportError as error:
        raise MienError(
            "avatar_gsplat_missing",
            f"Drawing an avatar on the graphics card needs the package gsplat ({error}).",
            "Run: pip install gsplat==1.5.3 in the avatar's environment, or choose the processor as "
            "device.",
        ) from error
    reason = _why_not_built()
    if reason is not None:
        raise _not_built(reason)
    return rasterization  # type: ignore[no-any-return]


@lru_cache  # of a failure too: the compiler would be tried for minutes at every preview
def _why_not_built() -> str | None:
    try:
        from gsplat.cuda import _backend  # noqa: PLC0415 - compiles at import
    except (ImportError, OSError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"
    # gsplat says nowhere else whether it can draw.
    return "no CUDA toolkit was found" if _backend._C is None else None  # noqa: SLF001


def are_kernels_built() -> bool:
    """Whether `load_kernels` has nothing to compile; it looks where gsplat 1.5.3 does, and loads nothing of it."""
    package = find_spec("gsplat")
    if package is None or package.origin is None:
        return False
    if any(Path(package.origin).parent.glob("csrc.*")):
        return True
    # torch's name for the folder holds the versions of Python and CUDA.
    from torch.utils.cpp_extension import _get_build_directory  # noqa: PLC0415 - only CUDA needs it

    folder = Path(_get_build_directory(_KERNELS, verbose=False))
    return any((folder / f"{_KERNELS}{ending}").is_file() for ending in (".so", ".lib"))


def _not_built(reason: str) -> MienError:
    return MienError(
        "avatar_gsplat_not_built",
        f"gsplat has no kernels for the graphics card: {reason}.",
        "Install NVIDIA's CUDA toolkit (nvcc) in the version that torch was built for "
        f"({torch.version.cuda or 'this torch is built without CUDA'}) and a C++ compiler, and start "
        "Blender or the command anew; or choose the processor as device.",
    )
