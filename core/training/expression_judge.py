# SPDX-License-Identifier: Apache-2.0
"""How well drawn motion resembles film and teacher: spread, spectrum and the voice's part, in a table.

python -m core.training.expression_judge WORK --run expression
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..motion.expression_decoder import STEPS, follow_flow
from ..motion.prototypes import MOVED_EMOTIONS
from ..motion.take_channels import RATE_HZ, take_channels
from ..motion.take_noise import take_noise
from .expression_film import seen_columns
from .expression_lessons import Stream, read_streams
from .expression_network import STRIDE, ExpressionNetwork
from .expression_teacher import Lesson, teach, voice_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

BANDS_HZ = ((0.3, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 8.0))
SHOWN = ("browInner", "browOuter", "lidWide", "headPitch", "headYaw", "accent", "gainBrows")


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--run", default="expression")
    args = parser.parse_args()
    network = trained(args.work / f"{args.run}.pt")
    print(judge(network, read_streams(args.work / "grid_dev.npz")))


def trained(path: Path) -> ExpressionNetwork:
    """The network of a run's checkpoint."""
    network = ExpressionNetwork()
    network.load_state_dict(torch.load(path, weights_only=False)[1][-1])
    return network.eval()


@torch.no_grad()
def draw(
    network: ExpressionNetwork, stream: Stream, activation: Floats, seed: int, steps: int = STEPS
) -> Floats:
    """A take (T, D) of a stream, T cut to a multiple of the network's stride."""
    count = len(activation) // STRIDE * STRIDE
    told = [torch.from_numpy(x[None, :count]) for x in (stream.voice, stream.features, activation)]

    def velocity(state: Floats, moment: float) -> Floats:
        answer = network(torch.from_numpy(state)[None], torch.tensor([moment]), *told)
        return np.asarray(answer[0].numpy(), np.float32)

    noise = take_noise(seed, count, len(take_channels().names))
    return follow_flow(velocity, noise, steps)


def judge(network: ExpressionNetwork, streams: list[Stream]) -> str:
    """Rows of spread, band shares and correlation with stress: film, teacher and drawn takes."""
    rows = [
        f"{'':24s} channel    sd    " + "  ".join(f"{a:g}-{b:g}" for a, b in BANDS_HZ) + "  stress"
    ]
    for felt in (None, *range(len(MOVED_EMOTIONS))):
        name = "neutral" if felt is None else MOVED_EMOTIONS[felt]
        drawn, taught, film = [], [], []
        for number, stream in enumerate(streams):
            activation = np.zeros((len(stream.voice), len(MOVED_EMOTIONS)), np.float32)
            if felt is not None:
                activation[:, felt] = 1.0
            drawn.append(draw(network, stream, activation, number))
            nothing = np.zeros(activation.shape)
            lesson = Lesson(
                stream.voice, activation.astype(np.float64), None, nothing, seen_columns()
            )
            taught.append(teach(lesson, np.random.default_rng(number)))
            film.append(stream.film)
        sources = {"drawn": drawn, "taught": taught} | ({"film": film} if felt is None else {})
        for channel in SHOWN:
            column = take_channels().column(channel)
            for source, takes in sources.items():
                if source == "film" and not seen_columns()[column]:
                    continue
                curves = [take[:, column] for take in takes if take is not None]
                rows.append(f"{name:10s} {source:7s} {channel:12s} {_row(curves, streams)}")
    return "\n".join(rows)


def _row(curves: list[NDArray[np.floating]], streams: list[Stream]) -> str:
    """Spread, shares of the bands and correlation with the stress 0.08 s before."""
    spread = float(np.mean([c.std() for c in curves]))
    power = np.zeros(64)
    for curve in curves:
        pieces = curve[: len(curve) // 126 * 126].reshape(-1, 126)
        windowed = (pieces - pieces.mean(axis=1, keepdims=True)) * np.hanning(126)
        power += (np.abs(np.fft.rfft(windowed, axis=1)) ** 2).mean(axis=0)
    hertz = np.fft.rfftfreq(126, 1.0 / RATE_HZ)
    total = power[1:].sum() + 1e-12
    shares = [power[(hertz >= a) & (hertz < b)].sum() / total for a, b in BANDS_HZ]
    stress = [
        voice_column(s.voice, "stress")[: len(c)] for s, c in zip(streams, curves, strict=True)
    ]
    r = float(np.corrcoef(np.concatenate(curves)[2:], np.concatenate(stress)[:-2])[0, 1])
    return f"{spread:5.2f}  " + "  ".join(f"{share:5.2f}" for share in shares) + f"  {r:6.2f}"


if __name__ == "__main__":
    main()
