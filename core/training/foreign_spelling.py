# SPDX-License-Identifier: Apache-2.0
"""Spelling rules: Japanese romaji, Mandarin pinyin and eSpeak NG's ties as Kokoro's IPA."""

from __future__ import annotations

import re

# Ties that Kokoro writes as one letter.
TIED = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "s^s": "S",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
}
# Longest first, so that sh is not read as s h.
ROMAJI = (
    ("kk", "ʔk"),
    ("pp", "ʔp"),
    ("tt", "ʔt"),
    ("ss", "ʔs"),
    ("cch", "ʔʨ"),
    ("sh", "ɕ"),
    ("ch", "ʨ"),
    ("ts", "ʦ"),
    ("hi", "çi"),
    ("hy", "ç"),
    ("f", "ɸ"),
    ("j", "ʥ"),
    ("r", "ɾ"),
    ("g", "ɡ"),
    ("y", "j"),
    ("u", "ɯ"),
)
TONES = {"0": "", "1": "→", "2": "↗", "3": "↓", "4": "↘"}
INITIALS = {
    "zh": "ꭧ",
    "ch": "ꭧʰ",
    "sh": "ʂ",
    "b": "p",
    "p": "pʰ",
    "m": "m",
    "f": "f",
    "d": "t",
    "t": "tʰ",
    "n": "n",
    "l": "l",
    "g": "k",
    "k": "kʰ",
    "h": "x",
    "j": "ʨ",
    "q": "ʨʰ",
    "x": "ɕ",
    "r": "ɻ",
    "z": "ʦ",
    "c": "ʦʰ",
    "s": "s",
}
# {} is where the tone stands.
FINALS = {
    "a": "a{}",
    "ai": "ai{}",
    "an": "a{}n",
    "ang": "a{}ŋ",
    "ao": "au{}",
    "e": "ɤ{}",
    "ei": "ei{}",
    "en": "ə{}n",
    "eng": "ə{}ŋ",
    "er": "ɚ{}",
    "i": "i{}",
    "ia": "ja{}",
    "ian": "jɛ{}n",
    "iang": "ja{}ŋ",
    "iao": "jau{}",
    "ie": "je{}",
    "in": "i{}n",
    "ing": "i{}ŋ",
    "iong": "jʊ{}ŋ",
    "iu": "jou{}",
    "o": "wo{}",
    "ong": "ʊ{}ŋ",
    "ou": "ou{}",
    "u": "u{}",
    "ua": "wa{}",
    "uai": "wai{}",
    "uan": "wa{}n",
    "uang": "wa{}ŋ",
    "ui": "wei{}",
    "un": "wə{}n",
    "uo": "wo{}",
    "v": "y{}",
    "ve": "ɥe{}",
    "van": "ɥɛ{}n",
    "vn": "y{}n",
}
# After these initials i is a buzz of the tongue, and u is the vowel of French tu.
BUZZING = ("zh", "ch", "sh", "r", "z", "c", "s")
FRONTED = ("j", "q", "x")


def untie(ipa: str) -> str:
    """IPA of eSpeak NG with ties -> Kokoro's letters."""
    for tied, letter in TIED.items():
        ipa = ipa.replace(tied, letter)
    return re.sub("[-^¿¡]", "", ipa)


def romaji_ipa(text: str) -> str:
    """Japanese in Hepburn romaji, long vowels doubled -> IPA."""
    ipa = re.sub(r"n(?![aeiouy])", "ɴ", text)
    for letters, sound in ROMAJI:
        ipa = ipa.replace(letters, sound)
    ipa = re.sub(r"(?<=[kɡmnpbɾ])j(?=[aoɯ])", "ʲ", ipa)
    return re.sub(r"([aeioɯ])\1", r"\1ː", ipa)


def pinyin_ipa(text: str) -> str:
    """Mandarin in pinyin with tone digits 0 to 4 after each syllable -> IPA."""
    return re.sub(r"([a-z]+)([0-4])", lambda m: _syllable(m.group(1), m.group(2)), text)


def _syllable(letters: str, tone: str) -> str:
    initial = next((i for i in INITIALS if letters.startswith(i)), "")
    final = letters[len(initial) :]
    if not initial:
        final = _without_initial(final)
    if initial in BUZZING and final == "i":
        return INITIALS[initial] + "ɨ" + TONES[tone]
    if initial in FRONTED and final.startswith("u"):
        final = "v" + final[1:]
    if initial in ("b", "p", "m", "f") and final == "o":
        final = "uo"
    return INITIALS.get(initial, "") + FINALS[final].format(TONES[tone])


def _without_initial(final: str) -> str:
    for written, read in (("yu", "v"), ("yi", "i"), ("wu", "u"), ("y", "i"), ("w", "u")):
        if final.startswith(written):
            final = read + final[len(written) :]
            break
    return {"iou": "iu", "uei": "ui", "uen": "un", "ueng": "ong", "iong": "iong"}.get(final, final)
