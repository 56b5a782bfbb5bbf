# SPDX-License-Identifier: Apache-2.0
"""What the first picture waits for, done before anybody asks: torch loaded, kernels compiled or read back."""

from __future__ import annotations

import importlib
from collections.abc import Callable


def load_drawing() -> None:
    """Load what draws an avatar, torch before all."""
    importlib.import_module(".render_frame", __package__)


def draw_once() -> None:
    """Draw one Gaussian where avatars are drawn: numba compiles its kernels then, or reads those it kept.

    A graphics card is left alone until a picture is asked for where its kernels would have to be compiled: that
    takes minutes, in which no other request is answered.

    Raises:
        MienError: of `splat.draw`.
    """
    import torch  # noqa: PLC0415 - loaded after the greeting

    from .camera import Camera  # noqa: PLC0415
    from .device import choose_device  # noqa: PLC0415
    from .splat import Splats, draw  # noqa: PLC0415
    from .splat.cuda import are_kernels_built  # noqa: PLC0415

    device = choose_device("auto" if are_kernels_built() else "cpu").device
    at = torch.tensor([[0.0, 0.0, 1.0]], device=device)
    splats = Splats(
        means=at,
        quaternions=torch.tensor([[1.0, 0.0, 0.0, 0.0]], device=device),
        scales=torch.full_like(at, 0.1),
        opacities=torch.ones(1, device=device),
        colours=torch.ones_like(at),
    )
    side = 16
    eye = torch.eye(4, dtype=torch.float64).numpy()
    draw(splats, Camera(side, side, side, side, side / 2, side / 2, eye))


STEPS: tuple[Callable[[], None], ...] = (load_drawing, draw_once)
"""In their order. A request that comes meanwhile waits for the end of one of them: that of a picture needs
it anyhow."""
