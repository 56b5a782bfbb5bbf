# SPDX-License-Identifier: Apache-2.0
"""The models that inference loads: found by name and checked against models.json before use."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from .errors import MienError

_REINSTALL = "Install Mien again, or copy the models folder of the same version back in place."


def default_models_folder() -> Path:
    """Return the folder `models` beside the package `core`."""
    return Path(__file__).resolve().parent.parent / "models"


def model_path(models_folder: Path | str | None, name: str) -> Path:
    """Return the path of a model whose bytes are the ones models.json promises.

    Args:
        models_folder: folder with models.json; None for the default one.
        name: for example ``speech_encoder``, ``lip_decoder``, ``pitch`` or ``face_model``.

    Raises:
        MienError: ``models_missing`` (no folder or no readable models.json), ``model_unknown``,
            ``model_missing`` or ``model_changed``, each naming the file.
    """
    folder = Path(models_folder) if models_folder is not None else default_models_folder()
    entry = _entries(folder).get(name)
    if entry is None:
        raise MienError(
            "model_unknown", f'{folder / "models.json"} lists no model called "{name}".', _REINSTALL
        )
    path = folder / entry["file"]
    try:
        status = path.stat()
        found = _sha256(path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise MienError(
            "model_missing",
            f"The model file {path} is missing or may not be read ({error.strerror}).",
            _REINSTALL,
        ) from error
    if found != entry["sha256"]:
        raise MienError(
            "model_changed",
            f"The model file {path} is damaged or of another version (sha256 {found[:12]}..., "
            f"expected {entry['sha256'][:12]}...).",
            _REINSTALL,
        )
    return path


def model_hashes(models_folder: Path | str | None) -> dict[str, str]:
    """Return {model name: sha256} as models.json promises them.

    Raises:
        MienError: ``models_missing``.
    """
    folder = Path(models_folder) if models_folder is not None else default_models_folder()
    return {name: entry["sha256"] for name, entry in _entries(folder).items()}


def file_sha256(path: Path) -> str:
    """Hex sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entries(folder: Path) -> dict[str, dict[str, str]]:
    """File and sha256 of each model by its name."""
    listing = folder / "models.json"
    try:
        data = json.loads(listing.read_text(encoding="utf-8"))
        return {
            str(entry["name"]): {key: str(entry[key]) for key in ("file", "sha256")}
            for entry in data["models"]
        }
    except FileNotFoundError as error:
        raise MienError(
            "models_missing", f"The models folder {folder} has no models.json.", _REINSTALL
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise MienError(
            "models_missing",
            f"{listing} cannot be read ({type(error).__name__}: {error}).",
            _REINSTALL,
        ) from error


@cache
def _sha256(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001 - both belong to the key
    """Hash once per process and file state: 30 MB cost about 0.03 s, which every strip would pay."""
    return file_sha256(path)
