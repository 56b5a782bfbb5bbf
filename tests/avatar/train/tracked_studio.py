# SPDX-License-Identifier: Apache-2.0
"""A tracked film of the crude avatar: every number of it is known, and training takes seconds."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
from crude_avatar import crude_avatar, crude_camera
from PIL import Image

SIDE, PICTURES, FPS = 96, 48, 24
BEHIND = 0.4
FACE_SKIN = 3


def make_tracked_film(folder):
    """Write film.mp4 and anna.mientrack into a folder; returns the latter."""
    from core.avatar.render_frame import render_frame
    from core.avatar.track_folder import write_track

    avatar, camera = crude_avatar(1500), crude_camera(SIDE)
    poses = [_pose(number) for number in range(PICTURES)]
    frames = [render_frame(avatar, pose, camera).rgba for pose in poses]
    film = folder / "film.mp4"
    write_film(film, frames)
    masks = ((0, number, _mask(frame[..., 3])) for number, frame in enumerate(frames))
    tracked = folder / "anna.mientrack"
    write_track(tracked, _track(film, camera, poses), masks, {}, b"")
    return tracked


def _pose(number):
    from core.avatar.head_pose import head_to_root
    from core.avatar.model import Pose
    from core.face.arkit import ARKIT_NAMES

    phase = 2.0 * np.pi * number / PICTURES
    values = np.zeros(52, np.float32)
    values[ARKIT_NAMES.index("jawOpen")] = 0.5 - 0.5 * np.cos(3.0 * phase)
    return Pose(values, head_to_root(0.05 * np.sin(phase), 0.2 * np.sin(phase), 0.0))


def _track(film, camera, poses):
    from core.avatar.film_track import FilmTrack
    from core.avatar.tracked_film import film_digest
    from core.face.arkit import CHANNEL_NAMES
    from core.face.model import load_face_model

    face = load_face_model()
    values = np.zeros((PICTURES, len(CHANNEL_NAMES)), np.float32)
    values[:, :52] = [pose.values for pose in poses]
    return FilmTrack(
        films=(str(film),),
        film_of=np.zeros(PICTURES, np.int32),
        picture=np.arange(PICTURES, dtype=np.int32),
        time_seconds=np.arange(PICTURES) / FPS,
        found=np.ones(PICTURES, bool),
        size=(SIDE, SIDE),
        focal_pixels=camera.focal_x,
        identity=np.zeros(len(face.identity_deltas), np.float32),
        offsets=np.zeros((len(face.vertices), 3), np.float32),
        values=values,
        head_to_camera=np.stack([camera.root_to_camera @ pose.head_to_root for pose in poses]),
        landmarks=np.zeros((PICTURES, 478, 2), np.float32),
        residual_pixels=np.zeros(PICTURES, np.float32),
        film_digests=(film_digest(film),),
    )


def _mask(alpha):
    image = Image.fromarray((255.0 * alpha).clip(0, 255).astype(np.uint8)).resize((256, 256))
    return np.where(np.asarray(image) > 127, FACE_SKIN, 0).astype(np.uint8)


def write_film(path, frames):
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=FPS)
        stream.width = stream.height = SIDE
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 6_000_000
        stream.codec_context.time_base = Fraction(1, FPS)
        for number, rgba in enumerate(frames):
            colour = rgba[..., :3] + (1.0 - rgba[..., 3:]) * BEHIND
            pixels = (255.0 * colour).clip(0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
