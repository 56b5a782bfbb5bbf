# SPDX-License-Identifier: Apache-2.0
"""The phones the lip decoder knows, and what they are to the mouth."""

from __future__ import annotations

SILENCE = "sil"
PHONES: tuple[str, ...] = (
    SILENCE,
    *("AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY"),
    *("F", "G", "HH", "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY"),
    *("P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH"),
)
"""ARPAbet without stress (the set of CMUdict) and silence, in the order of the decoder's outputs."""

VISEMES: dict[str, tuple[str, ...]] = {
    "sil": (SILENCE,),
    "PP": ("P", "B", "M"),
    "FF": ("F", "V"),
    "TH": ("TH", "DH"),
    "DD": ("T", "D"),
    "kk": ("K", "G", "NG", "HH"),
    "CH": ("CH", "JH", "SH", "ZH"),
    "SS": ("S", "Z"),
    "nn": ("N", "L"),
    "RR": ("R", "ER"),
    "aa": ("AA", "AE", "AH", "AY", "AW"),
    "E": ("EH", "EY"),
    "I": ("IH", "IY", "Y"),
    "O": ("AO", "OW", "OY"),
    "U": ("UH", "UW", "W"),
}
"""The 15 visemes of Oculus LipSync and VRM, as groups of phones."""

BILABIAL = "bilabial"
LABIODENTAL = "labiodental"
ROUNDING = "rounding"
TONGUE_TIP = "tongue_tip"
CONTACTS: tuple[str, ...] = (BILABIAL, LABIODENTAL, ROUNDING, TONGUE_TIP)
"""Gestures of lips and tongue tip that training teaches beside the phones, in the network's order.

Which of them a decoder gives stands in its model file.
"""

CONTACT_PHONES: dict[str, frozenset[str]] = {
    BILABIAL: frozenset({"P", "B", "M"}),
    LABIODENTAL: frozenset({"F", "V"}),
    ROUNDING: frozenset({"W", "UW", "UH", "OW", "OY", "AO", "SH", "CH", "JH", "ZH"}),
    # The tip at the ridge behind the teeth, or between them.
    TONGUE_TIP: frozenset({"T", "D", "N", "L", "TH", "DH"}),
}
"""Phones that make each contact; the lips or the tip of a stop let go at its burst."""

STOPS = frozenset({"P", "B", "T", "D", "K", "G"})
"""Phones that are closed only up to their burst."""
