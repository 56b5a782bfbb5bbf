# SPDX-License-Identifier: Apache-2.0
"""Finished frames as files: multilayer OpenEXR as Blender names its passes, or PNG; one whole file a frame.

EXR: layer ``Mien`` with the passes ``Combined`` (RGBA, half, linear light of Rec. 709 primaries,
multiplied by alpha), ``Depth`` (Z, float, metres along the camera's axis, 1e10 where nothing is, as
Blender renders it) and, where asked for, ``Normal`` (XYZ, half, multiplied by alpha). PNG: sRGB,
alpha straight, no depth.
"""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MienError
from ..whole_file import whole_file
from .colour import srgb_of_linear, unmultiplied
from .frame_tags import INPUTS
from .png import read_texts, write_png

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

LAYER = "Mien"
FAR_METRES = 1e10
SUFFIXES = (".exr", ".png")
_LARGEST_HALF = 65504.0
_DIGITS = re.compile("#+")


@dataclass(frozen=True, eq=False)
class Picture:
    """A finished frame in linear light.

    Attributes:
        number: the scene's number of the frame.
        rgba: (H, W, 4) float32, linear light multiplied by alpha.
        depth: (H, W) float32 metres, 0 where nothing is.
        normal: (H, W, 3) float32 in root space, multiplied by alpha; None where not asked for.
    """

    number: int
    rgba: Floats
    depth: Floats
    normal: Floats | None = None


@dataclass(frozen=True)
class FrameFiles:
    """Where and how the frames of a render lie.

    Attributes:
        pattern: such as ``frames/take_####.exr``; as in Blender the last row of # in the name is the
            frame's number, and a name without # gets four before its ending.
        tags: texts that every frame carries (`core.avatar.frame_tags`).
        bits: of a PNG, 8 or 16.

    Raises:
        MienError: ``bad_out_path``, for another ending.
    """

    pattern: Path
    tags: Mapping[str, str] = field(default_factory=dict)
    bits: int = 8

    def __post_init__(self) -> None:
        if self.pattern.suffix.lower() not in SUFFIXES:
            raise MienError(
                "bad_out_path",
                f"{self.pattern} ends neither in .exr nor in .png.",
                "Name the frames like frames/take_####.exr.",
            )

    def path_of(self, number: int) -> Path:
        """The file of a frame; digits as Blender writes them, minus in front."""
        name = self.pattern.name
        runs = list(_DIGITS.finditer(name))
        if not runs:
            name = f"{self.pattern.stem}####{self.pattern.suffix}"
            runs = list(_DIGITS.finditer(name))
        start, end = runs[-1].span()
        digits = f"{'-' if number < 0 else ''}{abs(number):0{end - start}d}"
        return self.pattern.with_name(name[:start] + digits + name[end:])

    def holds(self, number: int, inputs: str) -> bool:
        """Whether the file of a frame is there already, made of the same inputs.

        A frame that Mien made of other inputs may be replaced.

        Raises:
            MienError: ``frame_not_ours``, when a file of that name is there that Mien did not make.
        """
        path = self.path_of(number)
        if not path.exists():
            return False
        with contextlib.suppress(ValueError, OSError, RuntimeError):
            tags = _read_tags(path)
            if "MienAvatar" in tags:
                return tags.get(INPUTS) == inputs
        raise MienError(
            "frame_not_ours",
            f"{path} is there already, and Mien did not make it.",
            "Choose another folder or name, or ask to overwrite (--overwrite).",
        )

    def write(self, picture: Picture, inputs: str) -> Path:
        """Write a frame, whole or not at all.

        Args:
            picture: the frame.
            inputs: a text that is the same for the same inputs only.

        Raises:
            MienError: ``not_writable``.
        """
        path = self.path_of(picture.number)
        tags = {**self.tags, INPUTS: inputs}
        coded = io.BytesIO()
        if path.suffix.lower() == ".exr":
            _write_exr(coded, picture, tags)
        else:
            write_png(coded, _png_pixels(picture.rgba, self.bits), tags)
        with whole_file(path, "A frame") as partial:
            partial.write_bytes(coded.getbuffer())
        return path


def _read_tags(path: Path) -> dict[str, str]:
    if path.suffix.lower() == ".exr":
        with _openexr().File(str(path), header_only=True) as opened:
            # The header is emptied when the file closes.
            return {k: value for k, value in opened.header().items() if isinstance(value, str)}
    with path.open("rb") as file:
        return read_texts(file)


def _png_pixels(rgba: Floats, bits: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
    straight = np.concatenate([srgb_of_linear(unmultiplied(rgba)), rgba[..., 3:]], axis=-1)
    top = (1 << bits) - 1
    levels: Floats = np.rint(np.clip(straight, 0.0, 1.0) * top)
    return levels.astype(np.uint8) if bits == 8 else levels.astype(np.uint16)


def _write_exr(file: io.BytesIO, picture: Picture, tags: Mapping[str, str]) -> None:
    exr = _openexr()
    header = {
        "compression": exr.ZIP_COMPRESSION,
        "type": exr.scanlineimage,
        **tags,
    }
    depth = np.where(picture.depth > 0.0, picture.depth, np.float32(FAR_METRES))
    channels = {f"{LAYER}.Depth.Z": np.ascontiguousarray(depth, np.float32)}
    passes = {"Combined": ("RGBA", picture.rgba)}
    if picture.normal is not None:
        passes["Normal"] = ("XYZ", picture.normal)
    for name, (letters, values) in passes.items():
        halves = np.clip(values, -_LARGEST_HALF, _LARGEST_HALF).astype(np.float16)
        for column, letter in enumerate(letters):
            channels[f"{LAYER}.{name}.{letter}"] = np.ascontiguousarray(halves[..., column])
    exr.File(header, channels).write(file)


def _openexr() -> Any:  # noqa: ANN401 - a module without types
    import OpenEXR  # noqa: PLC0415 - PNG does without it

    return OpenEXR
