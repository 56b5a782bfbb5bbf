# SPDX-License-Identifier: Apache-2.0
"""Which of a person's looks an avatar wears: one a film it was trained on, such as two ways to wear the hair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import MienError

if TYPE_CHECKING:
    from .model import Avatar


def look_names(avatar: Avatar) -> tuple[str, ...]:
    """The looks by number; films without extension, or numbers where the papers name none."""
    count = len(avatar.drive.looks)
    names = avatar.meta.get("looks")
    if not isinstance(names, list) or len(names) != count:
        names = list(range(count))
    return tuple(str(name) for name in names)


def look_number(avatar: Avatar, name: str | None) -> int:
    """The number of a look; the first where none is asked for.

    Raises:
        MienError: ``avatar_look``, when the avatar has no such look.
    """
    names = look_names(avatar)
    if name is None:
        return 0
    if name not in names:
        raise MienError(
            "avatar_look",
            f'The avatar has no look "{name}".',
            f"It has: {', '.join(names)}.",
        )
    return names.index(name)


def worn_look(avatar: Avatar, name: str | None, film: str | None = None) -> int:
    """The number of the look that is worn.

    Args:
        avatar: the person.
        name: the one that is asked for, or None.
        film: name of the film that the avatar is laid over, whose look is worn where none is asked for.

    Raises:
        MienError: ``avatar_look``, when the avatar has no look of that name.
    """
    return look_number(avatar, film if name is None and film in look_names(avatar) else name)
