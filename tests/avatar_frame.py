# SPDX-License-Identifier: Apache-2.0
"""The picture in tests/data/mien_frame_0007.exr, which Blender reads in tests/blender_addon.

Blender's Python has no OpenEXR to write it, so that file is kept; tests/avatar/test_frame_exr.py holds it
to what Mien writes today.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

KEPT = Path(__file__).parent / "data" / "mien_frame_0007.exr"
WIDTH, HEIGHT = 24, 16


def kept_picture():
    """(H, W, 4) linear light times alpha, (H, W) metres, (H, W, 3) normals; all exact as halves."""
    across, down = np.meshgrid(np.arange(WIDTH) / 32, np.arange(HEIGHT) / 32)
    alpha = np.where(across < 0.25, 0.0, np.where(across < 0.5, 0.5, 1.0))
    rgba = np.stack([across * alpha, down * alpha, 0.25 * alpha, alpha], axis=-1)
    depth = np.where(alpha > 0.0, 1.0 + down, 0.0)
    normal = np.stack([0.0 * alpha, -alpha, 0.0 * alpha], axis=-1)
    return rgba.astype(np.float32), depth.astype(np.float32), normal.astype(np.float32)
