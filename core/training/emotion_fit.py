# SPDX-License-Identifier: Apache-2.0
"""Fit the emotion recogniser: whiten what is not emotion, lend emotions to other voices, regress.

One linear map, because 360 acted utterances bear no more: small networks over the same rows did no
better on speakers left out. What makes it carry over to other voices and languages is what it is
shown:

* whitening: directions in which speech varies within one emotion (voice, words, room) and between
  corpora of plain speech (language, microphone) are scaled down, as WCCN does for speakers
  (Hatch, Kajarekar & Stolcke 2006);
* transplanting: an emotion is taken as a move away from its speaker's neutral speech, and that
  move, whole or weaker, is made from another plain voice's sound instead. So it is the move that is
  learned, not the studio it was recorded in;
* forms: each emotion has a quiet and a loud form (cold and hot anger, anxiety and panic, sorrow and
  despair, contentment and elation: Banse & Scherer 1996; Burkhardt & Sendlmeier 2000), of which a
  corpus mostly has one. Moves are therefore shifted along the axis from quiet to aroused speech, each
  emotion toward the form that Emo-DB lacks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.optimize

from .emotion_tables import WHOLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .emotion_tables import Rows

    Table = NDArray[np.float64]

# Mean, deviation and deviation of the change.
ENCODER_PARTS = 3
PLAIN_SHARE = 0.2
WEAKEST_MOVE = 0.4
FEWEST_NEUTRAL_ROWS = 2
# Shift along the axis from quiet to aroused speech, in its length, from and to.
FORMS = {
    "happy": (-0.4, 0.1),
    "sad": (0.0, 0.7),
    "angry": (-0.4, 0.1),
    "fearful": (-0.3, 0.2),
    "disgusted": (-0.1, 0.5),
}
OTHER_FORMS = (-0.1, 0.1)
AROUSED, QUIET = ("happy", "angry", "fearful"), ("sad", "calm")


@dataclass(frozen=True, eq=False)
class Linear:
    """logits = columns @ weights + bias, of as many columns (not standardised) as there are weights."""

    weights: Table
    bias: Table

    def logits(self, rows: Rows) -> Table:
        """(R, K)."""
        columns = columns_of(rows, ENCODER_PARTS)[:, : len(self.weights)]
        return np.asarray(columns @ self.weights + self.bias)


@dataclass(frozen=True)
class Recipe:
    """How to fit.

    Attributes:
        encoder_parts: how many of the encoder's three statistics are used, from the mean on.
        transplants: how often each row is lent to other voices, and only so learned from; 0: the
            rows are learned from as they are.
        penalty: of squared weights.
        iterations: of L-BFGS; few, which keeps the weights small too.
        floor: variance added to every direction before whitening: small, and directions in which
            speech hardly varies count as much as the others.
        has_forms: whether transplanted moves are shifted toward quieter and louder forms.
    """

    encoder_parts: int = 1
    transplants: int = 2
    penalty: float = 0.05
    iterations: int = 60
    floor: float = 1.0
    has_forms: bool = False


def columns_of(rows: Rows, encoder_parts: int) -> NDArray[np.float32]:
    """Melody and the first of the encoder's statistics, (R, D)."""
    size = rows.encoder.shape[1] // ENCODER_PARTS * encoder_parts
    return np.concatenate((rows.melody, rows.encoder[:, :size]), axis=1)


def fit_mean(
    rows: Rows, plain: list[Rows], classes: tuple[str, ...], recipes: tuple[Recipe, ...]
) -> Linear:
    """The mean of the maps of several recipes: one map again, surer than each of them."""
    maps = [fit(rows, plain, classes, recipe, seed) for seed, recipe in enumerate(recipes)]
    weights = np.zeros((max(len(one.weights) for one in maps), len(classes)))
    for one in maps:
        weights[: len(one.weights)] += one.weights / len(maps)
    return Linear(weights, np.mean([one.bias for one in maps], axis=0))


