# SPDX-License-Identifier: Apache-2.0
"""NAME.mienavatar: a trained person in one file, with the papers that say who it is and who agreed.

A safetensors file (`core.avatar.tensor_file`) of the tensors in `core.avatar.file_contract`. Its
``__metadata__`` holds three texts: ``format``; ``papers``, the JSON data of `Avatar.meta`; ``sha256``
over the papers' UTF-8 and then the tensors' bytes in the contract's order, so that neither can be
exchanged without the other and other programs may lay the tensors out as they like.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from .. import __version__
from ..errors import MienError
from ..model_files import model_hashes
from ..whole_file import whole_file
from .camera_json import camera_from_json
from .consent import consent_from_json
from .file_contract import TENSORS, check_header, check_numbers
from .model import Avatar, Drive, Gaussians
from .person import PersonMesh
from .tensor_file import DTYPES, Header, parse_json, read_header, read_tensor, write_tensors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from io import BufferedReader

    from numpy.typing import NDArray

    Tensors = Mapping[str, NDArray[Any]]

SUFFIX = ".mienavatar"
FORMAT = "mien-avatar 1"
MOST_FILE_BYTES = 512_000_000
# The size that people still send to each other; larger files work and are told.
TOLD_FILE_BYTES = 60_000_000
_ADVICE = "Copy it again from where it was made, or train the avatar again."

_Read = TypeVar("_Read")


def save_avatar(path: Path | str, avatar: Avatar) -> tuple[str, ...]:
    """Write the file, whole or not at all. Mesh deltas and residual are rounded to float16.

    Args:
        path: ending in .mienavatar.
        avatar: its `meta` holds ``consent`` (`Consent.to_json`), ``training`` and ``film_camera``
            (`camera_to_json`, or None). What it lacks of ``versions`` (texts by name) are this
            program's and its face model's; a ``sha256`` is left out.

    Returns:
        What the person should be told, a sentence each.

    Raises:
        MienError: ``avatar_unsound``, when it holds what could not be read again (numbers that are
            not finite, papers without consent, ...); ``not_writable``.
    """
    papers = {key: value for key, value in avatar.meta.items() if key != "sha256"}
    papers.setdefault("versions", _versions())
    try:
        coded = json.dumps(papers, ensure_ascii=False, allow_nan=False, sort_keys=True)
        _check_papers(parse_json(coded))
        tensors = _tensors_of(avatar)
        check_numbers(tensors)
        texts = {"format": FORMAT, "papers": coded, "sha256": _sha256(coded, tensors)}
        with whole_file(path, "The avatar") as partial:
            with partial.open("wb") as file:
                write_tensors(file, tensors, texts)
            size = partial.stat().st_size
            _check_size(size)
            with partial.open("rb") as file:
                check_header(read_header(file, size))
    except (ValueError, TypeError) as error:
        raise MienError(
            "avatar_unsound",
            f"The avatar cannot be written to {path}: {error}.",
            "Train it again, with fewer Gaussians where it is too large; its checkpoint is kept.",
        ) from error
    if size > TOLD_FILE_BYTES:
        megabytes = f"{size / 1e6:.0f} MB, more than {TOLD_FILE_BYTES / 1e6:.0f}"
        return (f"{path} has {megabytes}; fewer Gaussians make it smaller.",)
    return ()


def load_avatar(path: Path | str) -> Avatar:
    """Read and check a file; its `meta` gains ``sha256``, the avatar's hash.

    Raises:
        MienError: ``avatar_missing``, ``avatar_version`` or ``avatar_unreadable``.
    """
    return _reading(path, _load)


def read_papers(path: Path | str) -> dict[str, Any]:
    """Read the papers alone, without any tensor: `Avatar.meta` with ``sha256`` as written there.

    Two keys more: ``sizes`` (the contract's N, V, F, K, D, H, M) and ``bytes`` of the file. Only
    `load_avatar` finds out whether the hash is true.

    Raises:
        MienError: as `load_avatar`.
    """
    return _reading(path, _papers_and_sizes)


def _reading(path: Path | str, read: Callable[[BufferedReader, int], _Read]) -> _Read:
    where = Path(path)
    try:
        # A folder or a pipe is no file, and opening a pipe would wait for ever.
        if not where.is_file():
            raise MienError("avatar_missing", f"There is no avatar {path}.", "Check the path.")
        size = where.stat().st_size
        _check_size(size)
        with where.open("rb") as file:
            return read(file, size)
    except (ValueError, OSError, MemoryError) as error:
        raise MienError(
            "avatar_unreadable", f"{path} is no avatar, or is damaged: {error}.", _ADVICE
        ) from error


def _check_size(size: int) -> None:
    if size > MOST_FILE_BYTES:
        raise ValueError(f"it has {size / 1e6:.0f} MB; {MOST_FILE_BYTES / 1e6:.0f} are allowed")


def _load(file: BufferedReader, size: int) -> Avatar:
    header = read_header(file, size)
    papers = _papers(header)
    check_header(header)
    tensors = {name: read_tensor(file, header, name) for name in TENSORS}
    coded = header.texts["papers"]
    if _sha256(coded, tensors) != papers["sha256"]:
        raise ValueError("its contents are not those that its hash was made of")
    check_numbers(tensors)
    return _avatar_of(tensors, papers)


def _papers_and_sizes(file: BufferedReader, size: int) -> dict[str, Any]:
    header = read_header(file, size)
    return {**_papers(header), "sizes": check_header(header), "bytes": size}


def _papers(header: Header) -> dict[str, Any]:
    written = header.texts.get("format", "")
    if written.startswith("mien-avatar ") and written != FORMAT:
        raise MienError(
            "avatar_version",
            f'It is an avatar of another version ("{written}", read is "{FORMAT}").',
            "Install the Mien that it was trained with, or a newer one.",
        )
    if written != FORMAT or not {"papers", "sha256"} <= header.texts.keys():
        raise ValueError("it lacks the papers of an avatar")
    papers = parse_json(header.texts["papers"])
    _check_papers(papers)
    return {**papers, "sha256": header.texts["sha256"]}


def _versions() -> dict[str, str]:
    return {"mien": __version__, "face_model": model_hashes(None)["face_model"]}


def _check_papers(papers: Mapping[str, Any]) -> None:
    for key in ("consent", "versions", "training"):
        if not isinstance(papers.get(key), dict):
            raise ValueError(f'its papers lack "{key}"')  # noqa: TRY004 - the file is wrong
    consent_from_json(papers["consent"])
    if not all(isinstance(version, str) for version in papers["versions"].values()):
        raise ValueError("its versions are not texts")
    if papers.get("film_camera") is not None:
        camera_from_json(papers["film_camera"])


def _sha256(papers: str, tensors: Tensors) -> str:
    digest = hashlib.sha256(papers.encode())
    for name in TENSORS:
        digest.update(np.ascontiguousarray(tensors[name]).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()


def _tensors_of(avatar: Avatar) -> dict[str, NDArray[Any]]:
    owners = {"mesh": avatar.mesh, "gaussians": avatar.gaussians, "drive": avatar.drive}
    tensors = {}
    for name, tensor in TENSORS.items():
        owner, _, field = name.rpartition(".")
        array = getattr(owners.get(owner, avatar), field)
        with np.errstate(over="ignore"):  # what float16 cannot hold is found by check_numbers
            tensors[name] = np.ascontiguousarray(array, np.dtype(DTYPES[tensor.dtype]))
    rotation = tensors["gaussians.rotation"]
    length = np.linalg.norm(rotation, axis=1, keepdims=True)
    tensors["gaussians.rotation"] = rotation / np.maximum(length, np.float32(1e-20))
    return tensors


def _avatar_of(tensors: Tensors, papers: dict[str, Any]) -> Avatar:
    def fields(owner: str) -> dict[str, NDArray[Any]]:
        start = owner + "."
        return {n.removeprefix(start): array for n, array in tensors.items() if n.startswith(start)}

    mesh = fields("mesh")
    return Avatar(
        mesh=PersonMesh(**{**mesh, "deltas": mesh["deltas"].astype(np.float32)}),
        gaussians=Gaussians(**fields("gaussians")),
        drive=Drive(**fields("drive")),
        landmarks=tensors["landmarks"],
        film_values=tensors["film_values"],
        meta=papers,
    )
