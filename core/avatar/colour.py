# SPDX-License-Identifier: Apache-2.0
"""Between the colours that films and splats are coded in (sRGB, IEC 61966-2-1) and linear light.

Light adds up, codes do not: pictures are averaged and laid over each other in linear light,
multiplied by their coverage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

# Coverage below which a colour divided by it is noise.
_LEAST_ALPHA = 1e-4


def linear_of_srgb(coded: Floats) -> Floats:
    """Linear light of sRGB codes of any shape; 0..1, brighter goes on along the curve."""
    lifted = np.maximum((coded + 0.055) / 1.055, 0.0) ** 2.4
    return np.asarray(np.where(coded <= 0.04045, coded / 12.92, lifted), np.float32)


def srgb_of_linear(light: Floats) -> Floats:
    """Codes (sRGB) of linear light of any shape."""
    lifted = 1.055 * np.maximum(light, 0.0) ** (1.0 / 2.4) - 0.055
    return np.asarray(np.where(light <= 0.0031308, light * 12.92, lifted), np.float32)


def unmultiplied(rgba: Floats) -> Floats:
    """Colour divided by alpha, (..., 4) to (..., 3); black where nothing is."""
    alpha = rgba[..., 3:]
    seen = alpha > _LEAST_ALPHA
    return np.asarray(np.where(seen, rgba[..., :3] / np.where(seen, alpha, 1.0), 0.0), np.float32)


def linear_rgba(rgba: Floats) -> Floats:
    """A frame's (..., 4) coded colours times alpha as linear light times alpha."""
    light = linear_of_srgb(unmultiplied(rgba)) * rgba[..., 3:]
    return np.concatenate([light, rgba[..., 3:]], axis=-1)
