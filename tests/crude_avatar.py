# SPDX-License-Identifier: Apache-2.0
"""An avatar that nobody trained: round Gaussians on the default head in its painted colours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

CONSENT = {
    "person": "Ada Łovelace",
    "given_by": "Ada Łovelace",
    "statement": "I agree that this head is made of me.\nSigned.",
    "date": "2026-05-03",
    "uses": "tests",
    "contact": "",
}
EYE_LEVEL, DISTANCE, DRIVES, HIDDEN, INPUTS = 0.20, 1.0, 2, 3, 55


def crude_camera(size=64, distance=DISTANCE):
    """From the front, at the height of the eyes, the head filling two thirds of the picture."""
    from core.avatar.camera import Camera

    matrix = np.array(
        [[1.0, 0, 0, 0], [0, 0, -1, EYE_LEVEL - 0.02], [0, 1, 0, distance], [0, 0, 0, 1]]
    )
    focal = 2.1 * size * distance
    return Camera(size, size, focal, focal, size / 2, size / 2, matrix)


def crude_avatar(count=400, seed=1, residual=0.0):
    """`count` Gaussians where the head has most area; `residual` scales a random one."""
    from core.avatar.camera_json import camera_to_json
    from core.avatar.model import RESIDUAL_WIDTH, Avatar, Drive, Gaussians
    from core.avatar.person import person_mesh
    from core.face.model import load_face_model
    from core.model_files import model_path

    random = np.random.default_rng(seed)
    mesh = person_mesh(load_face_model())
    with np.load(model_path(None, "face_model"), allow_pickle=False) as data:
        colours = data["vertex_colours"] / 255.0
    corners = mesh.vertices.astype(np.float64)[mesh.triangles]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = 0.5 * np.linalg.norm(crossed, axis=1)
    triangle = random.choice(len(area), count, p=area / area.sum()).astype(np.int32)
    barycentric = random.dirichlet((1.0, 1.0, 1.0), count).astype(np.float32)
    painted = np.einsum("nc,ncd->nd", barycentric, colours[mesh.triangles[triangle]])
    harmonics = np.zeros((count, 4, 3), np.float32)
    harmonics[:, 0] = (painted - 0.5) / 0.28209479
    spread = np.sqrt(area.sum() / count)
    flat = np.log(np.array([0.7 * spread, 0.7 * spread, 0.1 * spread]))
    scale = random.normal(0.0, residual, (DRIVES, count, RESIDUAL_WIDTH))
    faces = 5
    return Avatar(
        mesh=mesh,
        gaussians=Gaussians(
            triangle=triangle,
            barycentric=barycentric,
            offset=np.zeros((count, 3), np.float32),
            rotation=np.tile(np.array([1.0, 0, 0, 0], np.float32), (count, 1)),
            log_scale=np.tile(flat.astype(np.float32), (count, 1)),
            opacity_logit=np.full(count, 4.0, np.float32),
            harmonics=harmonics,
            residual=scale.astype(np.float16),
        ),
        drive=Drive(
            looks=np.zeros((1, DRIVES), np.float32),
            centre=np.zeros(INPUTS, np.float32),
            spread=np.ones(INPUTS, np.float32),
            lowest=np.zeros(INPUTS, np.float32),
            highest=np.ones(INPUTS, np.float32),
            hidden_weight=random.normal(size=(HIDDEN, INPUTS)).astype(np.float32),
            hidden_bias=np.zeros(HIDDEN, np.float32),
            out_weight=random.normal(size=(DRIVES, HIDDEN)).astype(np.float32),
            out_bias=np.zeros(DRIVES, np.float32),
        ),
        landmarks=random.normal(0.0, 0.01, (faces, 68, 3)).astype(np.float32),
        film_values=random.uniform(size=(faces, 52)).astype(np.float32),
        meta={
            "consent": CONSENT,
            "versions": {"mien": "0.1.0", "face_model": "5b77"},
            "training": {"iterations": 0},
            "film_camera": camera_to_json(crude_camera()),
        },
    )


def two_looks(count=400):
    """An avatar with two looks, "monday" and "tuesday", that are not alike."""
    plain = crude_avatar(count, residual=0.3)
    drive = replace(plain.drive, looks=np.array([[0.0, 0.0], [2.0, 0.0]], np.float32))
    return replace(plain, drive=drive, meta={**plain.meta, "looks": ["monday", "tuesday"]})


def write_crude_track(folder, film="film.mkv", size=(96, 48), pictures=30, fps=24.0):
    """The track of a file that is no film, in which the person stands still and turns to its left."""
    from core.avatar.film_track import FilmTrack
    from core.avatar.head_pose import head_to_root
    from core.avatar.track_folder import write_track

    path = folder.parent / film
    path.write_bytes(b"no film")
    camera, rows = crude_camera(size[1]), np.arange(pictures)
    turns = np.stack([head_to_root(0.0, 0.02 * row, 0.0) for row in rows])
    track = FilmTrack(
        films=(str(path),),
        film_of=np.zeros(pictures, np.int32),
        picture=rows.astype(np.int32),
        time_seconds=rows / fps,
        found=np.ones(pictures, np.bool_),
        size=size,
        focal_pixels=camera.focal_x,
        identity=np.zeros(36, np.float32),
        offsets=np.zeros((13100, 3), np.float32),
        values=np.zeros((pictures, 57), np.float32),
        head_to_camera=camera.root_to_camera @ turns,
        landmarks=np.zeros((pictures, 478, 2), np.float32),
        residual_pixels=np.zeros(pictures, np.float32),
    )
    write_track(folder, track, (), {}, b"")
    return folder
