# SPDX-License-Identifier: Apache-2.0
"""An avatar in one pose as the .ply of 3D Gaussian splatting, which splat viewers and editors read.

Layout of Kerbl and others 2023 (graphdeco-inria/gaussian-splatting), binary little-endian, all float32:
place and normal; ``f_dc`` and ``f_rest`` (harmonics of degree 1, all coefficients of red, then of green,
then of blue); opacity as a logit; scales as natural logarithms; rotation w x y z. Ours are drawn
"antialiased" (footprints under a pixel are dimmed, Yu and others 2024); viewers without that show fine
hair a little fatter.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .. import __version__
from ..errors import MienError
from ..whole_file import whole_file
from .frame_tags import NOTICE
from .looks import look_number
from .model import Pose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, BinaryIO

    from numpy.typing import NDArray

    from .model import Avatar

    Floats = NDArray[np.float32]
    Matrix = NDArray[np.float64]

AXES: dict[str, Matrix] = {
    "z_up": np.eye(3),
    "y_up": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    "y_down": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]]),
}
"""From root space: as it is, for Blender; glTF, Unity-like viewers and three.js (the face looks along +Z);
COLMAP and what the original viewers and most splat editors take a .ply to be in (looks along -Z)."""
_LEAST_OPACITY = 1e-6
_COLUMNS = (
    *("x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2"),
    *(f"f_rest_{number}" for number in range(9)),
    *("opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"),
)


@dataclass(frozen=True, eq=False)
class Cloud:
    """Gaussians as a .ply holds them, before their logarithms.

    Attributes:
        means: (N, 3) metres.
        normals: (N, 3) unit length.
        quaternions: (N, 4) w x y z.
        scales: (N, 3) metres, standard deviations.
        opacities: (N,) 0..1.
        harmonics: (N, 4, 3) of directions in the same axes.
    """

    means: Floats
    normals: Floats
    quaternions: Floats
    scales: Floats
    opacities: Floats
    harmonics: Floats


def export_ply(
    path: Path | str,
    avatar: Avatar,
    pose: Pose | None = None,
    axes: str = "z_up",
    look: str | None = None,
) -> int:
    """Write an avatar's Gaussians, in root space turned to `axes`.

    Args:
        path: ending in .ply.
        avatar: as loaded.
        pose: None for the face and head at rest.
        axes: a key of `AXES`.
        look: name of the film whose look is worn; None for the first.

    Returns:
        The number of Gaussians.

    Raises:
        MienError: ``bad_axes``, ``bad_out_path``, ``avatar_look`` or ``not_writable``.
    """
    if axes not in AXES:
        raise MienError(
            "bad_axes", f'There are no axes "{axes}".', f"Give one of {', '.join(AXES)}."
        )
    if Path(path).suffix.lower() != ".ply":
        raise MienError(
            "bad_out_path", f"{path} does not end in .ply.", "Name the result head.ply."
        )
    still = Pose(np.zeros(avatar.mesh.deltas.shape[0], np.float32), np.eye(4))
    cloud = posed_cloud(avatar, pose or still, AXES[axes], look)
    with whole_file(path, "The splats") as partial, partial.open("wb") as file:
        write_ply(file, cloud, comments(avatar.meta, axes))
    return len(cloud.means)


def posed_cloud(avatar: Avatar, pose: Pose, axes: Matrix, look: str | None = None) -> Cloud:
    """The Gaussians of a pose and a look in root space turned by `axes` (3, 3)."""
    import torch  # noqa: PLC0415 - the rest does without

    from .posed import Poser  # noqa: PLC0415
    from .quaternions import multiply, of_matrices  # noqa: PLC0415

    posed = Poser(avatar, look=look_number(avatar, look)).pose(pose)
    turn = torch.as_tensor(axes, dtype=torch.float32)
    quaternions = multiply(of_matrices(turn[None]).expand(len(posed.means), 4), posed.quaternions)
    return Cloud(
        means=(posed.means @ turn.T).numpy(),
        normals=(posed.normals @ turn.T).numpy(),
        quaternions=quaternions.numpy(),
        scales=posed.scales.numpy(),
        opacities=posed.opacities.numpy(),
        harmonics=turned_harmonics(posed.harmonics.numpy(), axes @ pose.head_to_root[:3, :3]),
    )


def turned_harmonics(harmonics: Floats, rotation: Matrix) -> Floats:
    """Real harmonics of degree 0 and 1 of directions in turned axes.

    Args:
        harmonics: (N, 4, 3); their basis is 1, -y, z, -x, so that degree 1 is a vector.
        rotation: (3, 3).
    """
    vector = np.stack([-harmonics[:, 3], -harmonics[:, 1], harmonics[:, 2]], axis=1)
    x, y, z = np.einsum("ij,njc->inc", rotation.astype(np.float32), vector)
    return np.stack([harmonics[:, 0], -y, z, -x], axis=1)


def write_ply(file: BinaryIO, cloud: Cloud, lines: Sequence[str]) -> None:
    """Write a cloud.

    Args:
        file: open for writing.
        cloud: in the axes that the file shall have.
        lines: comments.
    """
    opacities = np.clip(cloud.opacities, _LEAST_OPACITY, 1.0 - _LEAST_OPACITY)
    columns = [
        cloud.means,
        cloud.normals,
        cloud.harmonics[:, 0],
        cloud.harmonics[:, 1:].transpose(0, 2, 1).reshape(-1, 9),
        np.log(opacities / (1.0 - opacities))[:, None],
        np.log(np.maximum(cloud.scales, np.finfo(np.float32).tiny)),
        cloud.quaternions,
    ]
    table = np.concatenate(columns, axis=1).astype("<f4")
    header = [
        "ply",
        "format binary_little_endian 1.0",
        *(f"comment {line}" for line in lines),
        f"element vertex {len(table)}",
        *(f"property float {name}" for name in _COLUMNS),
        "end_header",
    ]
    # Readers take the header for ASCII.
    file.write(("\n".join(header) + "\n").encode("ascii", "backslashreplace"))
    file.write(table.data)


def comments(papers: Mapping[str, Any], axes: str) -> list[str]:
    """What a .ply says of itself."""
    consent = papers["consent"]
    return [
        NOTICE,
        f"person: {consent['person']}; consent of {consent['date']}",
        f"mien {__version__}; avatar sha256 {papers['sha256']}",
        f"metres; axes {axes.replace('_', ' ')}",
    ]
