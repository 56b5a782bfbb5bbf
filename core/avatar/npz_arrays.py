# SPDX-License-Identifier: Apache-2.0
"""Arrays out of an .npz whose sizes are looked at before anything is allocated; nothing is unpickled.

`numpy.load` allocates what an array's header says, however little follows it.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How a damaged file shows itself in numpy, zipfile and zlib.
DAMAGED = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, NotImplementedError),
    *(MemoryError, OverflowError, zipfile.BadZipFile, zlib.error),
)


@dataclass(frozen=True, eq=False)
class ArrayHeader:
    """What an .npz says of one of its arrays.

    Attributes:
        entry: of the archive.
        shape: of the array.
        dtype: of the array.
        start: the entry's byte at which its content begins.
    """

    entry: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    start: int


def read_header(archive: zipfile.ZipFile, name: str) -> ArrayHeader:
    """Look at an array without reading it.

    Raises:
        KeyError: there is none of that name.
        ValueError: it is none, of another version of numpy's format, or lies column by column.
    """
    entry = archive.getinfo(f"{name}.npy")
    with archive.open(entry) as file:
        version = np.lib.format.read_magic(file)  # type: ignore[no-untyped-call]
        if version != (1, 0):
            raise ValueError(f"{entry.filename} is of version {version}")
        header = np.lib.format.read_array_header_1_0(file)  # type: ignore[no-untyped-call]
        shape, is_by_column, dtype = header
        if is_by_column and len(shape) > 1:
            raise ValueError(f"{entry.filename} lies column by column")
        return ArrayHeader(entry, shape, dtype, file.tell())


def read_content(archive: zipfile.ZipFile, header: ArrayHeader) -> NDArray[Any]:
    """Read an array whose header the caller has found to be as it should.

    Raises:
        ValueError: it is not as long as its header says.
    """
    entry = header.entry
    count = int(np.prod(header.shape, dtype=np.int64))
    if entry.file_size - header.start != count * header.dtype.itemsize:
        raise ValueError(f"{entry.filename} is not as long as it says")
    content = np.frombuffer(archive.read(entry), header.dtype, offset=header.start)
    return content.reshape(header.shape).copy()


def read_texts(
    archive: zipfile.ZipFile, name: str, *, axes: int, most: int, longest: int
) -> NDArray[np.str_]:
    """Read an array of texts.

    Args:
        archive: the .npz.
        name: of the array.
        axes: 0 for a single text, 1 for a row of them.
        most: texts.
        longest: letters of one.

    Raises:
        KeyError: there is none of that name.
        ValueError: it is no such array.
    """
    header = read_header(archive, name)
    if (
        header.dtype.kind != "U"
        or len(header.shape) != axes
        or any(count > most for count in header.shape)
        or header.dtype.itemsize > longest * np.dtype("U1").itemsize
    ):
        raise ValueError(f"{name} holds {header.dtype} {header.shape}")
    return read_content(archive, header)
