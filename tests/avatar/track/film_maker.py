# SPDX-License-Identifier: Apache-2.0
"""Films for the avatar's tests from any pictures, made with PyAV; the faces are renders of Mien's head."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from film_studio import faces, opening, picture
from PIL import Image

TICKS = 600


def talking(seconds, fps, fps_of=None):
    """Pictures (300, 300, 3) of a head that talks, and their times."""
    times = np.arange(int(seconds * fps)) / fps if fps_of is None else fps_of
    tiles = faces()
    return [picture(float(opening(np.array([t]))[0]), tiles) for t in times], times


def placed(pictures, size, corner, scale=1.0, background=90):
    """Pictures put into larger ones of (width, height), their upper left corner at a place."""
    side = round(300 * scale)
    wide = np.full((size[1], size[0], 3), background, np.uint8)
    left, top = corner
    out = []
    for small in pictures:
        big = wide.copy()
        big[top : top + side, left : left + side] = np.asarray(
            Image.fromarray(small).resize((side, side))
        )
        out.append(big)
    return out


def write_film(path, pictures, times):
    """A film without sound, whose pictures have these times in seconds."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=TICKS)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 6_000_000
        stream.codec_context.time_base = Fraction(1, TICKS)
        for pixels, time in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
            frame.pts, frame.time_base = round(time * TICKS), Fraction(1, TICKS)
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return path
