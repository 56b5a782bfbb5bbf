# SPDX-License-Identifier: Apache-2.0
"""What the worker keeps of the last sounds, so that a new direction costs no listening."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .kept import Kept, size_bytes

if TYPE_CHECKING:
    from .hearing import Heard
    from .protocol import SoundRange

MOST_BYTES = 300 * 2**20

# Path, size, time of change in nanoseconds, start and length of the range.
Identity = tuple[str, int, int, float, float | None]


@dataclass(frozen=True, eq=False)
class Session:
    """One sound and what was made of it.

    Attributes:
        identity: of the sound's range.
        heard: what was heard in it.
        kept: what else does not change with every direction.
    """

    identity: Identity
    heard: Heard
    kept: Kept = field(default_factory=Kept)

    @property
    def bytes(self) -> int:
        """About how much memory it takes."""
        return size_bytes(self.heard) + self.kept.bytes


class Sessions:
    """The last sessions by their names, within a bound of memory; at least one is kept.

    Args:
        most_bytes: beyond this the least recently used are dropped.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._named: OrderedDict[str, Session] = OrderedDict()

    def __contains__(self, name: object) -> bool:
        return name in self._named

    def open(self, name: str, sound: SoundRange, hear: Callable[[], Heard]) -> Session:
        """The session of a name, with what was heard if its sound is still the same.

        Args:
            name: chosen by the sender.
            sound: the range that is asked for.
            hear: listens to it; what it raises is raised, and the older session is gone.

        Raises:
            MienError: from `hear`.
        """
        identity = _identity(sound)
        session = self._named.pop(name, None)
        if session is None or session.identity != identity:
            session = Session(identity, hear())
        self._named[name] = session
        return session

    def trim(self) -> None:
        """Drop the least recently used beyond the bound; called when a request is done."""
        if len(self._named) < 2:
            return
        sizes = {name: session.bytes for name, session in self._named.items()}
        while len(self._named) > 1 and sum(sizes.values()) > self._most:
            name, _ = self._named.popitem(last=False)
            del sizes[name]


def _identity(sound: SoundRange) -> Identity:
    size = changed = -1
    try:
        stat = sound.path.stat()
        size, changed = stat.st_size, stat.st_mtime_ns
    except OSError:
        # A file that is gone is told by the one who reads it, in the animator's words.
        pass
    return (str(sound.path), size, changed, sound.start_seconds, sound.duration_seconds)
