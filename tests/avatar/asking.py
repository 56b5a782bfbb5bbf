# SPDX-License-Identifier: Apache-2.0
"""Questions to the real worker process of the avatar, as the add-on asks them."""

from __future__ import annotations

import time

import numpy as np
from crude_avatar import crude_camera

SIDE = 48
# Kernels are compiled when a picture is drawn for the first time.
PATIENCE_SECONDS = 240


def ask(worker, kind, **fields):
    """All lines that answer a request."""
    ask.count += 1
    request_id = f"{kind} {ask.count}"
    worker.send({"type": f"avatar_{kind}", "id": request_id, **as_texts(fields)})
    return worker.until_end(request_id)


ask.count = 0


def as_texts(fields):
    return {key: str(value) if hasattr(value, "parts") else value for key, value in fields.items()}


def pose(**values):
    from core.face.arkit import ARKIT_NAMES

    return {
        "values": [float(values.get(name, 0.0)) for name in ARKIT_NAMES],
        "head_to_root": np.eye(4).ravel().tolist(),
    }


def camera(size=SIDE):
    return camera_fields(crude_camera(size))


def camera_fields(seen):
    names = ("width", "height", "focal_x", "focal_y", "centre_x", "centre_y")
    fields = {name: getattr(seen, name) for name in names}
    return {**fields, "root_to_camera": seen.root_to_camera.ravel().tolist()}


def logged(log, words):
    """Wait for words in a worker's log."""
    end = time.monotonic() + PATIENCE_SECONDS
    while words not in log.read_text():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return True


def shot_file(path, frames):
    from core.avatar.shot import Shot, save_shot

    seen = crude_camera(SIDE)
    values = np.zeros((frames, 1, 52), np.float32)
    values[:, 0, 17] = np.linspace(0.0, 1.0, frames)
    shot = Shot(
        frame=np.arange(5, 5 + frames, dtype=np.int32),
        values=values,
        head_to_root=np.tile(np.eye(4), (frames, 1, 1, 1)),
        root_to_camera=np.tile(seen.root_to_camera, (frames, 1, 1, 1)),
        focal=np.tile([seen.focal_x, seen.focal_y], (frames, 1, 1)),
        centre=np.tile([seen.centre_x, seen.centre_y], (frames, 1, 1)),
        size=(SIDE, SIDE),
        fps=24.0,
    )
    save_shot(shot, path)
    return path
