# SPDX-License-Identifier: Apache-2.0
"""`avatar train`: a tracked film -> an avatar file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from .avatar_file import SUFFIX
from .cli_device import add_device_option
from .consent import add_consent_options, consent_of_options
from .threads import share_cores
from .train.options import Options

if TYPE_CHECKING:
    import argparse

LINE_SECONDS = 5.0


def add_train_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `train` to the commands of `avatar`."""
    train = commands.add_parser(
        "train",
        help="a tracked film to an avatar",
        description="Keeps its pictures, its checkpoint and a preview.png in NAME.training beside the "
        "result. Ctrl-C or a power cut loses the steps since the last checkpoint: run the same "
        "command again to go on.",
    )
    train.set_defaults(command=_train)
    train.add_argument("track", type=Path, help="NAME.mientrack, from `avatar track`")
    train.add_argument("-o", "--out", type=Path, help="default: NAME.mienavatar beside the track")
    add_consent_options(train)
    train.add_argument(
        "--steps",
        type=int,
        default=Options.steps,
        help=f"default {Options.steps}; fewer is quicker",
    )
    train.add_argument(
        "--gaussians", type=int, default=Options.gaussians, help=f"default {Options.gaussians}"
    )
    train.add_argument("--size", type=int, default=256, help="pixels of the pictures, default 256")
    train.add_argument(
        "--pictures", type=int, default=3000, help="of the film at most, default 3000"
    )
    train.add_argument("--seed", type=int, default=Options.seed)
    add_device_option(train)
    train.add_argument("--models", type=Path, default=None, help="folder with models.json")


def _train(options: argparse.Namespace) -> None:
    share_cores()
    from .train.run import Wish, train  # noqa: PLC0415

    consent = consent_of_options(options)
    out = options.out or options.track.with_suffix(SUFFIX)
    wish = Wish(
        options.track,
        out,
        consent,
        size=options.size,
        most_pictures=options.pictures,
        options=Options(steps=options.steps, gaussians=options.gaussians, seed=options.seed),
        device=options.device,
        models=options.models,
    )
    said = [0.0]

    def report(fraction: float, stage: str) -> None:
        now = time.monotonic()
        if now - said[0] >= LINE_SECONDS or fraction >= 1.0:
            said[0] = now
            print(f"{100 * fraction:5.1f} %  {stage}", flush=True)

    for note in train(wish, report):
        print(f"note: {note}")
    print(f"{out}")
