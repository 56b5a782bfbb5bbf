# SPDX-License-Identifier: Apache-2.0
"""Pictures of a head with freckled skin, painted quad by quad, for whatever holds a texture still."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

FINER = 2


def painted(mesh, quads, poses, size, light=1.0):
    """One (H, W, 3) picture for each of the poses."""
    colours = freckles(mesh.vertices[quads].mean(axis=1)) * light
    pictures = []
    for row in range(len(poses.rotation)):
        one = poses[slice(row, row + 1)]
        seen = one.seen(mesh.vertices.astype(np.float64))
        pixels = one.pixels(seen)[0] * FINER
        image = Image.new("RGB", (size[0] * FINER, size[1] * FINER), (90, 110, 140))
        draw = ImageDraw.Draw(image)
        depth = seen[0, quads, 2].mean(axis=1)
        for quad in np.argsort(-depth):
            corners = [tuple(place) for place in pixels[quads[quad]]]
            draw.polygon(corners, fill=tuple(int(c) for c in colours[quad]))
        pictures.append(np.asarray(image.resize(size, Image.Resampling.BOX)))
    return pictures


def freckles(places):
    """(Q, 3) sRGB 0..255 of places (Q, 3) on the head: waves of 7 to 30 mm."""
    dice = np.random.default_rng(11)
    waves = dice.normal(size=(24, 3))
    lengths = dice.uniform(0.007, 0.03, (24, 1))
    waves *= 2.0 * np.pi / (lengths * np.linalg.norm(waves, axis=1, keepdims=True))
    grey = np.cos(places @ waves.T + dice.uniform(0.0, 6.0, 24)).sum(axis=1) / 5.0
    return np.clip(np.array([190.0, 150.0, 130.0]) + 35.0 * grey[:, None], 0.0, 255.0)
