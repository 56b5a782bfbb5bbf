# SPDX-License-Identifier: Apache-2.0
"""A sheet of pictures of a tracked film, with what was found drawn on them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...face.arkit import CHANNEL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from ...face.model import FaceModel
    from ..film_track import FilmTrack
    from ..track_masks import MaskWindow

    Floats = NDArray[np.float32]
    Mask = NDArray[np.uint8]

TILE_PIXELS, COLUMNS, SPREAD_TILES, WORST_TILES = 240, 4, 8, 4
LABEL_PIXELS = 16
# A tile shows this many heights of the face.
SHOWN_HEIGHTS = 2.0
# Hair red, skin of the body orange, of the face green, clothes blue, others violet; none for background.
TINTS = ((0, 0, 0), (230, 40, 40), (240, 170, 0), (40, 200, 60), (50, 90, 240), (200, 60, 220))
TINT_SHARE = 0.25
BACKGROUND_SHARE = 0.35
EXTREMES = (
    *("jawOpen", "mouthSmileLeft", "mouthPucker", "browInnerUp", "browDownLeft"),
    *("eyeBlinkLeft", "headYaw", "headPitch"),
)
# Lines of the 68 points: jaw, brows, nose, eyes, lips.
_CONTOURS = (
    *((range(17), False), (range(17, 22), False), (range(22, 27), False), (range(27, 31), False)),
    *((range(31, 36), False), (range(36, 42), True), (range(42, 48), True)),
    *((range(48, 60), True), (range(60, 68), True)),
)


@dataclass(frozen=True)
class Chosen:
    """A picture on the sheet: its row in the track, and why it is there."""

    row: int
    label: str


def choose_pictures(track: FilmTrack) -> list[Chosen]:
    """Pictures spread over the film, the extremes of channels, and those that fit worst."""
    seen = np.flatnonzero(track.found)
    spread = seen[np.linspace(0, len(seen) - 1, SPREAD_TILES).round().astype(int)]
    chosen = [Chosen(int(row), _time(track, row)) for row in spread]
    for name in EXTREMES:
        curve = track.values[seen, CHANNEL_NAMES.index(name)]
        ways = (np.argmin, np.argmax) if name.startswith("head") else (np.argmax,)
        for way in ways:
            row = int(seen[way(curve)])
            value = track.values[row, CHANNEL_NAMES.index(name)]
            chosen.append(Chosen(row, f"{name} {value:.2f}"))
    worst = seen[np.argsort(track.residual_pixels[seen])[::-1][:WORST_TILES]]
    return chosen + [
        Chosen(int(row), f"misfit {track.residual_pixels[row]:.1f} px") for row in worst
    ]


def fitted_points(track: FilmTrack, row: int, face: FaceModel) -> Floats:
    """Where the fitted head has its 68 landmarks in a picture of the film: (68, 2) pixels."""
    corners, values = face.landmark68_vertices, track.values[row, : len(face.shape_deltas)]
    placed = (
        face.vertices[corners]
        + track.offsets[corners]
        + np.tensordot(track.identity, face.identity_deltas[:, corners], axes=1)
        + np.tensordot(values, face.shape_deltas[:, corners], axes=1)
    )
    points = np.einsum("ntc,nt->nc", placed, face.landmark68_weights)
    seen = points @ track.head_to_camera[row, :3, :3].T + track.head_to_camera[row, :3, 3]
    pixels = seen[:, :2] / seen[:, 2:] * track.focal_pixels + np.array(track.size) / 2.0
    return np.asarray(pixels, np.float32)


def draw_tile(
    pixels: NDArray[np.uint8],
    mask: Mask,
    window: MaskWindow,
    points: Floats,
    fitted: Floats,
) -> NDArray[np.uint8]:
    """One picture around its head: the mask as a tint, tracked points green, the fitted head's lines white.

    Args:
        pixels: (H, W, 3) of the picture.
        mask: its category map.
        window: what that shows.
        points: (478, 2) pixels, as tracked.
        fitted: (68, 2) pixels of `fitted_points`.

    Returns:
        (TILE_PIXELS, TILE_PIXELS, 3) uint8.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 - an extra

    tinted = _tinted(pixels, mask, window)
    lowest, highest = points.min(axis=0), points.max(axis=0)
    side = SHOWN_HEIGHTS * float(highest[1] - lowest[1])
    corner = (lowest + highest) / 2.0 - side * np.array([0.5, 0.55])
    scale = TILE_PIXELS / side
    box = (*corner, *(corner + side))
    tile = Image.fromarray(tinted).transform(
        (TILE_PIXELS, TILE_PIXELS),
        Image.Transform.EXTENT,
        tuple(float(edge) for edge in box),
        Image.Resampling.BICUBIC,
    )
    draw = ImageDraw.Draw(tile)
    for x, y in (points - corner) * scale:
        draw.point((float(x), float(y)), fill=(90, 255, 90))
    lines = (fitted - corner) * scale
    for numbers, is_closed in _CONTOURS:
        line = [tuple(map(float, lines[n])) for n in numbers]
        draw.line([*line, line[0]] if is_closed else line, fill=(255, 255, 255), width=1)
    return np.asarray(tile)


def put_together(tiles: Iterable[tuple[NDArray[np.uint8], str]]) -> bytes:
    """The sheet as a PNG: tiles in rows of COLUMNS, each with its label below."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - an extra

    rows = list(tiles)
    down = TILE_PIXELS + LABEL_PIXELS
    lines = -(-len(rows) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * TILE_PIXELS, lines * down), (24, 24, 24))
    draw = ImageDraw.Draw(sheet)
    for number, (tile, label) in enumerate(rows):
        place = (number % COLUMNS * TILE_PIXELS, number // COLUMNS * down)
        sheet.paste(Image.fromarray(tile), place)
        draw.text((place[0] + 4, place[1] + TILE_PIXELS + 2), label, fill=(220, 220, 220))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _time(track: FilmTrack, row: int) -> str:
    time = f"{track.time_seconds[row]:.2f} s"
    return time if len(track.films) == 1 else f"film {track.film_of[row] + 1}, {time}"


def _tinted(pixels: NDArray[np.uint8], mask: Mask, window: MaskWindow) -> NDArray[np.uint8]:
    from PIL import Image  # noqa: PLC0415 - an extra

    size = (window.width, window.height)
    category = np.asarray(Image.fromarray(mask).resize(size, Image.Resampling.NEAREST))
    there = slice(window.top, window.top + size[1]), slice(window.left, window.left + size[0])
    shown = pixels.astype(np.float32) * BACKGROUND_SHARE
    part = pixels[there].astype(np.float32)
    tints = np.array(TINTS, np.float32)[category]
    is_person = (category > 0)[..., None]
    shown[there] = np.where(
        is_person, (1.0 - TINT_SHARE) * part + TINT_SHARE * tints, part * BACKGROUND_SHARE
    )
    return shown.astype(np.uint8)
