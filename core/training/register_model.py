# SPDX-License-Identifier: Apache-2.0
"""Enter a file of the models folder into models.json, with its hash and where it comes from.

    python -m core.training.register_model NAME FILE --licence MIT --source "..." \
        --made-by core/training/export_encoder.py --card speech_encoder.md

An entry of the same name is replaced; entries are kept in the order of their names. The list is
replaced by renaming, under a lock, so that two scripts that register at once both arrive.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..model_files import file_sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_MODELS_FOLDER = Path(__file__).resolve().parents[2] / "models"
LIST_NAME = "models.json"
LIST_VERSION = 1
LOCK_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class ModelEntry:
    """What models.json says about one file.

    Attributes:
        name: the name inference asks for, such as ``speech_encoder``.
        file: the file's name inside the models folder.
        sha256: hash of the file's bytes, in hex.
        bytes: the file's size.
        licence: SPDX expression of the weights.
        source: the data or weights it was made from.
        made_by: the script that makes it, relative to the repository.
        card: the model card's file name inside the models folder.
    """

    name: str
    file: str
    sha256: str
    bytes: int
    licence: str
    source: str
    made_by: str
    card: str


def register(
    models_folder: Path,
    name: str,
    file: Path,
    *,
    licence: str,
    source: str,
    made_by: str,
    card: str,
) -> ModelEntry:
    """Put one entry into the list of `models_folder` and write the list anew.

    Raises:
        ValueError: the file does not lie in the models folder.
    """
    if file.resolve().parent != models_folder.resolve():
        raise ValueError(f"{file} is not in {models_folder}: models are registered where they ship")
    entry = ModelEntry(
        name, file.name, file_sha256(file), file.stat().st_size, licence, source, made_by, card
    )
    list_path = models_folder / LIST_NAME
    with _locked(list_path):
        others = [e for e in _entries(list_path) if e["name"] != name]
        entries = sorted([*others, asdict(entry)], key=lambda e: str(e["name"]))
        text = json.dumps({"version": LIST_VERSION, "models": entries}, indent=2) + "\n"
        fresh = list_path.with_suffix(".json.new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(list_path)
    return entry


def _entries(list_path: Path) -> list[dict[str, object]]:
    if not list_path.exists():
        return []
    return list(json.loads(list_path.read_text(encoding="utf-8"))["models"])


@contextlib.contextmanager
def _locked(list_path: Path) -> Iterator[None]:
    lock = list_path.with_suffix(".json.lock")
    deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{lock} is held; if no other script runs, delete it") from None
            time.sleep(0.05)
    try:
        yield
    finally:
        lock.unlink()


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("file", type=Path)
    parser.add_argument("--licence", required=True)
    parser.add_argument("--source", required=True)
    parser.add_argument("--made-by", required=True)
    parser.add_argument("--card", required=True)
    parser.add_argument("--models", type=Path, default=DEFAULT_MODELS_FOLDER)
    args = parser.parse_args()
    entry = register(
        args.models,
        args.name,
        args.file,
        licence=args.licence,
        source=args.source,
        made_by=args.made_by,
        card=args.card,
    )
    print(f"{entry.name}: {entry.file}, {entry.bytes} bytes, sha256 {entry.sha256[:16]}...")


if __name__ == "__main__":
    main()
