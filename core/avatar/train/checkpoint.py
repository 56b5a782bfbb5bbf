# SPDX-License-Identifier: Apache-2.0
"""A training's state on disk: whole or not at all, and never pickled.

Every random choice of a step is drawn from the seed and the step's number, so that a training that
was killed goes on as if it had not been.
"""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import torch

from ...errors import MienError
from ...whole_file import whole_file

if TYPE_CHECKING:
    from pathlib import Path

    from .learned import Learned

MOMENTS = ("exp_avg", "exp_avg_sq")


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
    except (OSError, ValueError, KeyError, RuntimeError, zipfile.BadZipFile, EOFError) as error:
        raise MienError(
            "checkpoint_damaged",
            f"{path} cannot be read ({error}).",
            "Delete it to begin anew.",
        ) from error


def _put_back(learned: Learned, data: np.lib.npyio.NpzFile) -> None:
    for name, tensor in learned.fixed.items():
        tensor.copy_(torch.as_tensor(data[f"fixed/{name}"]))
    step = torch.tensor(float(json.loads(str(data["papers"]))["step"]))
    for name, tensor in learned.tensors.items():
        tensor.copy_(torch.as_tensor(data[f"value/{name}"]))
        if f"{MOMENTS[0]}/{name}" in data.files:
            moments = {
                moment: torch.as_tensor(data[f"{moment}/{name}"]).to(tensor.device)
                for moment in MOMENTS
            }
            learned.optimiser.state[tensor] = {"step": step.clone(), **moments}
