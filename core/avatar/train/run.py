# SPDX-License-Identifier: Apache-2.0
"""From a tracked film to an avatar file, with checkpoints and previews on the way."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from ...errors import MienError
from ...face.model import load_face_model
from ...whole_file import whole_file
from ...whole_folder import make_folder
from ..avatar_file import save_avatar
from ..camera_json import camera_to_json
from ..device import choose_device
from ..peak_memory import peak_memory_mib
from ..posed import rest_areas
from ..poses import film_roots
from ..tracked_film import read_tracked_film
from .checkpoint import check_checkpoint
from .film_set import chosen_rows, film_camera, film_set
from .fit import Told, draw_learned, fit, target_of
from .learned import Learned
from .options import Options
from .result import as_avatar, workplace_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..consent import Consent
    from ..tracked_film import TrackedFilm
    from .training_set import TrainingSet

FEWEST_PICTURES = 40
PREVIEWS = 4
CUT_SHARE = 0.05
# Below, a mouth is three pixels wide; above, the 3000 pictures of an ordinary training take 63 GB.
SIZE_PIXELS = (32, 2048)


@dataclass(frozen=True)
class Wish:
    """What `avatar train` is asked for.

    Attributes:
        track: NAME.mientrack.
        out: NAME.mienavatar.
        consent: of the person.
        size: pixels of the pictures that are learned from, `SIZE_PIXELS`.
        most_pictures: of the film, `FEWEST_PICTURES` or more.
        options: numbers of the training.
        device: a name for `core.avatar.device.choose_device`.
        models: folder of models.json, None for the program's own.
    """

    track: Path
    out: Path
    consent: Consent
    size: int = 256
    most_pictures: int = 3000
    options: Options = field(default_factory=Options)
    device: str = "auto"
    models: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what no training can begin with.

        Raises:
            MienError: ``avatar_options``.
        """
        least, most = SIZE_PIXELS
        if not least <= self.size <= most:
            raise MienError(
                "avatar_options",
                f"A training cannot have pictures of {self.size} pixels.",
                f"Give a size of {least} to {most} pixels.",
            )
        if self.most_pictures < FEWEST_PICTURES:
            raise MienError(
                "avatar_options",
                f"A training cannot do with {self.most_pictures} pictures of a film.",
                f"Give {FEWEST_PICTURES} or more.",
            )


def train(wish: Wish, report: Callable[[float, str], None]) -> tuple[str, ...]:
    """Train an avatar and write its file; a run that was killed goes on where it was.

    Args:
        wish: what is asked for.
        report: progress 0..1 and what is done; may raise `Cancelled`.

    Returns:
        What the person should be told of the file, a sentence each.

    Raises:
        MienError: of the track, the films, the disk or the device; nothing is lost but the steps since
            the last checkpoint.
    """
    choice = choose_device(wish.device)
    face = load_face_model(wish.models)
    tracked = read_tracked_film(wish.track)
    track = tracked.track
    if int(track.found.sum()) < FEWEST_PICTURES:
        raise MienError(
            "avatar_few_pictures",
            f"{wish.track.name} shows the face in {int(track.found.sum())} pictures only.",
            "Film at least ten seconds in which the person speaks.",
        )
    run = run_of(wish, tracked)
    workplace = workplace_of(wish.out)
    checkpoint = workplace / "checkpoint.npz"
    make_folder(workplace)
    check_checkpoint(checkpoint, run)
    report(0.0, f"on {choice.words}")
    started = time.monotonic()
    data = film_set(
        tracked,
        face,
        workplace,
        size=wish.size,
        most=wish.most_pictures,
        tell=lambda share: report(CUT_SHARE * share, "cutting pictures"),
    )
    learned = fit(
        data,
        wish.options,
        device=choice.device,
        checkpoint=checkpoint,
        run=run,
        tell=teller(data, wish.options, workplace, report),
    )
    cost = {
        "seconds": round(time.monotonic() - started, 1),
        "device": str(choice.device),
        "peak_memory_mib": peak_memory_mib(),
    }
    avatar = as_avatar(
        data,
        learned,
        landmarks=face.landmarks68(data.values) - face.pieces68.neutral,
        meta={
            "consent": wish.consent.to_json(),
            "training": run | cost,
            "film_camera": camera_to_json(film_camera(track, film_roots(track)[0])),
        },
    )
    if cost["peak_memory_mib"] is not None:
        report(1.0, f"writing the avatar; it took {cost['peak_memory_mib']} MiB of memory at most")
    return save_avatar(wish.out, avatar)


def run_of(wish: Wish, tracked: TrackedFilm) -> dict[str, object]:
    """What a training is of, as JSON data: no other goes on from its checkpoint."""
    return {
        "options": asdict(wish.options),
        "size": wish.size,
        "pictures": len(chosen_rows(tracked.track, wish.most_pictures)),
        "films": [Path(film).name for film in tracked.track.films],
        "track": dict(tracked.digests),
    }


def teller(
    data: TrainingSet, options: Options, workplace: Path, report: Callable[[float, str], None]
) -> Callable[[Told, Learned], None]:
    """What a training says and shows while it runs."""
    started = time.monotonic()
    first: list[int] = []

    def tell(told: Told, learned: Learned) -> None:
        if not first:
            first.append(told.step - 1)
        if told.step % options.preview_every == 0:
            write_preview(workplace / "preview.png", data, learned)
        done = told.step - first[0]
        left = (time.monotonic() - started) / done * (told.steps - told.step)
        share = CUT_SHARE + (1.0 - CUT_SHARE) * told.step / told.steps
        report(share, f"training, loss {told.loss:.4f}, {left / 60:.0f} min left")

    return tell


def write_preview(path: Path, data: TrainingSet, learned: Learned) -> None:
    """Film above, avatar below, for a few moments of the film."""
    areas = rest_areas(data.mesh)
    columns = []
    for index in np.linspace(0, len(data) - 1, PREVIEWS).astype(int):
        with torch.no_grad():
            target, camera = target_of(data, int(index), "cpu", coarse=False)
            drawn = draw_learned(data, learned, areas, int(index), camera).drawn
            wanted = target.colour * target.alpha[..., None]
            columns.append(torch.cat([wanted, drawn.colour.cpu()]))
    sheet = torch.cat(columns, dim=1).clamp(0.0, 1.0)
    image = Image.fromarray(np.asarray((sheet * 255.0).round().to(torch.uint8)))
    with whole_file(path, "The preview") as part, part.open("wb") as file:
        image.save(file, "PNG")
