# SPDX-License-Identifier: Apache-2.0
"""How fast is an avatar drawn, and in how much memory?

``python -m benchmarks.avatar_speed AVATAR`` draws frames of what the person did in the film, with the head
turning, so that a head fills the picture: mesh, residual, colours and splats of a whole
`core.avatar.render_frame.render_frame`, on two threads of the processor at 256 and 512 pixels, and on CUDA
where there is one. The first frames, which compile, are not counted. The processor's time is what a machine
of one's own takes; on a shared one the wall's is longer.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

THREADS = 2
# They are read when the packages are imported. Drawing takes both threads; torch's and BLAS's own wait for
# each other longer than they work on 16,000 Gaussians (89 ms of the processor a frame against 226).
os.environ.setdefault("NUMBA_NUM_THREADS", str(THREADS))
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
import torch  # noqa: E402
from scipy.spatial.transform import Rotation  # noqa: E402

from core.avatar.avatar_file import load_avatar  # noqa: E402
from core.avatar.camera import Camera  # noqa: E402
from core.avatar.model import Avatar, Pose  # noqa: E402
from core.avatar.peak_memory import peak_memory_mib  # noqa: E402
from core.avatar.posed import Poser  # noqa: E402
from core.avatar.render_frame import render_frame  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

CPU_SIZES, CUDA_SIZES = (256, 512), (512,)
ASKED_FPS = {("cpu", 256): 8.0, ("cuda", 512): 100.0}
WARM_UP_FRAMES = 3
# The head is about this tall, seen from this far, and fills this share of the picture.
HEAD_METRES, DISTANCE_METRES, FILLS = 0.32, 1.0, 0.9
HEAD_MIDDLE_METRES = 0.16
TURN_DEGREES = 15.0


def portrait_camera(size_pixels: int) -> Camera:
    """A camera before the face whose square picture the head fills."""
    root_to_camera = np.eye(4)
    # Right is the root's +X, down its -Z, and the way into the picture its +Y.
    root_to_camera[:3, :3] = [[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]
    root_to_camera[:3, 3] = (0.0, HEAD_MIDDLE_METRES, DISTANCE_METRES)
    focal = size_pixels * FILLS * DISTANCE_METRES / HEAD_METRES
    middle = size_pixels / 2
    return Camera(size_pixels, size_pixels, focal, focal, middle, middle, root_to_camera)


def poses_of(avatar: Avatar, count: int) -> list[Pose]:
    """Moments of the film, with the head turning from one side to the other."""
    poses = []
    for number, yaw in enumerate(np.linspace(-TURN_DEGREES, TURN_DEGREES, count)):
        head_to_root = np.eye(4)
        head_to_root[:3, :3] = Rotation.from_euler("z", yaw, degrees=True).as_matrix()
        poses.append(Pose(avatar.film_values[number % len(avatar.film_values)], head_to_root))
    return poses


def frame_seconds(avatar: Avatar, size_pixels: int, device: str, count: int) -> NDArray[np.float64]:
    """(count, 2) seconds of each frame: on the wall, and of the processor (all threads together)."""
    poser, camera = Poser(avatar, device), portrait_camera(size_pixels)
    seconds = []
    for pose in poses_of(avatar, WARM_UP_FRAMES + count):
        wall, processor = time.perf_counter(), time.process_time()
        render_frame(poser, pose, camera)
        seconds.append((time.perf_counter() - wall, time.process_time() - processor))
    return np.array(seconds[WARM_UP_FRAMES:])


def main() -> None:
    """Read the command line, draw, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("avatar", type=Path)
    parser.add_argument("--frames", type=int, default=40)
    arguments = parser.parse_args()
    avatar = load_avatar(arguments.avatar)
    runs = [("cpu", size) for size in CPU_SIZES]
    if torch.cuda.is_available():
        runs += [("cuda", size) for size in CUDA_SIZES]
    print(f"{len(avatar.gaussians.triangle)} Gaussians, load {os.getloadavg()[0]:.1f}\n")
    print("| device | pixels | frames/s, median | slowest tenth | processor ms | asked |")
    print("|---|---|---|---|---|---|")
    for device, size in runs:
        wall, processor = frame_seconds(avatar, size, device, arguments.frames).T
        median, slow = 1.0 / np.quantile(wall, [0.5, 0.9])
        busy_ms = np.median(processor) * 1000.0
        asked = ASKED_FPS.get((device, size), "")
        print(f"| {device} | {size} | {median:.1f} | {slow:.1f} | {busy_ms:.0f} | {asked} |")
    print(f"\npeak memory of the process: {peak_memory_mib()} MiB")


if __name__ == "__main__":
    main()
