# SPDX-License-Identifier: Apache-2.0
"""Make models/pronunciation.json.gz: how English words are spoken, and how unknown ones may be.

    python -m core.training.learn_spelling [--check]

Words come from the CMUdict that PocketSphinx brings. Unknown words are spelled out by rules learned
from it: each letter is matched with the phones it stands for (hard EM), then every context of a
letter that speaks it otherwise than its shorter context does is kept with the shares of its
readings. --check learns from 95 % of the words and says how many of the others come out right.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from ..motion.phones import PHONES, SILENCE
from ..text.pronunciation import MODEL_NAME
from ..text.spelling import CONTEXTS, Reading, context_key, spell
from .register_model import DEFAULT_MODELS_FOLDER, register

if TYPE_CHECKING:
    from collections.abc import Mapping

Words = dict[str, list[str]]
Rules = dict[str, tuple[Reading, ...]]

DICTIONARY = "en-us/cmudict-en-us.dict"
CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CODE_OF = dict(zip((p for p in PHONES if p != SILENCE), CODES, strict=False))
SPELLABLE = re.compile(r"[a-z']+")
ROUNDS, ROUND_WORDS = 5, 20_000
# A letter speaks none, one or two phones (x, the u of "cute"); two are rare elsewhere.
LENGTH_PRIORS = (0.15, 0.8, 0.05)
SMOOTHING = 1e-4
# A context is kept if it was met this often and its shares differ this much from the shorter one's.
FEWEST, LEAST_DIFFERENCE = 2, 0.3
SMALLEST_SHARE = 0.04
MOST_READINGS = 4
SOURCE = "CMUdict as PocketSphinx 5.1.1 brings it (cmudict-en-us.dict); rules learned from it"


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="learn from 95 %, test on the rest")
    args = parser.parse_args()
    words = read_words()
    if args.check:
        check(words)
        return
    rules = learn(words)
    data = {
        "alphabet": {code: phone for phone, code in CODE_OF.items()},
        "words": {word: " ".join(codes) for word, codes in words.items()},
        "spelling": {context: packed(readings) for context, readings in rules.items()},
    }
    path = DEFAULT_MODELS_FOLDER / f"{MODEL_NAME}.json.gz"
    text = json.dumps(data, separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(text, 9, mtime=0))
    register(
        DEFAULT_MODELS_FOLDER,
        MODEL_NAME,
        path,
        licence="BSD-2-Clause",
        source=SOURCE,
        made_by="core/training/learn_spelling.py",
        card=f"{MODEL_NAME}.md",
    )
    print(f"{path}: {len(words)} words, {len(rules)} rules, {path.stat().st_size / 1e6:.2f} MB")


def read_words() -> Words:
    """Word -> its pronunciations as phone codes, first the usual one."""
    from pocketsphinx import get_model_path  # noqa: PLC0415 - rules are learned without it

    words: Words = defaultdict(list)
    with open(get_model_path(DICTIONARY), encoding="utf-8") as lines:  # noqa: PTH123 - a str path
        for line in lines:
            name, *phones = line.split()
            word = name.split("(")[0]
            codes = "".join(CODE_OF[phone] for phone in phones)
            if SPELLABLE.fullmatch(word) and codes not in words[word]:
                words[word].append(codes)
    return dict(words)


def learn(words: Words) -> Rules:
    """Spelling rules from a dictionary."""
    pairs = [(word, codes[0]) for word, codes in words.items() if len(word) > 1]
    chosen = np.random.default_rng(0).permutation(len(pairs))[:ROUND_WORDS]
    sample = [pairs[number] for number in chosen]
    shares = _first_guess(sample)
    for _ in range(ROUNDS):
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for word, codes in sample:
            for letter, reading in zip(word, match(word, codes, shares) or (), strict=False):
                counts[letter][reading] += 1
        shares = {letter: _shares(found) for letter, found in counts.items()}
    matched = [(word, match(word, codes, shares)) for word, codes in pairs]
    return _rules([(word, readings) for word, readings in matched if readings is not None])


def match(word: str, codes: str, shares: Mapping[str, Mapping[str, float]]) -> list[str] | None:
    """The phone codes that each letter stands for; None if they cannot be dealt out."""
    best: list[list[float]] = [[math.inf] * (len(codes) + 1) for _ in range(len(word) + 1)]
    took = [[0] * (len(codes) + 1) for _ in range(len(word) + 1)]
    best[0][0] = 0.0
    for i, letter in enumerate(word):
        known = shares.get(letter, {})
        for j in range(len(codes) + 1):
            if best[i][j] == math.inf:
                continue
            for length, prior in enumerate(LENGTH_PRIORS):
                if j + length > len(codes):
                    break
                share = known.get(codes[j : j + length], SMOOTHING)
                cost = best[i][j] - math.log(share * prior)
                if cost < best[i + 1][j + length]:
                    best[i + 1][j + length], took[i + 1][j + length] = cost, length
    if best[-1][-1] == math.inf:
        return None
    readings, j = [], len(codes)
    for i in range(len(word), 0, -1):
        length = took[i][j]
        readings.append(codes[j - length : j])
        j -= length
    return readings[::-1]


def _first_guess(pairs: list[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Shares of single phones near a letter's relative place in the word; silence is likely."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for word, codes in pairs:
        for i, letter in enumerate(word):
            middle = (i + 0.5) / len(word) * len(codes)
            for j in range(max(0, int(middle - 1.5)), min(len(codes), int(middle + 1.5) + 1)):
                counts[letter][codes[j]] += 1
    guess = {letter: _shares(found) for letter, found in counts.items()}
    return {letter: {**found, "": 0.2} for letter, found in guess.items()}


def _shares(counts: Counter[str]) -> dict[str, float]:
    total = sum(counts.values())
    return {reading: count / total for reading, count in counts.items()}


def _rules(matched: list[tuple[str, list[str]]]) -> Rules:
    rules: Rules = {}
    for level, (before, after) in enumerate(CONTEXTS):
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        shorter: dict[str, str] = {}
        for word, readings in matched:
            for place, reading in enumerate(readings):
                context = context_key(word, place, before, after)
                counts[context][reading] += 1
                if level and context not in shorter:
                    shorter[context] = _known_context(word, place, level, rules)
        for context, found in counts.items():
            shares = _shares(found)
            if level == 0 or (
                sum(found.values()) >= FEWEST
                and _difference(shares, rules[shorter[context]]) >= LEAST_DIFFERENCE
            ):
                rules[context] = _common(shares)
    return rules


def _known_context(word: str, place: int, level: int, rules: Rules) -> str:
    keys = (context_key(word, place, *around) for around in reversed(CONTEXTS[:level]))
    return next(key for key in keys if key in rules)


def _difference(shares: dict[str, float], known: tuple[Reading, ...]) -> float:
    other = dict(known)
    return 0.5 * sum(
        abs(shares.get(r, 0.0) - other.get(r, 0.0)) for r in shares.keys() | other.keys()
    )


def _common(shares: dict[str, float]) -> tuple[Reading, ...]:
    ordered = sorted(shares.items(), key=lambda entry: -entry[1])[:MOST_READINGS]
    return tuple((r, s) for r, s in ordered if s >= SMALLEST_SHARE or s == ordered[0][1])


def packed(readings: tuple[Reading, ...]) -> str:
    """Readings as text such as ``K:93,S:7``."""
    return ",".join(f"{codes}:{max(1, round(100 * share))}" for codes, share in readings)


def check(words: Words) -> None:
    """Say how many words that were left out come out right, first and among the first eight."""
    names = [str(name) for name in np.random.default_rng(1).permutation(sorted(words))]
    held = names[: len(names) // 20]
    rules = learn({word: words[word] for word in names[len(held) :]})
    first = among = 0
    for word in held:
        spelled = [codes for codes, _ in spell(word, rules, 8)]
        first += bool(spelled) and spelled[0] in words[word]
        among += any(codes in words[word] for codes in spelled)
    print(f"{len(rules)} rules; {first / len(held):.1%} right, {among / len(held):.1%} among eight")


if __name__ == "__main__":
    main()
