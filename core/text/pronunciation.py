# SPDX-License-Identifier: Apache-2.0
"""Words -> phones: CMUdict, and spelling rules for what it does not know."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..errors import MienError
from ..model_files import model_path
from .spelling import Reading, spell

MODEL_NAME = "pronunciation"
SPELLINGS = 8
# Each further pronunciation of a dictionary word costs this much: the first is the usual one.
VARIANT_COST_NATS = 0.7


@dataclass(frozen=True)
class Pronunciation:
    """One way to speak a word.

    Attributes:
        phones: ARPAbet without stress, at least one.
        cost: 0 or more nats; what the sound must make up for.
    """

    phones: tuple[str, ...]
    cost: float


@dataclass(frozen=True, eq=False)
class Lexicon:
    """What models/pronunciation.json.gz holds.

    Attributes:
        alphabet: phone of each code character.
        words: pronunciations of a word as phone codes, divided by spaces.
        rules: readings of letters in context, for `core.text.spelling.spell`.
    """

    alphabet: dict[str, str]
    words: dict[str, str]
    rules: dict[str, tuple[Reading, ...]]

    def knows(self, word: str) -> bool:
        """True for a word of the dictionary, or one with the possessive's or a plural's ending."""
        return word in self.words or _stem(word) in self.words

    def speak(self, word: str) -> tuple[Pronunciation, ...]:
        """How a word (a to z and the apostrophe) may be spoken, the likeliest first."""
        if word in self.words:
            return self._listed(word)
        stem = _stem(word)
        if stem in self.words:
            return tuple(
                Pronunciation((*said.phones, *_ending(said.phones[-1])), said.cost)
                for said in self._listed(stem)
            )
        spelled = spell(word, self.rules, SPELLINGS)
        lowest = spelled[0][1] if spelled else 0.0
        return tuple(Pronunciation(self._phones(codes), cost - lowest) for codes, cost in spelled)

    def _listed(self, word: str) -> tuple[Pronunciation, ...]:
        return tuple(
            Pronunciation(self._phones(codes), VARIANT_COST_NATS * min(rank, 1))
            for rank, codes in enumerate(self.words[word].split())
        )

    def _phones(self, codes: str) -> tuple[str, ...]:
        return tuple(self.alphabet[code] for code in codes)


@cache
def load_lexicon(models_folder: Path | str | None = None) -> Lexicon:
    """Read the dictionary and the spelling rules, once in a process: it takes 0.3 s.

    Raises:
        MienError: the file is missing or not the registered one.
    """
    path = model_path(models_folder, MODEL_NAME)
    try:
        data = json.loads(gzip.decompress(path.read_bytes()))
        rules = {context: _unpacked(packed) for context, packed in data["spelling"].items()}
        return Lexicon(dict(data["alphabet"]), dict(data["words"]), rules)
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise MienError(
            "model_changed",
            f"The dictionary {path} cannot be read ({error}).",
            "Install Mien again.",
        ) from error


def _unpacked(packed: str) -> tuple[Reading, ...]:
    """Readings from text such as ``K:93,S:7``."""
    parts = (entry.split(":") for entry in packed.split(","))
    return tuple((codes, int(percent) / 100.0) for codes, percent in parts)


def _stem(word: str) -> str:
    return word.removesuffix("'s") if word.endswith("'s") else word.removesuffix("'")


def _ending(last: str) -> tuple[str, ...]:
    """The s of a possessive after the phone before it."""
    if last in {"S", "Z", "SH", "ZH", "CH", "JH"}:
        return ("AH", "Z")
    return ("S",) if last in {"P", "T", "K", "F", "TH"} else ("Z",)
