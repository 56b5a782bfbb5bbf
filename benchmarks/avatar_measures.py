# SPDX-License-Identifier: Apache-2.0
"""The figures of one picture that a system drew, against the film's."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.avatar_fetch import LANDMARKER_FILE, LPIPS_FILE, SFACE_FILE
from benchmarks.avatar_identity import Identity, Landmarker
from benchmarks.avatar_lpips import Lpips
from benchmarks.avatar_metrics import (
    MOUTH_POINTS,
    alpha_error,
    below_brows,
    depth_error_mm,
    face_region,
    landmark_percent,
    psnr,
    ssim,
)
from benchmarks.avatar_pictures import face_square, over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.avatar_views import View

    Floats = NDArray[np.float32]
    Figures = dict[str, float]
    System = Callable[[View], "Shown"]
    Measure = Callable[["Shown", "Truth", "Judges"], Figures]


@dataclass(frozen=True, eq=False)
class Shown:
    """What a system draws: premultiplied (S, S, 4), and (S, S) depth in metres where it has one."""

    rgba: Floats
    depth: Floats | None = None


@dataclass(frozen=True, eq=False)
class Judges:
    """The nets, from the folder of `benchmarks.avatar_fetch`."""

    lpips: Lpips
    landmarker: Landmarker
    identity: Identity


@dataclass(frozen=True, eq=False)
class Truth:
    """A view, and what the judges see in it.

    Attributes:
        view: the view.
        picture: (S, S, 3) laid over what it has for a background.
        region: (S, S) the face, see `face_region`.
        points: (478, 2) that MediaPipe finds in the picture; None where it sees no face.
        vector: SFace's of the picture; None likewise.
    """

    view: View
    picture: Floats
    region: NDArray[np.bool_]
    points: Floats | None
    vector: Floats | None


@contextmanager
def open_judges(cache: Path) -> Iterator[Judges]:
    """Read the nets.

    Raises:
        FileNotFoundError: `python -m benchmarks.avatar_fetch` has not brought them.
    """
    files = [cache / name for name in (LPIPS_FILE, LANDMARKER_FILE, SFACE_FILE)]
    if not all(file.exists() for file in files):
        raise FileNotFoundError(
            f"{cache} lacks nets: run python -m benchmarks.avatar_fetch {cache}"
        )
    with closing(Landmarker(files[1])) as landmarker:
        yield Judges(Lpips(files[0]), landmarker, Identity(files[2]))


def truths_of(views: Sequence[View], judges: Judges) -> list[Truth]:
    """Look at the film's own pictures once."""
    return [_truth_of(view, judges) for view in views]


def film_figures(shown: Shown, truth: Truth, judges: Judges) -> Figures:
    """The figures of a picture that stands over a film's background.

    "face psnr", "face ssim", "face lpips": in the face region, the last on the square around it at 256
    pixels, with the film's picture outside the region in both. "inner psnr": the region below the brows.
    "head psnr": where the film has head, hair or neck. And those of `face_figures`.
    """
    picture = over(shown.rgba, truth.view.backdrop)
    inside = np.where(truth.region[..., None], picture, truth.picture)
    squares = [face_square(each, truth.region) for each in (inside, truth.picture)]
    inner = below_brows(truth.region, truth.view.landmarks)
    return {
        "face psnr": psnr(picture, truth.picture, truth.region),
        "inner psnr": psnr(picture, truth.picture, inner),
        "face ssim": ssim(picture, truth.picture, truth.region),
        "face lpips": judges.lpips.distance(*squares),
        "head psnr": psnr(picture, truth.picture, truth.view.head),
    } | face_figures(picture, truth, judges)


def matte_figures(shown: Shown, truth: Truth, judges: Judges) -> Figures:
    """The figures of a picture with an alpha: the whole picture over GREY.

    "head psnr": where the truth's alpha is over 0.5. "alpha", "depth": see `avatar_metrics`; the depth of
    a system that has none is NaN. And those of `face_figures`.
    """
    view = truth.view
    picture = over(shown.rgba, view.backdrop)
    depth = float("nan")
    if shown.depth is not None and view.depth is not None:
        solid = np.where(view.depth > 0.0, view.rgba[..., 3], 0.0)
        depth = depth_error_mm(shown.depth, view.depth, shown.rgba[..., 3], solid)
    return {
        "psnr": psnr(picture, truth.picture),
        "ssim": ssim(picture, truth.picture),
        "lpips": judges.lpips.distance(picture, truth.picture),
        "head psnr": psnr(picture, truth.picture, view.head),
        "alpha": alpha_error(shown.rgba[..., 3], view.rgba[..., 3]),
        "depth": depth,
    } | face_figures(picture, truth, judges)


def face_figures(picture: Floats, truth: Truth, judges: Judges) -> Figures:
    """What nets that know faces say; NaN where they see none in the truth or in the picture.

    "mouth", "face": landmarks, per cent of the face's width. "identity": cosine. "seen": 1 where a face
    was found in the picture, 0 where not, NaN where there is none in the truth either.
    """
    unknown = dict.fromkeys(("mouth", "face", "identity", "seen"), float("nan"))
    if truth.points is None or truth.vector is None:
        return unknown
    points = judges.landmarker.points(picture)
    if points is None:
        return unknown | {"seen": 0.0}
    return {
        "mouth": landmark_percent(points, truth.points, MOUTH_POINTS),
        "face": landmark_percent(points, truth.points),
        "identity": float(judges.identity.vector(picture, points) @ truth.vector),
        "seen": 1.0,
    }


def _truth_of(view: View, judges: Judges) -> Truth:
    picture = over(view.rgba, view.backdrop)
    height, width = picture.shape[:2]
    points = judges.landmarker.points(picture)
    vector = None if points is None else judges.identity.vector(picture, points)
    return Truth(view, picture, face_region(view.landmarks, width, height), points, vector)
