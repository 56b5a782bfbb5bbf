# SPDX-License-Identifier: GPL-3.0-or-later
"""The models in a folder, and whether each file is the one that the folder's list promises.

The worker checks every model again before it loads it; this is for whoever wants to know.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .problems import AnimatorError

ADVICE = (
    "Choose the models folder of this version in Preferences > Add-ons > Mien, or empty the field "
    "to use the models that come with Mien."
)


@dataclass(frozen=True)
class Model:
    """One row of models.json: the model's name, its file, and the sha256 that the file must have."""

    name: str
    file: str
    sha256: str


@dataclass(frozen=True)
class Verdict:
    """What a check found: `fault` is empty where the file is right, `found` is its sha256 or empty."""

    model: Model
    found: str
    fault: str

    def words(self) -> str:
        """One line about the model."""
        return f"{self.model.name}: {self.fault or 'right'}"


def listed(folder: Path) -> tuple[Model, ...]:
    """The models that a folder's list names, in its order.

    Raises:
        AnimatorError: the folder has no list, or none that can be read.
    """
    path = folder / "models.json"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["models"]
        return tuple(Model(str(row["name"]), str(row["file"]), str(row["sha256"])) for row in rows)
    except FileNotFoundError as error:
        raise AnimatorError(f"The models folder '{folder}' has no models.json.", ADVICE) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnimatorError(f"'{path}' cannot be read: {error}.", ADVICE) from error


def check(folder: Path) -> tuple[Verdict, ...]:
    """Read every model in a folder and compare its sha256 with the list's (0.1 s for 20 MB).

    Raises:
        AnimatorError: the folder has no list, or none that can be read.
    """
    return tuple(_verdict(folder, model) for model in listed(folder))


def told(verdicts: tuple[Verdict, ...]) -> str:
    """One sentence about a check."""
    wrong = [verdict for verdict in verdicts if verdict.fault]
    if not wrong:
        return f"All {len(verdicts)} models are right."
    return f"{len(wrong)} of {len(verdicts)} models cannot be used."


def _verdict(folder: Path, model: Model) -> Verdict:
    try:
        with (folder / model.file).open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return Verdict(model, "", f"{model.file} is missing")
    except OSError as error:
        return Verdict(model, "", f"{model.file} cannot be read ({error.strerror or error})")
    if found == model.sha256:
        return Verdict(model, found, "")
    return Verdict(model, found, f"{model.file} is damaged or of another version")