def fit(
    rows: Rows, plain: list[Rows], classes: tuple[str, ...], recipe: Recipe, seed: int = 0
) -> Linear:
    """Fit one linear map.

    Args:
        rows: labelled rows; each class counts the same, however many rows it has.
        plain: corpora of plain speech, each counting the same.
        classes: names of the answers.
        recipe: how.
        seed: of the transplants.
    """
    label = np.array([classes.index(name) for name in rows.emotion])
    columns = columns_of(rows, recipe.encoder_parts).astype(np.float64)
    middle, scale = columns.mean(axis=0), columns.std(axis=0) + 1e-6
    table = (columns - middle) / scale
    others = [(columns_of(part, recipe.encoder_parts) - middle) / scale for part in plain]
    neutral = label == classes.index("neutral")
    whiten = _whitener(table, label, [table[neutral & (rows.kind == WHOLE)], *others], recipe.floor)
    table, others = table @ whiten, [part @ whiten for part in others]
    inputs = [table]
    if recipe.transplants:
        generator = np.random.default_rng(seed)
        home = _homes(table, rows.speaker, neutral)
        axis = _arousal_axis(table, rows) if recipe.has_forms else np.zeros(table.shape[1])
        inputs = [
            _transplanted(table + _forms(rows, generator) * axis, home, neutral, others, generator)
            for _ in range(recipe.transplants)
        ]
    answers = [label] * len(inputs)
    weights, bias = regress(np.concatenate(inputs), np.concatenate(answers), len(classes), recipe)
    outer = (whiten @ weights) / scale[:, None]
    return Linear(outer, bias - middle @ outer)


def _covariance(table: Table) -> Table:
    centred = table - table.mean(axis=0)
    return np.asarray(centred.T @ centred / len(table))


def _whitener(table: Table, label: NDArray[np.int64], plain: list[Table], floor: float) -> Table:
    kinds = np.unique(label)
    nuisance = sum(_covariance(table[label == kind]) for kind in kinds) / len(kinds)
    if len(plain) > 1:
        between = _covariance(np.stack([part.mean(axis=0) for part in plain]))
        within = sum(_covariance(part) for part in plain) / len(plain)
        nuisance = nuisance + PLAIN_SHARE * (between + within)
    values, vectors = np.linalg.eigh(nuisance)
    return np.asarray(vectors / np.sqrt(values + floor))


def _homes(table: Table, speaker: NDArray[np.str_], neutral: NDArray[np.bool_]) -> Table:
    """The mean neutral speech of each row's speaker, (R, D); of all, where he has none."""
    home = np.empty_like(table)
    for name in np.unique(speaker):
        own = speaker == name
        base = own & neutral if (own & neutral).sum() >= FEWEST_NEUTRAL_ROWS else neutral
        home[own] = table[base].mean(axis=0)
    return home


def _arousal_axis(table: Table, rows: Rows) -> Table:
    """From quiet to aroused emotions, the mean over speakers that act both; (D,)."""
    loud, quiet = np.isin(rows.emotion, AROUSED), np.isin(rows.emotion, QUIET)
    moves = [
        table[own & loud].mean(axis=0) - table[own & quiet].mean(axis=0)
        for own in (rows.speaker == name for name in np.unique(rows.speaker))
        if (own & loud).any() and (own & quiet).any()
    ]
    return np.asarray(np.mean(moves, axis=0))


def _forms(rows: Rows, generator: np.random.Generator) -> Table:
    """How far each row goes along the axis, (R, 1)."""
    ranges = np.array([FORMS.get(str(name), OTHER_FORMS) for name in rows.emotion])
    return generator.uniform(ranges[:, :1], ranges[:, 1:])


def _transplanted(
    table: Table,
    home: Table,
    neutral: NDArray[np.bool_],
    plain: list[Table],
    generator: np.random.Generator,
) -> Table:
    count = len(table)
    corpus = generator.integers(len(plain), size=count)
    host = np.stack([plain[c][generator.integers(len(plain[c]))] for c in corpus])
    share = generator.uniform(0.0, 1.0, (count, 1))
    strength = generator.uniform(WEAKEST_MOVE, 1.0, (count, 1))
    strength[neutral] = 1.0
    return home * (1.0 - share) + host * share + strength * (table - home)


def regress(
    table: Table, label: NDArray[np.int64], classes: int, recipe: Recipe
) -> tuple[Table, Table]:
    """Multinomial logistic regression with classes of equal weight: (D, K) and (K,)."""
    count, size = table.shape
    wanted = np.eye(classes)[label]
    share = 1.0 / (np.maximum(wanted.sum(axis=0), 1.0) * classes)
    share = share[label]

    def loss(flat: Table) -> tuple[float, Table]:
        weights, bias = flat[: size * classes].reshape(size, classes), flat[size * classes :]
        logits = table @ weights + bias
        logits -= logits.max(axis=1, keepdims=True)
        chance = np.exp(logits)
        chance /= chance.sum(axis=1, keepdims=True)
        cost = -(share * np.log(chance[np.arange(count), label] + 1e-12)).sum()
        error = (chance - wanted) * share[:, None]
        slope = table.T @ error + recipe.penalty * weights
        total = cost + 0.5 * recipe.penalty * np.square(weights).sum()
        return float(total), np.concatenate((slope.ravel(), error.sum(axis=0)))

    start = np.zeros((size + 1) * classes)
    found = scipy.optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": recipe.iterations}
    ).x
    return found[: size * classes].reshape(size, classes), found[size * classes :]
