# SPDX-License-Identifier: Apache-2.0
"""Everything that inference loads, loaded once and used for many requests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import MienError
from .face.model import FaceModel, load_face_model
from .model_files import default_models_folder, model_hashes
from .speech.prosody import PitchTracker

if TYPE_CHECKING:
    from .motion.expression_decoder import ExpressionDecoder
    from .motion.lips import LipDecoder
    from .speech.emotion import EmotionRecogniser
    from .speech.encoder import SpeechEncoder


@dataclass(frozen=True, eq=False)
class Models:
    """The nets, the head, and what they are: sha256 by name, their folder."""

    encoder: SpeechEncoder
    lip_decoder: LipDecoder
    pitch: PitchTracker
    emotion: EmotionRecogniser
    expression: ExpressionDecoder
    face: FaceModel
    sha256: dict[str, str]
    folder: Path


def load_models(models_folder: Path | str | None = None, threads: int = 1) -> Models:
    """Load and check all models but the research ones.

    Args:
        models_folder: folder with models.json; None for the one beside this package.
        threads: how many pieces of a clip are heard side by side; the result is the same.

    Raises:
        MienError: naming the model file that is missing or changed.
    """
    from .motion.expression_decoder import ExpressionDecoder  # noqa: PLC0415 - as the others
    from .motion.lips import LipDecoder  # noqa: PLC0415 - onnxruntime takes 0.1 s to load
    from .speech.emotion import EmotionRecogniser  # noqa: PLC0415
    from .speech.encoder import SpeechEncoder  # noqa: PLC0415

    folder = Path(models_folder) if models_folder is not None else default_models_folder()
    return Models(
        encoder=SpeechEncoder(folder, threads),
        lip_decoder=LipDecoder(folder),
        pitch=PitchTracker(folder, threads),
        emotion=EmotionRecogniser(folder),
        expression=ExpressionDecoder(folder),
        face=load_face_model(folder),
        sha256=model_hashes(folder),
        folder=folder,
    )


def recogniser(models: Models, research_folder: Path | str | None) -> EmotionRecogniser:
    """The recogniser of emotion: the one that is loaded, or the research one of a folder.

    Raises:
        MienError: when the folder holds no research model of this version.
    """
    from .speech.emotion import EmotionRecogniser  # noqa: PLC0415

    if research_folder is None:
        return models.emotion
    try:
        return EmotionRecogniser(models.folder, research_folder)
    except MienError as error:
        raise MienError(
            error.code,
            error.message,
            "Name the folder models/research of Mien's repository, of this version, or no research "
            "folder.",
        ) from error
