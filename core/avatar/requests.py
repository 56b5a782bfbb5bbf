# SPDX-License-Identifier: Apache-2.0
"""What the avatar's worker can be asked for; `core.avatar.protocol` says how each is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..messages import Request
from .camera import Camera
from .consent import Consent
from .model import Pose


@dataclass(frozen=True)
class VersionsRequest(Request):
    """Which packages are there, and is there a graphics card."""


@dataclass(frozen=True)
class AvatarRequest(Request):
    """A request about an avatar.

    Attributes:
        avatar: its file.
    """

    avatar: Path


@dataclass(frozen=True)
class PapersRequest(AvatarRequest):
    """Who an avatar is of, and what made it."""


@dataclass(frozen=True)
class FilmView:
    """How the camera of a tracked film sees the person at one of its pictures.

    Attributes:
        plate: folder of the tracked film.
        seconds: since its first picture; it runs there and back again.
        longest_side: of the picture that is drawn, pixels.
    """

    plate: Path
    seconds: float
    longest_side: int


@dataclass(frozen=True, eq=False)
class PreviewRequest(AvatarRequest):
    """One frame for the viewport.

    Attributes:
        out_path: where the .npy goes.
        pose: what the avatar does.
        view: from where it is seen.
        look: whose hair and light are worn; None for the first, or the film's.
        device: a name for `core.avatar.device.choose_device`.
    """

    out_path: Path
    pose: Pose
    view: Camera | FilmView
    look: str | None
    device: str


@dataclass(frozen=True)
class RenderRequest(AvatarRequest):
    """Frames to files.

    Attributes:
        shot: a file of `core.avatar.shot`.
        out_path: with # for the frame's number.
        normals: write them too.
        look: whose hair and light are worn; None for the first, or the plate's.
        plate: a tracked film to lie under the frames, or None.
        first_frame: the frame over the plate's first picture.
        device: a name for `core.avatar.device.choose_device`.
    """

    shot: Path
    out_path: Path
    normals: bool
    look: str | None
    plate: Path | None
    first_frame: int
    device: str


@dataclass(frozen=True, eq=False)
class PlyRequest(AvatarRequest):
    """An avatar's Gaussians for other tools.

    Attributes:
        out_path: where the .ply goes.
        pose: None for the person at rest.
        look: whose hair and light are worn; None for the first.
    """

    out_path: Path
    pose: Pose | None
    look: str | None


@dataclass(frozen=True)
class CaptureRequest(Request):
    """A film to curves.

    Attributes:
        film: any film of one face.
        out_path: where the performance goes.
        start_seconds, duration_seconds: the range; None for the rest of the film.
    """

    film: Path
    out_path: Path
    start_seconds: float
    duration_seconds: float | None


@dataclass(frozen=True)
class TrackRequest(Request):
    """Films of one person to what a training needs.

    Attributes:
        films: with one camera.
        out_path: the folder that is made.
    """

    films: tuple[Path, ...]
    out_path: Path


@dataclass(frozen=True, eq=False)
class TrainRequest(Request):
    """A tracked film to an avatar.

    Attributes:
        track: the folder of a TrackRequest.
        out_path: where the avatar goes.
        consent: who the person is and what was agreed to.
        options: numbers of the training that differ from their defaults.
    """

    track: Path
    out_path: Path
    consent: Consent
    options: Mapping[str, Any]
