# SPDX-License-Identifier: Apache-2.0
"""A training's state on disk: whole or not at all, and never pickled.

Every random choice of a step is drawn from the seed and the step's number, so that a training that
was killed goes on as if it had not been.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ...errors import MienError
from ...whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from .learned import Learned

MOMENTS = ("exp_avg", "exp_avg_sq")
DAMAGED = (
    *(OSError, ValueError, KeyError, TypeError, RuntimeError, MemoryError, EOFError),
    *(zipfile.BadZipFile, zlib.error),
)


def save_checkpoint(path: Path, learned: Learned, step: int, run: dict[str, object]) -> None:
    """Write the state after `step` steps.

    Args:
        path: .npz; replaced only by a whole one.
        learned: the state.
        step: steps done.
        run: what the training is of (`run_name`); another training refuses to go on from it.

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
        np.savez(file, papers=np.array(papers), **{n: t.cpu().numpy() for n, t in arrays.items()})


def load_checkpoint(path: Path, learned: Learned, run: dict[str, object]) -> int:
    """Put a state back into `learned`; returns the steps done.

    Raises:
        MienError: ``checkpoint_damaged``, ``checkpoint_other``.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            papers = json.loads(str(data["papers"]))
            if papers["run"] != run:
                raise MienError(
                    "checkpoint_other",
                    f"{path} belongs to a training of other films or with other options.",
                    "Give the same films and options to go on, or another folder to begin anew.",
                )
            with torch.no_grad():
                _put_back(learned, data)
            return int(papers["step"])
    except DAMAGED as error:
        raise MienError(
            "checkpoint_damaged",
            f"{path} cannot be read ({error}).",
            "Delete it to begin anew.",
        ) from error


def _put_back(learned: Learned, data: np.lib.npyio.NpzFile) -> None:
    for name, tensor in learned.fixed.items():
        tensor.copy_(_alike(data[f"fixed/{name}"], tensor))
    step = torch.tensor(float(json.loads(str(data["papers"]))["step"]))
    for name, tensor in learned.tensors.items():
        tensor.copy_(_alike(data[f"value/{name}"], tensor))
        if f"{MOMENTS[0]}/{name}" in data.files:
            moments = {
                moment: _alike(data[f"{moment}/{name}"], tensor).to(tensor.device)
                for moment in MOMENTS
            }
            learned.optimiser.state[tensor] = {"step": step.to(tensor.device, copy=True), **moments}


def _alike(array: NDArray[Any], tensor: Tensor) -> Tensor:
    """An array of the shape that a tensor has; others would be spread over it without a word."""
    if array.shape != tuple(tensor.shape):
        raise ValueError(f"an array has the shape {array.shape}, expected {tuple(tensor.shape)}")
    return torch.as_tensor(array)
