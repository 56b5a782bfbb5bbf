# SPDX-License-Identifier: Apache-2.0
"""A training's state on disk: whole or not at all, and never pickled.

Every random choice of a step is drawn from the seed and the step's number, so that a training that
was killed goes on as if it had not been.
"""

from __future__ import annotations

import errno
import json
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ...errors import MienError
from ...whole_file import whole_file
from ..faults import is_memory_error
from ..npz_arrays import DAMAGED, read_content, read_header, read_texts
from .memory import memory_told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from torch import Tensor

    from .learned import Learned

    Run = Mapping[str, object]

MOMENTS = ("exp_avg", "exp_avg_sq")
PAPERS = "papers"
# The papers name up to a thousand films, with a digest each.
LONGEST_PAPERS = 1 << 20


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A checkpoint that is open: steps done, what the training is of, and its arrays."""

    archive: zipfile.ZipFile
    step: int
    run: Run


def save_checkpoint(path: Path, learned: Learned, step: int, run: Run) -> None:
    """Write the state after `step` steps.

    Args:
        path: .npz; replaced only by a whole one.
        learned: the state.
        step: steps done.
        run: what the training is of, JSON data; another training refuses to go on from it.

    Raises:
        MienError: ``not_writable``, also when the disk is full; the last checkpoint stays.
    """
    arrays = {f"fixed/{name}": tensor for name, tensor in learned.fixed.items()}
    for name, tensor in learned.tensors.items():
        arrays[f"value/{name}"] = tensor.detach()
        state = learned.optimiser.state.get(tensor) or {}
        for moment in MOMENTS:
            if moment in state:
                arrays[f"{moment}/{name}"] = state[moment]
    papers = json.dumps({"step": step, "run": run}, sort_keys=True)
    with whole_file(path, "The checkpoint") as part, part.open("wb") as file:
        np.savez(
            file,
            **{PAPERS: np.array(papers)},
            **{name: tensor.contiguous().cpu().numpy() for name, tensor in arrays.items()},
        )


def check_checkpoint(path: Path, run: Run) -> None:
    """Find out before a long preparation whether a training can go on from a checkpoint, where there is one.

    Raises:
        MienError: ``checkpoint_damaged``, ``checkpoint_unreadable``, ``checkpoint_other``.
    """
    if path.exists():
        with _opened(path, run):
            pass


def load_checkpoint(path: Path, learned: Learned, run: Run) -> int:
    """Put a state back into `learned`; returns the steps done.

    Raises:
        MienError: ``checkpoint_damaged``, ``checkpoint_unreadable``, ``checkpoint_other``; of
            `memory_told`, and the checkpoint stays as it was.
    """
    with _opened(path, run) as checkpoint, memory_told(checkpoint.step), torch.no_grad():
        _put_back(learned, checkpoint)
        return checkpoint.step


@contextmanager
def _opened(path: Path, run: Run) -> Iterator[Checkpoint]:
    try:
        with zipfile.ZipFile(path) as archive:
            text = read_texts(archive, PAPERS, axes=0, most=1, longest=LONGEST_PAPERS)
            papers = json.loads(str(text))
            checkpoint = Checkpoint(archive, int(papers["step"]), dict(papers["run"]))
            _check_same(path, checkpoint.run, run)
            yield checkpoint
    except DAMAGED as error:
        if is_memory_error(error):
            raise
        raise _unread(path, error) from error


def _unread(path: Path, error: Exception) -> MienError:
    """A damaged checkpoint is of no use; one that the system does not give may be whole."""
    # Places that a damaged archive names and no file can have are an invalid argument to the system.
    if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
        return MienError(
            "checkpoint_unreadable",
            f"{path} cannot be read ({error.strerror or error}).",
            "See whether it, its disk and your rights to it are there, and give the same command again: the "
            "training goes on from it.",
        )
    return MienError(
        "checkpoint_damaged", f"{path} cannot be read ({error}).", "Delete it to begin anew."
    )


def _check_same(path: Path, begun: Run, run: Run) -> None:
    differences = _differences(begun, run)
    if differences:
        raise MienError(
            "checkpoint_other",
            f"{path} belongs to a training of other films or with other options. "
            f"It differs in: {'; '.join(differences)}.",
            "Give the same films, unchanged, and the same options to go on, or another --out to begin anew.",
        )


def _differences(begun: Run, run: Run) -> list[str]:
    """Names of what differs, ``of what, which``."""
    names = []
    for name in sorted({*begun, *run}):
        old, new = begun.get(name), run.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            names += [f"{name}, {part}" for part in _differences(old, new)]
        elif old != new:
            names.append(name)
    return names


def _put_back(learned: Learned, checkpoint: Checkpoint) -> None:
    archive = checkpoint.archive
    for name, tensor in learned.fixed.items():
        tensor.copy_(_alike(archive, f"fixed/{name}", tensor))
    step = torch.tensor(float(checkpoint.step))
    kept = set(archive.namelist())
    for name, tensor in learned.tensors.items():
        tensor.copy_(_alike(archive, f"value/{name}", tensor))
        if f"{MOMENTS[0]}/{name}.npy" in kept:
            moments = {
                moment: _alike(archive, f"{moment}/{name}", tensor).to(tensor.device)
                for moment in MOMENTS
            }
            learned.optimiser.state[tensor] = {"step": step.to(tensor.device, copy=True), **moments}


def _alike(archive: zipfile.ZipFile, name: str, tensor: Tensor) -> Tensor:
    """An array of the shape and kind of numbers that a tensor has; nothing else is read."""
    header = read_header(archive, name)
    wanted = np.dtype(str(tensor.dtype).removeprefix("torch."))
    if header.shape != tuple(tensor.shape) or header.dtype != wanted:
        raise ValueError(
            f"{name} holds {header.dtype} {header.shape}, expected {wanted} {tuple(tensor.shape)}"
        )
    return torch.as_tensor(read_content(archive, header))
