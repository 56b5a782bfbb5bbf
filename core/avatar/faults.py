# SPDX-License-Identifier: Apache-2.0
"""What the animator is told of an error that is none of Mien's own: in the worker, and on the command line."""

from __future__ import annotations

import errno
import sys

from ..errors import MienError

# Words of torch and of CUDA's allocator about memory; torch's own class needs torch to be named.
MEMORY_WORDS = ("out of memory", "can't allocate memory", "alloc_cpu")
FULL = (errno.ENOSPC, errno.EDQUOT)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def told(error: BaseException) -> MienError:
    """The error in words, with what to do; a MienError is its own. Code ``internal`` is the unforeseen."""
    if isinstance(error, MienError):
        return error
    if isinstance(error, ImportError):
        return _install_told(error)
    if is_memory_error(error):
        on_card = "cuda" in str(error).lower()
        return MienError(
            "out_of_memory",
            f"The memory of {'the graphics card' if on_card else 'this computer'} is used up.",
            "Take smaller pictures or fewer Gaussians, or close other programs; what was finished is kept.",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return _file_told(error)
    return MienError(
        "internal",
        f"Mien's avatars met an error that they do not know ({type(error).__name__}: {error}).",
        "Please report it with the log, or with the lines above.",
    )


def is_memory_error(error: BaseException) -> bool:
    """Whether memory is used up, the computer's or the graphics card's."""
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return isinstance(error, MemoryError) or any(
        words in str(error).lower() for words in MEMORY_WORDS
    )


def _install_told(error: ImportError) -> MienError:
    if isinstance(error, ModuleNotFoundError):
        return MienError(
            "incomplete_install",
            f"The avatar's Python at {sys.executable} lacks the package {error.name}.",
            "Make it with `python3 install.py avatar`, or run `pip install '.[avatar]'` in it.",
        )
    return MienError(
        "incomplete_install",
        f"A package does not load in the avatar's Python at {sys.executable} ({error}).",
        "Make it anew with `python3 install.py avatar`.",
    )


def _file_told(error: OSError) -> MienError:
    where = error.filename or "A file"
    why = error.strerror or error
    if error.errno in FULL:
        return MienError(
            "disk_full",
            f"There is no space left on the disk ({where}).",
            "Make room and do the same again; what was finished is kept.",
        )
    if error.errno in FORBIDDEN:
        return MienError(
            "not_permitted",
            f"{where} may not be read or written ({why}).",
            "Choose a place where you may write, or change its rights.",
        )
    return MienError(
        "file_trouble",
        f"{where} cannot be read or written ({why}).",
        "See whether the file and its disk are there, and do the same again.",
    )
