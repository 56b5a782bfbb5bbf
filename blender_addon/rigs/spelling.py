# SPDX-License-Identifier: GPL-3.0-or-later
"""Names as animators and exporters spell them, brought to one spelling.

Only rules that never swap a side: a side is recognised as a word (`Left`, `right`) or as a lone
letter (`_L`, `.r`, `eyeBlinkL`), wherever it stands, and put at the end as a word.
"""

from __future__ import annotations

import functools
import re
import unicodedata

# What exporters and riggers put before a name, with a mark between; several may follow each other.
_PREFIX = re.compile(
    r"^(?:blendshapes?\d*|bs\d*|shapes?|shapekeys?|keys?|morphs?(?:target)?|faces?|facial|heads?|body"
    r"|arkit|faceit|a2f|audio2face|exp(?:ression)?s?|mesh|geo|wolf3d(?:_\w+?)?|cc_base(?:_body|_tongue|_teeth|_eye)?|cc_game_body"
    r"|genesis\w*?|mixamorig\d*|bip0?01|j_bip_[clr]|def|org|ctrl|valvebiped|a\d\d|t\d\d)"
    r"[._:\-| ]+(?=.)",
    re.IGNORECASE,
)
# VRoid Studio before 1.0: Face.M_F00_000_00_Fcl_MTH_A.
_VROID = re.compile(r"^.*?(?=fcl_[a-z]{2,3}_)", re.IGNORECASE)
COPY = re.compile(r"\.\d{3}$")
_SIDE_LAST = re.compile(r"(?:[_.\- ]([lrLR])|(?<=[a-z])([LR]))$")
_SIDE_FIRST = re.compile(
    r"^(?:([Ll]eft|[Rr]ight|LEFT|RIGHT)[_.\- ]?(?=.)|([lrLR])[_.\- ](?=.)|([lr])(?=[A-Z]))"
)
_SIDE_BETWEEN = re.compile(
    r"(?<=[^_.\- ])(?:[_.\- ]([lrLR]|left|right)(?=[_.\- ])|(Left|Right)(?=[A-Z]))"
)
_OTHER = re.compile(r"[^\w]|_")


@functools.lru_cache(maxsize=16384)
def normalised(name: str) -> str:
    """One spelling for all: eyeBlink_L, EyeBlink.L, eye_blink_left, eyeBlinkL -> eyeblinkleft.

    Letters of other scripts (MMD's) are kept, of one width.
    """
    name = unicodedata.normalize("NFKC", name)
    match = _SIDE_LAST.search(name)
    if match:
        name = name[: match.start()] + _word(match.group(1) or match.group(2))
    return _OTHER.sub("", name.casefold())


def plain(name: str) -> str:
    """Letters and digits alone, of one case and width; sides are left as they are."""
    return _OTHER.sub("", unicodedata.normalize("NFKC", name).casefold())


@functools.lru_cache(maxsize=8192)
def forms(name: str) -> tuple[str, ...]:
    """Normalised spellings that `name` may be meant as, the likeliest first, none twice."""
    bare = [name, COPY.sub("", name)]
    bare.append(_without_namespace(bare[-1]))
    for start in tuple(bare):
        bare.extend(_without_prefixes(start))
    bare.append(_VROID.sub("", bare[0], count=1))
    moved = [other for start in bare for other in _side_at_end(start)]
    return tuple(dict.fromkeys(normalised(each) for each in (*bare, *moved) if each))


def side_of(name: str) -> str:
    """`left`, `right` or an empty string: what a name says of its side."""
    for start in (name, *_side_at_end(name)):
        end = normalised(start)
        for side in ("left", "right"):
            if end.endswith(side):
                return side
    return ""


def other_side(name: str) -> str:
    """The normalised name of the same thing on the other side; `name` normalised if it has none."""
    side = side_of(name)
    if not side:
        return normalised(name)
    for start in (name, *_side_at_end(name)):
        end = normalised(start)
        if end.endswith(side):
            return end[: -len(side)] + ("right" if side == "left" else "left")
    return normalised(name)


def _word(letter: str) -> str:
    return "Left" if letter.casefold() in {"l", "left"} else "Right"


def _without_namespace(name: str) -> str:
    """Hero:jawOpen, HeadShape.jawOpen -> jawOpen; brow.T.L stays."""
    last = re.split(r"[.:|]", name)[-1]
    return last if len(last) > 2 and last.casefold() not in {"left", "right"} else name


def _without_prefixes(name: str) -> list[str]:
    shorter = []
    while match := _PREFIX.match(name):
        name = name[match.end() :]
        shorter.append(name)
    return shorter


def _side_at_end(name: str) -> list[str]:
    moved = []
    for sign, word in (("左", "Left"), ("右", "Right")):
        if name.startswith(sign) or name.endswith(sign):
            moved.append(name.strip(sign) + word)
    match = _SIDE_FIRST.match(name)
    if match:
        moved.append(name[match.end() :] + _word(next(filter(None, match.groups()))))
    match = _SIDE_BETWEEN.search(name)
    if match:
        side = _word(match.group(1) or match.group(2))
        moved.append(name[: match.start()] + name[match.end() :] + side)
    return moved
