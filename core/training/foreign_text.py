# SPDX-License-Identifier: Apache-2.0
"""Text of seven languages as IPA in the notation Kokoro-82M was trained on.

Spanish, French, Italian, Portuguese and Hindi go through eSpeak NG (GPL-3, a tool of training only;
PyPI espeakng-loader 0.2.4 and phonemizer-fork 3.3.2); Japanese is written in romaji and Mandarin in
pinyin with tone digits, and read by rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import espeakng_loader
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper

from .foreign_spelling import pinyin_ipa, romaji_ipa, untie

if TYPE_CHECKING:
    from collections.abc import Callable

ESPEAK_NAMES = {"es": "es", "fr": "fr-fr", "it": "it", "pt": "pt-br", "hi": "hi"}
LANGUAGES = (*ESPEAK_NAMES, "ja", "zh")


def phonemisers() -> dict[str, Callable[[str], str]]:
    """Language -> function from a line of text to IPA. eSpeak NG is loaded here, once."""
    EspeakWrapper.set_library(espeakng_loader.get_library_path())
    EspeakWrapper.set_data_path(espeakng_loader.get_data_path())

    def espeak(name: str) -> Callable[[str], str]:
        backend = EspeakBackend(
            name,
            preserve_punctuation=True,
            with_stress=True,
            tie="^",
            language_switch="remove-flags",
        )
        return lambda text: untie(backend.phonemize([text], strip=True)[0])

    functions = {language: espeak(name) for language, name in ESPEAK_NAMES.items()}
    return {**functions, "ja": romaji_ipa, "zh": pinyin_ipa}
