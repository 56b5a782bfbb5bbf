# SPDX-License-Identifier: Apache-2.0
"""The compiled packages that travel inside the extension, each locked by version and sha256 in wheels.lock.json."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import pip_errors
from .console import Problem, run_logged

LOCK = "wheels.lock.json"
CACHE = Path("build") / "wheels"
# pip must be told every tag that may be in a wheel's name.
TAGS = {
    "linux-x64": (
        *(f"manylinux_2_{minor}_x86_64" for minor in (28, 27, 26, 24, 17)),
        "manylinux2014_x86_64",
    ),
    "windows-x64": ("win_amd64",),
    "macos-arm64": ("macosx_14_0_arm64", "macosx_14_0_universal2"),
    "macos-x64": ("macosx_13_0_x86_64", "macosx_13_0_universal2"),
}


@dataclass(frozen=True)
class Wheel:
    """One locked file: for which platform and Pythons ("3.11"), and how it is known."""

    platform: str
    pythons: tuple[str, ...]
    requirement: str
    file: str
    sha256: str


def this_platform() -> str:
    """Blender's name for this computer. Raises Problem where Mien has no wheels."""
    machine = {"amd64": "x64", "x86_64": "x64", "arm64": "arm64", "aarch64": "arm64"}.get(
        platform.machine().lower()
    )
    system = {"linux": "linux", "darwin": "macos", "win32": "windows"}.get(sys.platform)
    name = f"{system}-{machine}"
    if name not in TAGS:
        raise Problem(
            f"no wheels are known for this computer ({name}); known are: {', '.join(TAGS)}"
        )
    return name


def read_lock(root: Path) -> list[Wheel]:
    """All locked wheels."""
    rows = json.loads((root / LOCK).read_text(encoding="utf-8"))["wheels"]
    return [Wheel(**{**row, "pythons": tuple(row["pythons"])}) for row in rows]


def sha256_of(path: Path) -> str:
    """Hexadecimal sha256 of a file of any size that fits into memory."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def pip_download(platform_name: str, python: str, folder: Path) -> list[str]:
    """The arguments of pip that fetch one platform's wheels for one Python, without dependencies."""
    digits = python.replace(".", "")
    arguments = [
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--progress-bar",
        "off",
    ]
    arguments += [
        "--disable-pip-version-check",
        "--no-input",
        "--dest",
        str(folder),
    ]
    arguments += ["--implementation", "cp", "--python-version", python]
    for abi in (f"cp{digits}", "abi3", "none"):
        arguments += ["--abi", abi]
    for tag in (*TAGS[platform_name], "any"):
        arguments += ["--platform", tag]
    return arguments


def fetch(root: Path, python: Path, platform_name: str) -> list[Path]:
    """The locked wheels of a platform as files, downloaded only if they are not in build/wheels yet. Raises Problem."""
    wanted = [wheel for wheel in read_lock(root) if wheel.platform == platform_name]
    if not wanted:
        raise Problem(f"{LOCK} has no wheels for {platform_name}")
    folder = root / CACHE
    folder.mkdir(parents=True, exist_ok=True)
    missing = [wheel for wheel in wanted if not is_whole(folder / wheel.file, wheel)]
    for version in sorted({wheel.pythons[0] for wheel in missing}):
        download(root, python, [wheel for wheel in missing if wheel.pythons[0] == version], folder)
    return [folder / wheel.file for wheel in wanted]


def is_whole(path: Path, wheel: Wheel) -> bool:
    """True if the file is there and is the locked one."""
    return path.is_file() and sha256_of(path) == wheel.sha256


def download(root: Path, python: Path, wheels: Sequence[Wheel], folder: Path) -> None:
    """Fetch wheels of one platform and Python; pip itself refuses another hash. Raises Problem."""
    platform_name, version = wheels[0].platform, wheels[0].pythons[0]
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        listed = Path(temporary) / "requirements.txt"
        lines = [f"{wheel.requirement} --hash=sha256:{wheel.sha256}" for wheel in wheels]
        listed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        command = [
            str(python),
            *pip_download(platform_name, version, Path(temporary)),
            "--require-hashes",
        ]
        code, log = run_logged(
            root, f"wheels-{platform_name}-{version}", [*command, "-r", str(listed)]
        )
        if code:
            raise Problem(pip_errors.explain(log))
        for wheel in wheels:
            (Path(temporary) / wheel.file).replace(folder / wheel.file)
