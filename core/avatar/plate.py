# SPDX-License-Identifier: Apache-2.0
"""An avatar over the person's own film: its torso and background, without the head that it shows.

The film's head is taken out of each picture and the avatar's is laid in. The film's neck stays: the
avatar's lies over it and fades into it above the collar, where neither moves, in the tones that the
film's skin has there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

from .background import Background, continued, film_background, sample_count
from .colour import linear_of_srgb
from .head_weights import HeadWeights, head_weights
from .sequence import picture
from .track_masks import CATEGORIES, Masks, open_masks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from .camera import Camera
    from .frame_files import Picture
    from .model import Frame, Pose
    from .plate_film import PlateFilm
    from .posed import Poser
    from .shot import Shot

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]
    Draw = Callable[[Pose, Camera], Frame]

# How far a place follows the head (`PersonMesh.head_weight`) where the avatar begins to show and where it
# hides the film; and the same where the film shows clothes, which hide a neck but no chin.
SHOWN, SHOWN_OVER_CLOTHES = (0.02, 0.35), (0.40, 0.75)
# Around the film's head as much goes with it, in shares of the picture: the masks' error and the head's
# colour on what is behind; and as far as loose hair reaches, where what is behind is remembered.
MARGIN_SHARE, STRANDS_SHARE = 0.014, 0.06
# What was hidden by the head is mostly background: only far from all of it the torso is continued.
TORSO_TRUST = 0.01
# Tones are compared where both necks are seen and corrected by no more than light explains; the
# correction fades out toward the head.
LEAST_TONE_PIXELS, MOST_TONE_GAIN = 60.0, 1.3
TONE_FADES = (0.35, 1.0)
_SURE = 0.9


@dataclass(frozen=True, eq=False)
class FilmHead:
    """What is where in one picture of the film; (H, W) float32 0..1.

    Attributes:
        gone: what is taken out: the head with a margin.
        strands: as far as its hair may reach; taken out where what is behind is remembered.
        neck: skin of the body.
        clothes: what the person wears.
        background: what is surely no part of the person.
        torso: what surely is, and stays.
    """

    gone: Floats
    strands: Floats
    neck: Floats
    clothes: Floats
    background: Floats
    torso: Floats


class Plate:
    """A tracked film made ready to lie under an avatar.

    Args:
        film: the film.
        poser: the avatar.
        draw: renders it.
    """

    def __init__(self, film: PlateFilm, poser: Poser, draw: Draw) -> None:
        self._film, self._poser, self._draw = film, poser, draw

    def pictures(
        self, shot: Shot, under: NDArray[np.int64], rows: Iterable[int]
    ) -> Iterator[Picture]:
        """Finished opaque frames, in the order of the film's pictures, which are decoded once.

        Args:
            shot: `PlateFilm.shot`'s.
            under: likewise, which picture lies under each frame.
            rows: which of the shot's frames.
        """
        waiting: dict[int, list[int]] = {}
        for row in rows:
            waiting.setdefault(int(under[row]), []).append(row)
        with open_masks(self._film.folder) as masks:
            background = self._background(masks)
            for place, pixels in self._film.pictures(np.array(sorted(waiting))):
                head = self._film_head(place, masks)
                behind = without_head(pixels, head, background)
                for row in waiting[place]:
                    yield self._over(shot, row, behind, head)

    def _background(self, masks: Masks) -> Background:
        width, height = self._film.track.size
        count = min(sample_count(height, width), len(self._film.rows))
        places = np.linspace(0, len(self._film.rows) - 1, count).round().astype(np.int64)
        return film_background(
            (pixels, self._shares(place, masks, ["background"], -MARGIN_SHARE) > _SURE)
            for place, pixels in self._film.pictures(np.unique(places))
        )

    def _film_head(self, place: int, masks: Masks) -> FilmHead:
        torso = self._shares(place, masks, ["body_skin", "clothes", "others"], -MARGIN_SHARE / 3)
        head = ["hair", "face_skin"]
        return FilmHead(
            gone=self._shares(place, masks, head, MARGIN_SHARE) * (1.0 - torso),
            strands=self._shares(place, masks, head, STRANDS_SHARE),
            neck=self._shares(place, masks, ["body_skin"], -MARGIN_SHARE),
            clothes=self._shares(place, masks, ["clothes", "others"], MARGIN_SHARE / 3),
            background=self._shares(place, masks, ["background"], -MARGIN_SHARE),
            torso=torso,
        )

    def _shares(self, place: int, masks: Masks, names: Sequence[str], grow: float) -> Floats:
        """Where some categories are, grown (or shrunk) by a share of the picture, with soft edges.

        What the masks' window leaves out is background.
        """
        film = self._film
        window = masks.window(film.film, film.track.size)
        small = masks(film.film, int(film.track.picture[film.rows[place]]))
        chosen = np.isin(small, [CATEGORIES.index(name) for name in names])
        image = Image.fromarray(np.where(chosen, np.uint8(255), np.uint8(0)))
        seen = image.resize((window.width, window.height), Image.Resampling.BILINEAR)
        width, height = film.track.size
        whole = np.full((height, width), 255 if "background" in names else 0, np.uint8)
        bottom, right = window.top + window.height, window.left + window.width
        whole[window.top : bottom, window.left : right] = np.asarray(seen)
        margin = max(1, round(abs(grow) * max(width, height)))
        moved = (maximum_filter if grow > 0.0 else minimum_filter)(whole, 2 * margin + 1)
        return np.asarray(gaussian_filter(moved / np.float32(255.0), 0.4 * margin), np.float32)

    def _over(self, shot: Shot, row: int, behind: Floats, head: FilmHead) -> Picture:
        drawn = picture(shot, self._draw, row)
        middle = shot.moments // 2
        seen = head_weights(self._poser, shot.pose(row, middle), shot.camera(row, middle))
        over_clothes = ramp(seen.weight, SHOWN_OVER_CLOTHES)
        shown = ramp(seen.weight, SHOWN)
        shown += head.clothes * (over_clothes - shown)
        covered = shown * drawn.rgba[..., 3]
        toned = drawn.rgba[..., :3] * tone(drawn.rgba, behind, head.neck, seen)
        colour = shown[..., None] * toned + (1.0 - covered[..., None]) * behind
        opaque = np.concatenate([colour, np.ones((*covered.shape, 1), np.float32)], axis=-1)
        depth = np.where(covered > 0.5, drawn.depth, np.float32(0.0))
        return replace(drawn, rgba=opaque.astype(np.float32), depth=depth)


def without_head(pixels: Bytes, head: FilmHead, background: Background) -> Floats:
    """A picture of the film with its head taken out: (H, W, 3) linear light.

    Args:
        pixels: (H, W, 3) uint8.
        head: of the picture.
        background: of the film.
    """
    coded = pixels / np.float32(255.0)
    remembered = background.known & background.still & (head.torso <= _SURE)
    sources = np.where(remembered[..., None], background.colour, coded)
    trust = np.where(head.torso > _SURE, np.float32(TORSO_TRUST), np.float32(0.0))
    trust[remembered | (head.background > _SURE)] = 1.0
    filled = continued(sources, trust)
    gone = np.maximum(head.gone, np.where(remembered, head.strands, 0.0))
    return linear_of_srgb(coded + gone[..., None] * (filled - coded))


def tone(rgba: Floats, behind: Floats, neck: Floats, seen: HeadWeights) -> Floats:
    """What an avatar's light is multiplied by so that its neck has the film's tones: (H, W, 3).

    Args:
        rgba: (H, W, 4) the avatar, linear light times alpha.
        behind: (H, W, 3) the film.
        neck: (H, W) where the film shows its neck.
        seen: of the avatar.
    """
    low, high = SHOWN
    both = np.where((seen.weight > low) & (seen.weight < high) & (seen.alpha > _SURE), neck, 0.0)
    if both.sum() < LEAST_TONE_PIXELS:
        return np.ones_like(behind)
    film, avatar = (np.tensordot(both, part, axes=2) for part in (behind, rgba[..., :3]))
    gain = np.clip(film / np.maximum(avatar, 1e-6), 1.0 / MOST_TONE_GAIN, MOST_TONE_GAIN)
    fading = 1.0 - ramp(seen.weight, TONE_FADES)
    return np.asarray(1.0 + fading[..., None] * (gain - 1.0), np.float32)


def ramp(values: Floats, ends: tuple[float, float]) -> Floats:
    """0 below the first end, 1 above the second, smooth between."""
    share = np.clip((values - ends[0]) / (ends[1] - ends[0]), 0.0, 1.0)
    return np.asarray(share * share * (3.0 - 2.0 * share), np.float32)
