# SPDX-License-Identifier: Apache-2.0
"""What every written frame says of itself: that it is synthetic, of whom, and made by what.

Plain texts by name, for EXR header attributes and PNG text chunks. They use the words of the IPTC's
digital source types and of C2PA's assertions, so that tools find what they look for; nothing is signed,
and whoever wants to can remove them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .. import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_MADE, _MADE_OVER_FILM = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
NOTICE = "Synthetic picture of a real person, made by Mien with that person's consent."
INPUTS = "MienInputs"
"""Name of the text that tells a frame's inputs from others': `core.avatar.frame_files`."""


def frame_tags(papers: Mapping[str, Any], *, over_film: bool) -> dict[str, str]:
    """Texts for a frame.

    Args:
        papers: `Avatar.meta` as loaded, with ``sha256``.
        over_film: whether real pixels of the person's film are in the frame.
    """
    consent, versions = papers["consent"], papers["versions"]
    source = _SOURCE_TYPES + (_MADE_OVER_FILM if over_film else _MADE)
    models = {**versions, "avatar_sha256": papers["sha256"]}
    claim = {
        "claim_generator": f"Mien/{__version__}",
        "assertions": [
            {
                "label": "c2pa.actions",
                "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": source}]},
            },
            {
                "label": "mien.consent",
                "data": {key: consent[key] for key in ("person", "given_by", "date", "uses")},
            },
            {"label": "mien.models", "data": models},
        ],
    }
    return {
        "Comment": NOTICE,
        "Software": f"Mien {__version__}",
        "Synthetic": "true",
        "DigitalSourceType": source,
        "MienPerson": consent["person"],
        "MienConsentDate": consent["date"],
        "MienAvatar": papers["sha256"],
        "MienModels": json.dumps(versions, ensure_ascii=False, sort_keys=True),
        "MienClaim": json.dumps(claim, ensure_ascii=False, sort_keys=True),
    }
