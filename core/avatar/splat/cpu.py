# SPDX-License-Identifier: Apache-2.0
"""Drawing on the processor: the kernels as one differentiable step."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import torch
from torch import Tensor

from ..camera import Camera
from .compositing import composite
from .compositing_gradient import added_up, composite_gradient
from .draw import Drawn, Splats
from .layout import (
    CHANNELS,
    COLOUR,
    DEPTH,
    NORMAL,
    SEEN,
    Array,
    Bins,
    Gaussians,
    Picture,
    PictureGradient,
    Scene,
)
from .lens import lens_numbers
from .projection import project
from .projection_gradient import project_gradient
from .tiles import bin_tiles


class _Pass(NamedTuple):
    """What one drawing leaves for its gradient."""

    gaussians: Gaussians
    camera: Camera
    bins: Bins
    scene: Scene
    picture: Picture


def draw_cpu(splats: Splats, camera: Camera) -> Drawn:
    """`draw` on the processor."""
    tensors = (
        splats.means,
        splats.quaternions,
        splats.scales,
        splats.opacities,
        splats.colours,
        splats.normals,
    )
    if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in tensors):
        return Drawn(*_Drawing.apply(camera, *tensors))
    return _shown(_forward(splats, camera).picture)


def _array(tensor: Tensor) -> Array:
    return np.ascontiguousarray(tensor.detach().numpy())


def _forward(splats: Splats, camera: Camera) -> _Pass:
    gaussians = Gaussians(
        _array(splats.means),
        _array(splats.quaternions),
        _array(splats.scales),
        _array(splats.opacities),
    )
    seen = np.zeros(len(gaussians.means), SEEN)
    project(gaussians, lens_numbers(camera), seen)
    depth = np.ascontiguousarray(seen["depth"])
    bins = bin_tiles(seen, depth.view(np.uint32), camera.width, camera.height)
    features = _features(splats, depth)
    scene = Scene(seen, features, bins.meetings, bins.tile_starts, bins.splats)
    shape = (camera.height, camera.width)
    picture = Picture(
        np.zeros((*shape, scene.features.shape[1]), np.float32),
        np.ones(shape, np.float32),
        np.full(shape, -1, np.int32),
    )
    composite(scene, picture, numba.get_num_threads())
    return _Pass(gaussians, camera, bins, scene, picture)


def _features(splats: Splats, depth: Array) -> Array:
    channels = DEPTH + 1 if splats.normals is None else NORMAL.stop
    features = np.empty((len(depth), channels), np.float32)
    features[:, COLOUR] = _array(splats.colours)
    features[:, DEPTH] = depth
    if splats.normals is not None:
        features[:, NORMAL] = _array(splats.normals)
    return features


def _cover(picture: Picture) -> tuple[Array, Array]:
    """Alpha, and what to divide by it with: 1 where it is 0."""
    alpha = np.float32(1.0) - picture.transmittance
    return alpha, np.where(alpha > 0.0, alpha, np.float32(1.0))


def _shown(picture: Picture) -> Drawn:
    alpha, divisor = _cover(picture)
    has_normals = picture.image.shape[2] == NORMAL.stop
    return Drawn(
        torch.from_numpy(np.ascontiguousarray(picture.image[..., COLOUR])),
        torch.from_numpy(alpha),
        torch.from_numpy(picture.image[..., DEPTH] / divisor),
        torch.from_numpy(np.ascontiguousarray(picture.image[..., NORMAL])) if has_normals else None,
    )


def _wish(picture: Picture, wished: tuple[Tensor | None, ...]) -> PictureGradient:
    """Gradients to the four pictures of `Drawn`, None for zeros -> the gradient to `picture`."""
    colour, alpha, depth, normal = (None if g is None else g.detach().numpy() for g in wished)
    wish = PictureGradient(np.zeros_like(picture.image), np.zeros_like(picture.transmittance))
    if colour is not None:
        wish.image[..., COLOUR] = colour
    if alpha is not None:
        wish.alpha[:] = alpha
    if depth is not None:
        _, divisor = _cover(picture)
        share = depth / divisor
        wish.image[..., DEPTH] = share
        wish.alpha[:] -= share * picture.image[..., DEPTH] / divisor
    if normal is not None:
        wish.image[..., NORMAL] = normal
    return wish


def _backward(drawing: _Pass, wish: PictureGradient) -> tuple[Gaussians, Array]:
    """Gradients to the Gaussians and to their features."""
    gaussians, camera, bins, scene, picture = drawing
    meetings = np.zeros((len(bins.meetings), CHANNELS + scene.features.shape[1]), np.float32)
    composite_gradient(scene, picture, wish, meetings, numba.get_num_threads())
    gradients = added_up(meetings, bins.splat_starts)
    out = Gaussians(*(np.zeros_like(array) for array in gaussians))
    project_gradient(gaussians, lens_numbers(camera), bins.order, gradients, out)
    to_features = np.zeros_like(scene.features)
    to_features[bins.order] = gradients[:, CHANNELS:]
    return out, to_features


class _Drawing(torch.autograd.Function):  # type: ignore[misc] # torch is not in the linter's environment
    """Camera and the tensors of `Splats` -> the tensors of `Drawn`."""

    @staticmethod
    def forward(ctx: Any, camera: Camera, *tensors: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401 - torch's own
        ctx.set_materialize_grads(False)
        ctx.drawing = _forward(Splats(*tensors), camera)
        drawn = _shown(ctx.drawing.picture)
        return drawn.colour, drawn.alpha, drawn.depth, drawn.normal

    @staticmethod
    def backward(ctx: Any, *wished: Tensor | None) -> tuple[Tensor | None, ...]:  # noqa: ANN401 - torch's own
        gaussians, features = _backward(ctx.drawing, _wish(ctx.drawing.picture, wished))
        normals = features[:, NORMAL] if features.shape[1] == NORMAL.stop else None
        return (
            None,
            *(torch.from_numpy(array) for array in gaussians),
            torch.from_numpy(np.ascontiguousarray(features[:, COLOUR])),
            None if normals is None else torch.from_numpy(np.ascontiguousarray(normals)),
        )
