# SPDX-License-Identifier: Apache-2.0
"""The one door: a line's text and what is heard -> when its phones and words are spoken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .align import TextTimes, align_words
from .language import check_english
from .pronunciation import load_lexicon
from .words import Word, read_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_text(text: str, models_folder: Path | str | None = None) -> tuple[Word, ...]:
    """The words of an English text, before anything is listened to.

    Args:
        text: the line as it is written; words in square brackets are not spoken.
        models_folder: where the dictionary lies; None for the default one.

    Raises:
        MienError: ``text_empty`` or ``text_language``, with what to do.
    """
    words = read_words(text)
    check_english(text, words, load_lexicon(models_folder))
    return words


def align_text(
    probabilities: NDArray[np.float32], text: str, models_folder: Path | str | None = None
) -> TextTimes:
    """Find an English text in a sound.

    Args:
        probabilities: (T, 40) of PHONES, frame i at i * 0.02 s, of `LipDecoder.curves`.
        text: the line as it is written; words in square brackets are not spoken.
        models_folder: where the dictionary lies; None for the default one.

    Raises:
        MienError: ``text_empty``, ``text_language`` or ``text_mismatch``, with what to do.
    """
    words = read_text(text, models_folder)
    return align_words(probabilities, words, load_lexicon(models_folder))
