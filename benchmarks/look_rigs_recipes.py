# SPDX-License-Identifier: Apache-2.0
"""Shape keys of other tools, each as a mix of the Mien Head's 52; a name without side means both.

Shapes as those tools' characters have them: a VRM's `happy` parts the lips and narrows the eyes, MMD's
vowels open wide. So the sheet shows what such characters do, faults of theirs included.
"""

from __future__ import annotations

Recipe = dict[str, float]

_AA = {"jawOpen": 0.6, "mouthUpperUp": 0.1, "mouthLowerDown": 0.2}
_IH = {"jawOpen": 0.1, "mouthStretch": 0.5, "mouthUpperUp": 0.3, "mouthLowerDown": 0.5}
_OU = {"jawOpen": 0.15, "mouthPucker": 0.85, "mouthFunnel": 0.3}
_EE = {"jawOpen": 0.3, "mouthStretch": 0.35, "mouthSmile": 0.2, "mouthLowerDown": 0.3}
_OH = {"jawOpen": 0.45, "mouthFunnel": 0.7}

VRM = {
    "aa": _AA,
    "ih": _IH,
    "ou": _OU,
    "ee": _EE,
    "oh": _OH,
    "happy": {
        "mouthSmile": 0.9,
        "jawOpen": 0.2,
        "mouthUpperUp": 0.3,
        "eyeSquint": 0.8,
        "eyeBlink": 0.3,
        "browInnerUp": 0.4,
    },
    "angry": {"browDown": 1.0, "noseSneer": 0.5, "mouthFrown": 0.7, "eyeSquint": 0.4},
    "sad": {"browInnerUp": 1.0, "mouthFrown": 0.7, "eyeBlink": 0.2},
    "relaxed": {"mouthSmile": 0.4, "eyeBlink": 0.2},
    "surprised": {"browInnerUp": 0.8, "browOuterUp": 0.8, "eyeWide": 1.0, "jawOpen": 0.35},
    "blink": {"eyeBlink": 1.0},
    "blinkLeft": {"eyeBlinkLeft": 1.0},
    "blinkRight": {"eyeBlinkRight": 1.0},
    "lookUp": {"eyeLookUp": 1.0},
    "lookDown": {"eyeLookDown": 1.0},
    "lookLeft": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "lookRight": {"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0},
}

OCULUS = {
    "viseme_sil": {},
    "viseme_PP": {"mouthPress": 0.2, "mouthRollUpper": 0.05, "mouthRollLower": 0.1},
    "viseme_FF": {"jawOpen": 0.06, "mouthRollLower": 0.6, "mouthUpperUp": 0.4},
    "viseme_TH": {"jawOpen": 0.18, "mouthLowerDown": 0.2, "tongueOut": 0.3},
    "viseme_DD": {"jawOpen": 0.12, "mouthUpperUp": 0.2, "mouthLowerDown": 0.3},
    "viseme_kk": {"jawOpen": 0.22, "mouthUpperUp": 0.2, "mouthLowerDown": 0.2},
    "viseme_CH": {"jawOpen": 0.1, "mouthFunnel": 0.6, "mouthPucker": 0.2},
    "viseme_SS": {"jawOpen": 0.04, "mouthStretch": 0.3, "mouthLowerDown": 0.4},
    "viseme_nn": {"jawOpen": 0.12, "mouthLowerDown": 0.3},
    "viseme_RR": {"jawOpen": 0.14, "mouthFunnel": 0.4},
    "viseme_aa": _AA,
    "viseme_E": _EE,
    "viseme_I": _IH,
    "viseme_O": _OH,
    "viseme_U": _OU,
    "mouthOpen": {"jawOpen": 1.0},
    "mouthSmile": {"mouthSmile": 1.0},
    "eyesClosed": {"eyeBlink": 1.0},
    "eyesLookUp": {"eyeLookUp": 1.0},
    "eyesLookDown": {"eyeLookDown": 1.0},
}

MMD = {
    "あ": {"jawOpen": 0.75, "mouthLowerDown": 0.2},
    "い": _IH,
    "う": _OU,
    "え": _EE,
    "お": _OH,
    "ん": {"mouthPress": 0.3},
    "▲": {"mouthPucker": 0.3, "jawOpen": 0.05},
    "にやり": {"mouthSmile": 0.8},
    "口角上げ": {"mouthSmile": 0.9},
    "口角下げ": {"mouthFrown": 1.0},
    "ぺろっ": {"jawOpen": 0.2, "tongueOut": 0.8},
    "まばたき": {"eyeBlink": 1.0},
    "笑い": {"eyeBlink": 0.9, "cheekSquint": 1.0},
    "ウィンク": {"eyeBlinkLeft": 0.9, "cheekSquintLeft": 1.0},
    "ウィンク右": {"eyeBlinkRight": 0.9, "cheekSquintRight": 1.0},
    "びっくり": {"eyeWide": 1.0},
    "じと目": {"eyeBlink": 0.4},
    "真面目": {"browDown": 0.3},
    "困る": {"browInnerUp": 1.0},
    "にこり": {"browInnerUp": 0.3, "browOuterUp": 0.3, "cheekSquint": 0.6},
    "怒り": {"browDown": 1.0},
    "上": {"browInnerUp": 0.7, "browOuterUp": 1.0},
    "下": {"browDown": 0.7},
}
# Preston Blair's mouths: width and height of the ellipse, in metres.
DRAWN = {
    "AI": (0.040, 0.034),
    "E": (0.050, 0.018),
    "O": (0.026, 0.028),
    "U": (0.016, 0.014),
    "WQ": (0.012, 0.010),
    "etc": (0.042, 0.010),
    "L": (0.038, 0.022),
    "FV": (0.034, 0.005),
    "MBP": (0.036, 0.0015),
    "rest": (0.040, 0.0020),
}
