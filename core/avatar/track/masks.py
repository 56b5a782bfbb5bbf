# SPDX-License-Identifier: Apache-2.0
"""What each pixel of a film shows: background, hair, skin of body and face, clothes, others.

MediaPipe's multi-class selfie segmenter looks at 256 x 256 pixels, in 0.11 s on one core; pictures are
worked off side by side, one a core. Where a head is small in the picture, it looks at a window of it
that stays the same over the film, so that hair does not melt into a few pixels.
"""

from __future__ import annotations

import os
import queue
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import MienError
from ..track_masks import MASK_SIDE, MaskWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from ...film.read import Picture

    Mask = NDArray[np.uint8]

# Around what the landmarks cover over a film, in heights of the face: hair above, neck and shoulders
# below, ears and hair beside.
ABOVE, BELOW, BESIDE = 0.9, 1.0, 0.9
# A window that is nearly the picture is the picture.
NEARLY_ALL = 0.75
# Pictures in work for each core; more would only take memory.
WAITING = 2


def head_window(landmarks: NDArray[np.floating[Any]], size: tuple[int, int]) -> MaskWindow:
    """The part of a film's pictures that holds the head in all of them.

    Args:
        landmarks: (T, 478, 2 or more) pixels of the pictures that show a face.
        size: (width, height) of the pictures.
    """
    width, height = size
    whole = MaskWindow(0, 0, width, height)
    if not len(landmarks):
        return whole
    lowest, highest = landmarks[..., :2].min(axis=1), landmarks[..., :2].max(axis=1)
    face = float(np.median(highest[:, 1] - lowest[:, 1]))
    left, top = lowest.min(axis=0) - face * np.array([BESIDE, ABOVE])
    right, bottom = highest.max(axis=0) + face * np.array([BESIDE, BELOW])
    side = max(right - left, bottom - top)
    if side >= NEARLY_ALL * max(size):
        return whole
    across, down = (round(min(side, limit)) for limit in size)
    return MaskWindow(
        round(np.clip((left + right - across) / 2.0, 0, width - across)),
        round(np.clip((top + bottom - down) / 2.0, 0, height - down)),
        across,
        down,
    )


def parse_pictures(
    pictures: Iterable[Picture], window: MaskWindow, model: Path
) -> Iterator[tuple[Picture, Mask]]:
    """Pictures with their category maps, in order.

    Args:
        pictures: of one film.
        window: the part of them that is looked at, stretched to 256 x 256.
        model: the segmenter's file.

    Raises:
        MienError: ``film_packages``.
    """
    cores = max(1, min(4, os.cpu_count() or 1))
    free: queue.SimpleQueue[Callable[[Mask], Mask]] = queue.SimpleQueue()

    def mask_of(picture: Picture) -> Mask:
        parse = free.get()
        try:
            return parse(seen_through(window, picture.pixels))
        finally:
            free.put(parse)

    with ExitStack() as stack:
        for _ in range(cores):
            free.put(stack.enter_context(_segmenter(model)))
        pool = stack.enter_context(ThreadPoolExecutor(cores))
        waiting: deque[tuple[Picture, Any]] = deque()
        for picture in pictures:
            waiting.append((picture, pool.submit(mask_of, picture)))
            if len(waiting) > WAITING * cores:
                done, result = waiting.popleft()
                yield done, result.result()
        for done, result in waiting:
            yield done, result.result()


def seen_through(window: MaskWindow, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The part of a picture (H, W, 3) as the segmenter takes it: (256, 256, 3)."""
    from PIL import Image  # noqa: PLC0415 - an extra

    box = (window.left, window.top, window.left + window.width, window.top + window.height)
    image = Image.fromarray(pixels)
    return np.asarray(image.resize((MASK_SIDE, MASK_SIDE), Image.Resampling.BILINEAR, box))


@contextmanager
def _segmenter(model: Path) -> Iterator[Callable[[NDArray[np.uint8]], Mask]]:
    try:
        import mediapipe  # noqa: PLC0415 - heavy, and an extra
        from mediapipe.tasks.python import BaseOptions, vision  # noqa: PLC0415
    except ImportError as error:
        raise MienError(
            "film_packages",
            "The package that tells people from their background (mediapipe) is not installed.",
            "Run: pip install '.[avatar]'.",
        ) from error
    options = vision.ImageSegmenterOptions(
        base_options=BaseOptions(model_asset_path=str(model)), output_category_mask=True
    )
    with vision.ImageSegmenter.create_from_options(options) as segmenter:

        def parse(pixels: NDArray[np.uint8]) -> Mask:
            answer = segmenter.segment(mediapipe.Image(mediapipe.ImageFormat.SRGB, pixels))
            return np.array(answer.category_mask.numpy_view().reshape(MASK_SIDE, MASK_SIDE))

        yield parse
