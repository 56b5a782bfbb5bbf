# SPDX-License-Identifier: Apache-2.0
"""How long does an animator wait for an avatar's first preview, and for the next?

``python -m benchmarks.avatar_first_picture AVATAR`` asks a new worker process each time, from a copy of the
core that has no compiled kernels yet and from the same copy once it has, at once and after a pause in which
the worker may get ready (`core.avatar.warm_up`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, Any

import numpy as np

from core.avatar.avatar_file import load_avatar

CORE = Path(__file__).resolve().parents[1] / "core"
THREADS, SIDE_PIXELS, PICTURES = 2, 256, 3
PAUSES_SECONDS = (0.0, 15.0)
DISTANCE_METRES, FOCAL_PIXELS, HEAD_MIDDLE_METRES = 1.0, 720.0, 0.16


def request(number: int, avatar: Path, out: Path, channels: int) -> dict[str, Any]:
    """A preview from the front, the mouth another one each time."""
    matrix = np.array(
        [[1, 0, 0, 0], [0, 0, -1, HEAD_MIDDLE_METRES], [0, 1, 0, DISTANCE_METRES], [0, 0, 0, 1]]
    )
    return {
        "type": "avatar_preview",
        "id": str(number),
        "avatar": str(avatar),
        "out_path": str(out),
        "values": [0.05 * number] * channels,
        "head_to_root": np.eye(4).ravel().tolist(),
        "camera": {
            "width": SIDE_PIXELS,
            "height": SIDE_PIXELS,
            "focal_x": FOCAL_PIXELS,
            "focal_y": FOCAL_PIXELS,
            "centre_x": SIDE_PIXELS / 2,
            "centre_y": SIDE_PIXELS / 2,
            "root_to_camera": matrix.ravel().tolist(),
        },
    }


def asked(lines: IO[str], answers: IO[str], message: dict[str, Any]) -> float:
    """Seconds from a request to its answer."""
    started = time.monotonic()
    lines.write(json.dumps(message) + "\n")
    lines.flush()
    while (answer := json.loads(answers.readline()))["type"] == "progress":
        pass
    if answer["type"] != "avatar_preview_result":
        raise SystemExit(answer["message"])
    return time.monotonic() - started


def waits(folder: Path, avatar: Path, channels: int, pause_seconds: float) -> list[float]:
    """Seconds until each picture of a new worker in `folder`, which is asked after a pause."""
    command = [sys.executable, "-m", "core.avatar.worker", "--threads", str(THREADS)]
    with subprocess.Popen(
        [*command, "--log", str(folder / "log")],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdout.readline()
        time.sleep(pause_seconds)
        messages = [request(n, avatar, folder / "a.npy", channels) for n in range(PICTURES)]
        return [asked(worker.stdin, worker.stdout, message) for message in messages]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("avatar", type=Path, help="NAME.mienavatar")
    path = parser.parse_args().avatar.resolve()
    channels = len(load_avatar(path).mesh.deltas)
    print("| kernels | asked after s | first s | then s |\n|---|---|---|---|")
    for pause in PAUSES_SECONDS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copytree(CORE, folder / "core", ignore=shutil.ignore_patterns("__pycache__"))
            for kernels in ("none", "kept"):
                first, *then = waits(folder, path, channels, pause)
                rest = ", ".join(f"{seconds:.2f}" for seconds in then)
                print(f"| {kernels} | {pause:g} | {first:.2f} | {rest} |", flush=True)


if __name__ == "__main__":
    main()
