# SPDX-License-Identifier: GPL-3.0-or-later
"""Test faces of every family of shape keys: what is on them, and what a rig of them must move."""

from __future__ import annotations

import re

import rig_names as names
from bl_ext.devrepo.mien.rigs.sources import CHANNELS

VISEMES = tuple(
    f"viseme_{name}"
    for name in ["PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]
)
OPEN_VISEMES = tuple(v for v in VISEMES if v != "viseme_PP")
BLINKS = ("eyeBlinkLeft", "eyeBlinkRight")
SMILES = ("mouthSmileLeft", "mouthSmileRight")
BROWS = ("browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
LOOKS = tuple(channel for channel in CHANNELS if channel.startswith("eyeLook"))
EMOTIONS = ("emotion_happy", "emotion_sad", "emotion_angry", "emotion_surprised", "emotion_calm")


def short(name, left, right):
    for side, end in (("Left", left), ("Right", right)):
        if name.endswith(side):
            return name[: -len(side)] + end
    return name


def side_first(name, left="Left", right="Right", join=""):
    for side, start in (("Left", left), ("Right", right)):
        if name.endswith(side) and name not in names.ARKIT_SIDEWAYS:
            return start + join + name[0].upper() + name[1 : -len(side)]
    return name


def cc3_name(name):
    number = CHANNELS.index(name) + 1
    words = re.sub(r"([A-Z])", r"_\1", name[0].upper() + name[1:]).lstrip("_")
    return f"A{number:02d}_{words}"


SPELLINGS = {
    "Apple": lambda n: n,
    "Unreal": lambda n: n[0].upper() + n[1:],
    "lower case": str.lower,
    "snake": lambda n: re.sub(r"([A-Z])", lambda m: "_" + m[1].lower(), n),
    "_L _R": lambda n: short(n, "_L", "_R"),
    ".L .R": lambda n: short(n, ".L", ".R"),
    ".l .r": lambda n: short(n, ".l", ".r"),
    "bare L R": lambda n: short(n, "L", "R"),
    "_Left": lambda n: short(n, "_Left", "_Right"),
    "Left first": side_first,
    "L_ first": lambda n: side_first(n, "L", "R", "_"),
    "Maya": lambda n: f"blendShape1.{n}",
    "Face_": lambda n: f"Face_{n}",
    "head_": lambda n: f"head_{short(n, '_l', '_r')}",
    "ARKit_": lambda n: f"ARKit_{n}",
    "namespace": lambda n: f"Hero:{n}",
    "mesh dot": lambda n: f"HeadShape.{n}",
    "CC3 numbers": cc3_name,
    "copy": lambda n: f"{n}.001",
    "Audio2Face": lambda n: f"a2f_{n[0].upper()}{n[1:]}",
    "Faceit": lambda n: short(n, "_L", "_R"),
}


def arkit(spell=lambda n: n):
    side = {
        spell(n): (
            "" if n in ("jawLeft", "jawRight", "mouthLeft", "mouthRight") else names.suffix_side(n)
        )
        for n in CHANNELS
    }
    return {
        "keys": [spell(n) for n in CHANNELS],
        "left": lambda key: side.get(key, ""),
        "sideways": {spell(n): way for n, way in names.ARKIT_SIDEWAYS.items()},
        "opens": {spell(n): size for n, size in names.ARKIT_OPENS.items()},
        "family": "ARKit",
        "moves": CHANNELS,
    }


def plain(family, keys, moves, opens=(), left=lambda key: "", sideways=(), silent=()):  # noqa: PLR0917
    return {
        "keys": keys,
        "left": left,
        "sideways": dict(sideways),
        "opens": dict(opens),
        "family": family,
        "moves": moves,
        "silent": silent,
    }


def vowels(keys):
    return dict(zip(keys, names.VOWEL_GAPS, strict=True))


VRM0_KEYS = [
    "Neutral",
    "A",
    "I",
    "U",
    "E",
    "O",
    "Blink",
    "Joy",
    "Angry",
    "Sorrow",
    "Fun",
    "LookUp",
    "LookDown",
    "LookLeft",
    "LookRight",
    "Blink_L",
    "Blink_R",
]
VRM1_KEYS = [
    "happy",
    "angry",
    "sad",
    "relaxed",
    "surprised",
    "aa",
    "ih",
    "ou",
    "ee",
    "oh",
    "blink",
    "blinkLeft",
    "blinkRight",
    "lookUp",
    "lookDown",
    "lookLeft",
    "lookRight",
    "neutral",
]
OCULUS_KEYS = [f"viseme_{name}" for name in names.OCULUS]
RPM_KEYS = [*OCULUS_KEYS, "mouthOpen", "mouthSmile", "eyesClosed", "eyesLookUp", "eyesLookDown"]
VRCHAT_KEYS = [
    f"vrc.v_{name}"
    for name in [
        "sil",
        "pp",
        "ff",
        "th",
        "dd",
        "kk",
        "ch",
        "ss",
        "nn",
        "rr",
        "aa",
        "e",
        "ih",
        "oh",
        "ou",
    ]
]
VRCHAT_KEYS += ["vrc.blink_left", "vrc.blink_right", "vrc.lowerlid_left"]


def blink_side(key):
    match = re.search(r"[Bb]link_?(L|R|l|r)", key) or re.search(r"ウィンク|ｳｨﾝｸ", key)
    if not match:
        return ""
    if match.groups():
        return match[1].upper()
    return "R" if key.endswith("右") else "L"


DAZ_8_MOVES = (*VISEMES, *BLINKS, *SMILES, "browInnerUp", "browOuterUpLeft", "browOuterUpRight")
DAZ_8 = {
    **plain(
        "Daz visemes",
        [f"head__{name}" for name in names.DAZ_8],
        (*DAZ_8_MOVES, "browDownLeft", "browDownRight"),
        {"head__eCTRLvAA": 1.0, "head__eCTRLMouthOpen": 1.0, "head__eCTRLvOW": 0.6},
        names.suffix_side,
    ),
    "lowest": {f"head__{name}": -1.0 for name in names.DAZ_8 if "Up-Down" in name},
}
FAMILIES = {
    **{f"ARKit, {name}": arkit(spell) for name, spell in SPELLINGS.items()},
    "VRM 0": plain(
        "VRM 0",
        VRM0_KEYS,
        (*OPEN_VISEMES, *BLINKS, *LOOKS, *EMOTIONS),
        vowels(["A", "I", "U", "E", "O"]),
        blink_side,
        {"LookLeft": 1, "LookRight": -1},
        ("Neutral",),
    ),
    "VRM 1": plain(
        "VRM 1",
        VRM1_KEYS,
        (*OPEN_VISEMES, *BLINKS, *LOOKS, *EMOTIONS),
        vowels(["aa", "ih", "ou", "ee", "oh"]),
        blink_side,
        {"lookLeft": 1, "lookRight": -1},
        ("neutral",),
    ),
    "VRoid": plain(
        "VRoid",
        names.vroid_names(),
        (*OPEN_VISEMES, *BLINKS, *SMILES, *BROWS, "eyeWideLeft", "mouthFrownLeft"),
        vowels([f"Fcl_MTH_{v}" for v in "AIUEO"]) | {"Fcl_MTH_Joy": 0.5, "Fcl_ALL_Joy": 0.5},
        names.suffix_side,
        silent=("Fcl_ALL_Neutral", "Fcl_MTH_Neutral", "Fcl_EYE_Natural"),
    ),
    "VRoid 0.x": plain(
        "VRoid",
        [f"Face.M_F00_000_00_{name}" for name in names.vroid_names()],
        (*OPEN_VISEMES, *BLINKS, *SMILES, *BROWS),
        vowels([f"Face.M_F00_000_00_Fcl_MTH_{v}" for v in "AIUEO"]),
        names.suffix_side,
    ),
    "Ready Player Me, visemes": plain(
        "Oculus visemes",
        RPM_KEYS,
        (*VISEMES, *BLINKS, *SMILES, "eyeLookUpLeft", "eyeLookDownRight"),
        {f"viseme_{n}": size for n, size in names.OCULUS_GAPS.items()} | {"mouthOpen": 1.0},
        silent=("viseme_sil",),
    ),
    "Ready Player Me, both": {
        **arkit(),
        "keys": [*RPM_KEYS, *CHANNELS],
        "opens": names.ARKIT_OPENS | {"mouthOpen": 1.0, "viseme_aa": 1.0},
        "silent": ("viseme_sil",),
    },
    "MPFB visemes02": plain("Oculus visemes", OCULUS_KEYS, VISEMES, {"viseme_aa": 1.0}),
    "VRChat": plain(
        "Oculus visemes",
        VRCHAT_KEYS,
        (*VISEMES, *BLINKS),
        {"vrc.v_aa": 1.0, "vrc.v_oh": 0.6, "vrc.v_e": 0.5},
        lambda key: {"left": "L", "ight": "R"}.get(key[-4:], ""),
    ),
    "MPFB visemes01": plain(
        "Microsoft visemes",
        names.MICROSOFT,
        VISEMES,
        {"aa_02": 1.0, "ow_08": 0.6, "ey_eh_uh_04": 0.5},
        silent=("sil_00",),
    ),
    "MMD": plain(
        "MMD",
        names.MMD,
        (*OPEN_VISEMES, *BLINKS, *SMILES, *BROWS, "eyeWideLeft", "mouthFrownLeft", "tongueOut"),
        vowels(["あ", "い", "う", "え", "お"]) | {"あ２": 1.0, "にやり": 0.0},
        blink_side,
    ),
    "Reallusion CC4": plain(
        "Reallusion",
        names.CC4,
        CHANNELS,
        {"Jaw_Open": 1.0, "Mouth_Close": -1.0, "V_Open": 1.0},
        names.cc_side,
        names.CC_SIDEWAYS,
    ),
    "Reallusion CC3": plain(
        "Reallusion",
        names.CC3,
        (
            *BLINKS,
            *SMILES,
            *BROWS,
            *[
                "jawOpen",
                "mouthClose",
                "mouthFunnel",
                "mouthPucker",
                "mouthLeft",
                "mouthRight",
                "mouthRollLower",
            ],
            *[
                "mouthFrownLeft",
                "mouthDimpleRight",
                "mouthUpperUpLeft",
                "mouthLowerDownRight",
                "cheekPuff",
            ],
            *[
                "eyeWideLeft",
                "eyeSquintRight",
                "cheekSquintLeft",
                "noseSneerRight",
                "mouthPressLeft",
            ],
        ),
        {"Merged_Open_Mouth": 1.0, "Mouth_Lips_Jaw_Adjust": -1.0, "Open": 1.0},
        names.cc_side,
        names.CC_SIDEWAYS,
    ),
    "Reallusion CC3+": {
        **arkit(cc3_name),
        "keys": [
            *(cc3_name(n) for n in CHANNELS),
            "Merged_Open_Mouth",
            "Open",
            "Explosive",
            "Wide",
        ],
    },
    "Reallusion visemes": plain(
        "Reallusion visemes",
        [
            "V_Open",
            "V_Explosive",
            "V_Dental_Lip",
            "V_Tight_O",
            "V_Tight",
            "V_Wide",
            "V_Affricate",
            "V_Lip_Open",
        ],
        VISEMES,
        {"V_Open": 1.0, "V_Lip_Open": 0.3, "V_Tight_O": 0.4, "V_Wide": 0.2},
    ),
    "MetaHuman": plain(
        "MetaHuman",
        names.METAHUMAN,
        CHANNELS,
        {"CTRL_expressions_jawOpen": 1.0}
        | {f"CTRL_expressions_mouthLipsTogether{q}": -0.0375 for q in ("UL", "UR", "DL", "DR")},
        lambda key: (
            ""
            if re.search(r"(jaw|mouth|tongue)(Left|Right)$", key)
            else names.suffix_side(re.sub(r"([UD])([LR])$", r"_\2", key))
        ),
        names.METAHUMAN_SIDEWAYS,
    ),
    "Daz Genesis 8.1": plain(
        "Daz FACS",
        names.DAZ,
        CHANNELS,
        {"facs_jnt_JawOpen": 1.0, "facs_bs_MouthClose_div2": -1.0},
        names.bilateral,
        names.daz_sideways(names.DAZ),
    ),
    "Daz Genesis 9": plain(
        "Daz FACS",
        [f"Genesis9__{name}" for name in names.DAZ_9],
        CHANNELS,
        {"Genesis9__facs_bs_JawOpen": 1.0}
        | {
            f"Genesis9__facs_bs_MouthClose{q}": -0.25
            for q in ("LowerLeft", "LowerRight", "UpperLeft", "UpperRight")
        },
        names.bilateral,
        names.daz_sideways([f"Genesis9__{name}" for name in names.DAZ_9]),
    ),
    "Daz Genesis 8": DAZ_8,
    "Daz Genesis 8, one way": {**DAZ_8, "lowest": {}, "moves": DAZ_8_MOVES},
    "MB-Lab": plain(
        "MB-Lab",
        names.MBLAB,
        (
            *OPEN_VISEMES,
            *BLINKS,
            *SMILES,
            *BROWS,
            *LOOKS,
            "jawLeft",
            "jawRight",
            "mouthLeft",
            "mouthRight",
            "cheekPuff",
        ),
        {
            "Expressions_mouthOpen_max": 1.0,
            "Expressions_mouthOpenO_max": 0.6,
            "Expressions_mouthOpenTeethClosed_max": 0.3,
        },
        names.suffix_side,
        names.MBLAB_SIDEWAYS,
    ),
    "Mixamo Fuse": plain(
        "Mixamo Fuse",
        names.MIXAMO,
        (
            *BLINKS,
            *SMILES,
            *BROWS,
            "jawOpen",
            "jawLeft",
            "jawRight",
            "mouthPucker",
            "mouthFunnel",
            "cheekPuff",
        ),
        {"MouthOpen": 1.0},
        lambda key: "" if re.match(r"(Jaw|Midmouth)_", key) else names.suffix_side(key),
        {"Jaw_Left": 1, "Jaw_Right": -1, "Midmouth_Left": 1, "Midmouth_Right": -1},
    ),
}
# What each family cannot shut at p, b, m: it has no key that brings lips together, so its jaw must stay.
OPEN_AT_CONTACT = {"Mixamo Fuse"}
# What has no smile of any kind.
SPEECH_ONLY = {"MPFB visemes02", "MPFB visemes01", "VRChat", "Reallusion visemes"}
