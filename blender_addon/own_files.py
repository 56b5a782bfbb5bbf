# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON files of the animator's own, styles and presets: their folder, reading them, saving one."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bpy

from .problems import AnimatorError


def own_folder(kind: str, *, create: bool = False) -> Path:
    """The folder of the animator's own files of a kind (`style`, `preset`).

    Raises:
        AnimatorError: it cannot be made.
    """
    try:
        folder = bpy.utils.extension_path_user(__package__, path=f"{kind}s", create=create)
    except (OSError, ValueError) as error:
        raise AnimatorError(
            f"Mien's folder for your {kind}s cannot be made: {error}",
            "Check that you may write to Blender's folder for extensions.",
        ) from error
    return Path(folder)


def read(
    path: Path, kind: str, is_one: Callable[[Mapping[str, Any]], bool], example: str
) -> dict[str, Any]:
    """The table of a file.

    Args:
        path: of the file.
        kind: what it should be, for messages.
        is_one: whether a table is one of that kind.
        example: how one reads, for messages.

    Raises:
        AnimatorError: it cannot be read, or is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise AnimatorError(
            f"The {kind} {path} cannot be read: {error}.", "Mend the file, or delete it."
        ) from error
    if not isinstance(data, dict) or not is_one(data):
        raise AnimatorError(f"{path} is not a {kind}.", f"A {kind} reads {example}.")
    return data


def file_name(kind: str, name: str) -> str:
    """What the file of one of the animator's own is called.

    Raises:
        AnimatorError: the name gives no file name.
    """
    stem = re.sub(r"[^\w-]+", "_", name.strip().lower()).strip("_")
    if not stem:
        raise AnimatorError(f"The {kind} has no name.", "Give it one, of letters or figures.")
    return f"{stem}.json"


def write(path: Path, kind: str, data: Mapping[str, Any]) -> None:
    """Write one of the animator's own, whole or not at all; one of the same name is replaced.

    Raises:
        AnimatorError: the file cannot be written.
    """
    partial = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        partial.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise AnimatorError(
            f"{kind.capitalize()} '{data['name']}' cannot be written to {path} "
            f"({error.strerror or error}).",
            "Check that there is space, and that you may write there.",
        ) from error
