# SPDX-License-Identifier: Apache-2.0
"""The safetensors container: named tensors and texts in one file that holds nothing to be run.

Format (huggingface/safetensors): the header's length as 8 bytes, little-endian; the header, JSON: each
tensor's dtype, shape and place, and texts under ``__metadata__``; then the tensors' bytes, one after
another without gaps, row-major and little-endian. What is wrong with a file is a ValueError in words
that can end a sentence; nothing larger than the file itself is allocated.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedReader

    from numpy.typing import NDArray

MOST_HEADER_BYTES = 1 << 20
_MOST_TENSORS = 256
_TEXTS = "__metadata__"
DTYPES = {"F32": "<f4", "F16": "<f2", "I32": "<i4", "U8": "|u1"}
"""Their name in the header, and numpy's."""


@dataclass(frozen=True)
class Place:
    """Where a tensor lies.

    Attributes:
        dtype: a key of `DTYPES`.
        shape: its sizes.
        start: first byte, counted from the end of the header.
        end: byte after its last.
    """

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Header:
    """What a file says that it holds, found to agree with its length.

    Attributes:
        texts: the ``__metadata__``.
        places: each tensor's.
        data_start: the byte of the file at which tensors begin.
    """

    texts: Mapping[str, str]
    places: Mapping[str, Place]
    data_start: int


def read_header(file: BufferedReader, file_bytes: int) -> Header:
    """Read and check the header; tensors stay unread.

    Args:
        file: open for reading, at its beginning.
        file_bytes: its length.

    Raises:
        ValueError: the header is cut, no JSON, or its tensors are not the bytes that follow.
    """
    prefix = file.read(8)
    if len(prefix) < 8:
        raise ValueError("it ends within its first 8 bytes")
    (length,) = struct.unpack("<Q", prefix)
    if not 2 <= length <= min(MOST_HEADER_BYTES, file_bytes - 8):
        raise ValueError("it is another kind of file, or its beginning is damaged")
    header = parse_json(file.read(length))
    texts = header.pop(_TEXTS, {})
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise ValueError("its metadata are not texts")
    if len(header) > _MOST_TENSORS:
        raise ValueError(f"it lists {len(header)} tensors")
    places = {name: _place(name, entry) for name, entry in header.items()}
    _check_no_gaps(places, file_bytes - 8 - length)
    return Header(texts, places, 8 + length)


def read_tensor(file: BufferedReader, header: Header, name: str) -> NDArray[Any]:
    """Read one tensor of a checked header.

    Raises:
        ValueError: the file has become shorter.
    """
    place = header.places[name]
    array = np.empty(place.shape, np.dtype(DTYPES[place.dtype]))
    file.seek(header.data_start + place.start)
    if array.size and file.readinto(array.reshape(-1).view(np.uint8).data) != array.nbytes:
        raise ValueError(f"it ends within the tensor {name}")
    return array


def write_tensors(
    file: BinaryIO, tensors: Mapping[str, NDArray[Any]], texts: Mapping[str, str]
) -> None:
    """Write the container.

    Args:
        file: open for writing.
        tensors: C-ordered arrays of the dtypes of `DTYPES`.
        texts: for ``__metadata__``.

    Raises:
        ValueError: the header grows longer than can be read again.
    """
    names = {np.dtype(native): name for name, native in DTYPES.items()}
    # Wide types first keeps every tensor on a multiple of its own width, as other readers expect.
    ordered = sorted(tensors.items(), key=lambda item: -item[1].dtype.itemsize)
    header: dict[str, Any] = {_TEXTS: dict(texts)}
    end = 0
    for name, array in ordered:
        start, end = end, end + array.nbytes
        dtype = names[array.dtype]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [start, end]}
    coded = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    coded += b" " * (-len(coded) % 8)
    if len(coded) > MOST_HEADER_BYTES:
        raise ValueError(f"its papers take {len(coded)} bytes, and {MOST_HEADER_BYTES} can be read")
    file.write(struct.pack("<Q", len(coded)))
    file.write(coded)
    for _, array in ordered:
        file.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def parse_json(coded: bytes | str) -> dict[str, Any]:
    """Read a JSON object strictly: no key twice, no numbers that are not finite.

    Raises:
        ValueError: it is none.
    """
    try:
        data = json.loads(
            coded, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite
        )
    except RecursionError as error:
        raise ValueError("its JSON is nested too deep") from error
    if not isinstance(data, dict):
        raise ValueError("its JSON is no object")  # noqa: TRY004 - the file is wrong, not the caller
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("its JSON names a key twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"its JSON holds the number {text}")
    return number


def _place(name: str, entry: object) -> Place:
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"the entry of the tensor {name} is malformed")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"the tensor {name} has the type {dtype}")
    if not (_whole_numbers(shape) and _whole_numbers(offsets) and len(offsets) == 2):
        raise ValueError(f"the tensor {name} has no true shape or place")
    start, end = offsets
    if end - start != math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize:
        raise ValueError(f"the tensor {name} does not fill its place")
    return Place(dtype, tuple(shape), start, end)


def _whole_numbers(numbers: object) -> bool:
    return isinstance(numbers, list) and all(
        type(number) is int and 0 <= number < 1 << 62 for number in numbers
    )


def _check_no_gaps(places: Mapping[str, Place], data_bytes: int) -> None:
    end = 0
    for name, place in sorted(places.items(), key=lambda item: (item[1].start, item[1].end)):
        if place.start != end:
            raise ValueError(f"there is a gap or an overlap before the tensor {name}")
        end = place.end
    if end > data_bytes:
        raise ValueError(f"it is cut off: {data_bytes} of {end} bytes of its tensors are there")
    if end != data_bytes:
        raise ValueError(f"its tensors take {end} bytes and it holds {data_bytes}")
