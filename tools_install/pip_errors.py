# SPDX-License-Identifier: Apache-2.0
"""pip's log, in one line for the person."""

from __future__ import annotations

import platform
from pathlib import Path

# Texts of pip 22 to 26 and of the systems below it. The first line that fits is the cause: a broken connection also
# ends in "No matching distribution", so it has to be asked for first, and a full disk breaks downloads.
CAUSES = (
    (
        ("No space left on device", "[Errno 28]", "Disk quota exceeded"),
        "the disk is full: free about 2.5 GB (the avatar's environment: 3.5 GB, with CUDA 8 GB)",
    ),
    (
        ("Permission denied", "[Errno 13]", "Read-only file system", "[Errno 30]"),
        "no permission to write: look in the log which file it is",
    ),
    (
        ("SSLError", "CERTIFICATE_VERIFY_FAILED"),
        "the package index's certificate was refused: check clock and proxy",
    ),
    (
        (
            "connection broken by",
            "ConnectionError",
            "ProxyError",
            "Temporary failure in name",
            "Read timed out",
            "ReadTimeoutError",
            "Connection refused",
            "Network is unreachable",
            "IncompleteRead",
        ),
        "the package index cannot be reached: check the network (or PIP_INDEX_URL and the proxy)",
    ),
    (
        ("THESE PACKAGES DO NOT MATCH THE HASHES",),
        "a download is not the file that the lock names: delete pip's cache",
    ),
    (
        ("No matching distribution", "is not a supported wheel"),
        "the index has no package for this computer ({system}); Blender's are for Linux x86-64, Windows, macOS arm64",
    ),
)


def explain(log: Path) -> str:
    """What went wrong in a pip run, and where its own words are."""
    text = log.read_text(encoding="utf-8", errors="replace")
    for signs, cause in CAUSES:
        if any(sign in text for sign in signs):
            told = cause.format(system=f"{platform.system()} {platform.machine()}")
            return f"{told} (pip's words: {log})"
    return f"pip failed (its words: {log})"
