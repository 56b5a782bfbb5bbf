# SPDX-License-Identifier: Apache-2.0
"""Archives whose entries say that they are encrypted, as a download from a careful sender may."""

from __future__ import annotations

import zipfile
from pathlib import Path

# PKWARE's APPNOTE, 4.3.7 and 4.3.12: where the flags of an entry lie, in front of it and in the list.
_CENTRAL_MARK, _CENTRAL_FLAGS, _LOCAL_FLAGS = b"PK\x01\x02", 8, 6
_IS_ENCRYPTED = 1


def encrypt_in_name(path: Path) -> None:
    """Set the flag on every entry of a .zip or .npz; what it holds stays as it is."""
    with zipfile.ZipFile(path) as archive:
        places = [entry.header_offset + _LOCAL_FLAGS for entry in archive.infolist()]
        place = archive.start_dir
        listed = len(places)
    raw = bytearray(path.read_bytes())
    for _ in range(listed):
        place = raw.index(_CENTRAL_MARK, place)
        places.append(place + _CENTRAL_FLAGS)
        place += len(_CENTRAL_MARK)
    for place in places:
        raw[place] |= _IS_ENCRYPTED
    path.write_bytes(raw)
