# SPDX-License-Identifier: Apache-2.0
"""The numbers that decide how a Gaussian is drawn; all are gsplat 1.5's."""

from __future__ import annotations

import numpy as np

# Metres; what stands nearer is not drawn.
NEAR_PLANE = 0.01
# Square pixels added to the variance across and down, so that no Gaussian falls between pixels; its
# opacity is lowered by as much as it was widened (Mip-Splatting's antialiasing, arXiv 2311.16493).
BLUR = 0.3
# Where a Gaussian's alpha is lower it is not drawn: it would not change an 8-bit picture.
LEAST_ALPHA = 1.0 / 255.0
# One Gaussian never hides everything, so that those behind it keep a gradient.
MOST_ALPHA = np.float32(0.999)
# A pixel is finished before the Gaussian that would let less light through than this.
LEAST_TRANSMITTANCE = np.float32(1e-4)
# The Jacobian of the projection is taken no further outside the picture than this share of half its
# width or height; beyond, the linear approximation would smear a Gaussian over the picture.
MARGIN = 0.3
