# SPDX-License-Identifier: Apache-2.0
"""Is a text English? There is a dictionary for no other language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..errors import MienError
from .graph import is_listed
from .pronunciation import Lexicon
from .words import Word

LANGUAGES_PATH = Path(__file__).with_name("languages.json")
# One name in a short line is no other language; more unknown words than this are.
MOST_UNKNOWN_SHARE, FEWEST_UNKNOWN = 0.4, 4
# Two small words of one other language, and more of them than English ones, make that language. Each
# counts once: "ho ho ho" is no Italian.
FEWEST_SMALL_WORDS = 2


def check_english(text: str, words: Sequence[Word], lexicon: Lexicon) -> None:
    """Refuse a text of another language instead of speaking it with English sounds.

    Raises:
        MienError: ``text_language``.
    """
    language = _other_language(text)
    if language:
        raise _refusal(f"The text looks {language}.")
    unknown = [word.text for word in words if not _is_known(word, lexicon)]
    if len(unknown) >= FEWEST_UNKNOWN and len(unknown) > MOST_UNKNOWN_SHARE * len(words):
        named = ", ".join(unknown[:FEWEST_UNKNOWN])
        raise _refusal(
            f"{len(unknown)} of the text's {len(words)} words are not English ({named} ...)."
        )


def _refusal(message: str) -> MienError:
    return MienError(
        "text_language",
        message,
        "Only English texts can be used. Take the text away: the lips then follow the sound alone, "
        "in any language.",
    )


def _other_language(text: str) -> str:
    """The language of most small words, or nothing where that is English or unclear."""
    written = {word.strip(".,;:!?¿¡\"'()»«„“”") for word in text.lower().split()}
    counts = {name: len(small & written) for name, small in _small_words().items()}
    english = counts.pop("English")
    name = max(counts, key=lambda language: counts[language])
    return name if counts[name] >= FEWEST_SMALL_WORDS and counts[name] > english else ""


def _is_known(word: Word, lexicon: Lexicon) -> bool:
    return any(all(is_listed(plain, lexicon) for plain in reading) for reading in word.readings)


@cache
def _small_words() -> dict[str, frozenset[str]]:
    data = json.loads(LANGUAGES_PATH.read_text(encoding="utf-8"))
    return {name: frozenset(words) for name, words in data.items() if name != "about"}
