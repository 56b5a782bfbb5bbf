# SPDX-License-Identifier: Apache-2.0
"""Write wheels.lock.json anew: `.venv/bin/python -m tools_install.lock_wheels`. For whoever raises a version.

What is locked is what `import onnxruntime, soundfile, soxr` was seen to import, and no more: numpy is Blender's own,
and protobuf, flatbuffers, packaging and pycparser, though named as dependencies, are not touched by inference.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from .wheels import LOCK, TAGS, pip_download, sha256_of

VERSIONS = {
    "onnxruntime": "1.31.1",
    "soundfile": "0.14.0",
    "soxr": "1.1.0",
    "cffi": "2.1.1",
    "typing_extensions": "4.16.0",
}
PYTHONS = ("3.11", "3.13")
# ONNX Runtime left Macs with Intel processors after 1.23. Blender's own builds for them end with 4.5, which
# has Python 3.11; the wheels for 3.13 are for those who build a later one themselves.
EXCEPTIONS = {"macos-x64": {"onnxruntime": "1.23.2"}}


def locked(platform: str, python: str) -> list[dict[str, object]]:
    """Download one platform's wheels for one Python and describe them."""
    versions = {**VERSIONS, **EXCEPTIONS.get(platform, {})}
    requirements = [f"{name}=={version}" for name, version in versions.items()]
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for requirement in requirements:
            before = set(folder.glob("*.whl"))
            subprocess.run(
                [sys.executable, *pip_download(platform, python, folder), requirement], check=True
            )
            (path,) = set(folder.glob("*.whl")) - before
            row = {"requirement": requirement, "file": path.name, "sha256": sha256_of(path)}
            rows.append({"platform": platform, "pythons": [python], **row})
    return rows


def merge(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """One row for a file that serves both Pythons."""
    merged: dict[tuple[object, object], dict[str, object]] = {}
    for row in rows:
        known = merged.setdefault((row["platform"], row["file"]), {**row, "pythons": []})
        known["pythons"] = [*known["pythons"], *row["pythons"]]  # type: ignore[misc]
    return list(merged.values())


def main() -> None:
    """Write the lock for all platforms."""
    rows = [row for name in TAGS for python in PYTHONS for row in locked(name, python)]
    text = json.dumps({"version": 1, "wheels": merge(rows)}, indent=1) + "\n"
    (Path(__file__).resolve().parent.parent / LOCK).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
