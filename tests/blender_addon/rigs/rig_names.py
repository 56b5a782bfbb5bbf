# SPDX-License-Identifier: GPL-3.0-or-later
"""Shape keys as real tools name them, and what each does to a face: written from the tools' own lists,
independently of the add-on's tables.

A tool's entry: `keys` (every name on its face, also those that no table uses), `left` (a rule that
finds the side in a name), `sideways` (names that shift things, with -1 towards the character's right, 1
towards its left), `opens` (how much a key parts the lips at 1; negative brings them together),
`silent` (names that move nothing in the tool's own files).
"""

from __future__ import annotations

import re

ARKIT_SIDEWAYS = {
    "jawLeft": 1,
    "jawRight": -1,
    "mouthLeft": 1,
    "mouthRight": -1,
    "eyeLookOutLeft": 1,
    "eyeLookInRight": 1,
    "eyeLookOutRight": -1,
    "eyeLookInLeft": -1,
}
ARKIT_OPENS = {"jawOpen": 1.0, "mouthClose": -1.0}


def words(text):
    return text.split()


def sided(names):
    """name# -> nameL and nameR; name@ -> nameLeft and nameRight."""
    found = []
    for name in names:
        if "#" in name:
            found += [name.replace("#", "L"), name.replace("#", "R")]
        elif "@" in name:
            found += [name.replace("@", "Left"), name.replace("@", "Right")]
        else:
            found.append(name)
    return found


def suffix_side(name):
    match = re.search(r"(?:_|(?<=[a-z]))(L|R|Left|Right)(?:_div2|_max|_min)?$", name)
    return "" if not match else match[1][0]


def vroid_names():
    keys = words(
        "ALL_Neutral ALL_Angry ALL_Fun ALL_Joy ALL_Sorrow ALL_Surprised BRW_Angry BRW_Fun BRW_Joy "
        "BRW_Sorrow BRW_Surprised EYE_Natural EYE_Angry EYE_Close EYE_Close_R EYE_Close_L EYE_Fun "
        "EYE_Joy EYE_Joy_R EYE_Joy_L EYE_Sorrow EYE_Surprised EYE_Spread EYE_Iris_Hide "
        "EYE_Highlight_Hide MTH_Close MTH_Up MTH_Down MTH_Angry MTH_Small MTH_Large MTH_Neutral "
        "MTH_Fun MTH_Joy MTH_Sorrow MTH_Surprised MTH_SkinFung MTH_SkinFung_R MTH_SkinFung_L MTH_A "
        "MTH_I MTH_U MTH_E MTH_O HA_Hide HA_Fung1 HA_Fung1_Low HA_Fung1_Up HA_Fung2 HA_Short"
    )
    return [f"Fcl_{name}" for name in keys]


VOWEL_GAPS = (1.0, 0.3, 0.3, 0.5, 0.6)
CC4 = sided(
    words(
        "Brow_Raise_Inner_# Brow_Raise_Outer_# Brow_Drop_# Brow_Compress_# Eye_Blink_# Eye_Squint_# "
        "Eye_Wide_# Eye_L_Look_L Eye_R_Look_L Eye_L_Look_R Eye_R_Look_R Eye_L_Look_Up Eye_R_Look_Up "
        "Eye_L_Look_Down Eye_R_Look_Down Nose_Sneer_# Nose_Nostril_Raise_# Cheek_Raise_# Cheek_Suck_# "
        "Cheek_Puff_# Mouth_Smile_# Mouth_Smile_Sharp_# Mouth_Frown_# Mouth_Stretch_# Mouth_Dimple_# "
        "Mouth_Press_# Mouth_Tighten_# Mouth_Blow_# Mouth_Pucker_Up_# Mouth_Pucker_Down_# "
        "Mouth_Funnel_Up_# Mouth_Funnel_Down_# Mouth_Roll_In_Upper_# Mouth_Roll_In_Lower_# "
        "Mouth_Roll_Out_Upper_# Mouth_Roll_Out_Lower_# Mouth_Push_Upper_# Mouth_Up Mouth_Down Mouth_L "
        "Mouth_R Mouth_Upper_L Mouth_Upper_R Mouth_Shrug_Upper Mouth_Shrug_Lower Mouth_Drop_Upper "
        "Mouth_Drop_Lower Mouth_Up_Upper_# Mouth_Down_Lower_# Mouth_Chin_Up Mouth_Close "
        "Mouth_Contract Tongue_Out Tongue_In Tongue_Up Tongue_Down Tongue_L Tongue_R Jaw_Open Jaw_Forward "
        "Jaw_Backward Jaw_L Jaw_R Jaw_Up Jaw_Down Head_Turn_L Head_Turn_R Head_Tilt_L Head_Tilt_R "
        "V_Open V_Explosive V_Dental_Lip V_Tight_O V_Tight V_Wide V_Affricate V_Lip_Open V_Tongue_up"
    )
)
CC3 = sided(
    words(
        "Brow_Raise_Inner_@ Brow_Raise_Outer_@ Brow_Drop_@ Brow_Raise_@ Eyes_Blink Eye_Blink_# "
        "Eye_Wide_# Eye_Squint_# Nose_Scrunch Nose_Flanks_Raise Nose_Flank_Raise_# Nose_Nostrils_Flare "
        "Cheek_Raise_# Cheeks_Suck Cheek_Blow_# Mouth_Smile Mouth_Smile_# Mouth_Frown Mouth_Frown_# "
        "Mouth_Blow Mouth_Pucker Mouth_Pucker_Open Mouth_Widen Mouth_Widen_Sides Mouth_Dimple_# "
        "Mouth_Plosive Mouth_Lips_Tight Mouth_Lips_Tuck Mouth_Lips_Open Mouth_Lips_Part "
        "Mouth_Bottom_Lip_Down Mouth_Top_Lip_Up Mouth_Top_Lip_Under Mouth_Bottom_Lip_Under "
        "Mouth_Snarl_Upper_# Mouth_Snarl_Lower_# Mouth_Bottom_Lip_Bite Mouth_Down Mouth_Up Mouth_L "
        "Mouth_R Mouth_Lips_Jaw_Adjust Mouth_Bottom_Lip_Trans Mouth_Skewer Mouth_Open "
        "Merged_Open_Mouth Open Explosive Dental_Lip Tight-O Tight Wide Affricate Lip_Open"
    )
)
CC_SIDEWAYS = {
    "Jaw_L": 1,
    "Jaw_R": -1,
    "Mouth_L": 1,
    "Mouth_R": -1,
    "Mouth_Upper_L": 1,
    "Mouth_Upper_R": -1,
    "Tongue_L": 1,
    "Tongue_R": -1,
    "Head_Turn_L": 1,
    "Head_Turn_R": -1,
    "Head_Tilt_L": 1,
    "Head_Tilt_R": -1,
    "Eye_L_Look_L": 1,
    "Eye_R_Look_L": 1,
    "Eye_L_Look_R": -1,
    "Eye_R_Look_R": -1,
}


def cc_side(name):
    match = re.match(r"Eye_([LR])_Look", name)
    return match[1] if match else suffix_side(name)


METAHUMAN = [
    "CTRL_expressions_" + name
    for name in sided(
        words(
            "browDown# browLateral# browRaiseIn# browRaiseOuter# earUp# eyeBlink# eyeCheekRaise# "
            "eyeFaceScrunch# eyeLookDown# eyeLookUp# eyeLookLeft# eyeLookRight# eyeSquintInner# "
            "eyeUpperLidUp# eyeWiden# jawBack jawFwd jawLeft jawRight jawOpen jawOpenExtreme "
            "jawChinRaiseD# jawChinRaiseU# mouthCheekBlow# mouthCheekSuck# mouthCornerDepress# "
            "mouthCornerPull# mouthDimple# mouthDown mouthUp mouthLeft mouthRight mouthFunnelU# "
            "mouthFunnelD# mouthLipsPress# mouthLipsPurseU# mouthLipsPurseD# mouthLipsTogetherU# "
            "mouthLipsTogetherD# mouthLipsTowardsU# mouthLowerLipDepress# mouthLowerLipRollIn# "
            "mouthUpperLipRollIn# mouthLowerLipBite# mouthUpperLipRaise# mouthStretch# "
            "noseWrinkle# noseNostrilDilate# teethFwdU tongueOut tongueUp tongueLeft tongueRight"
        )
    )
]
METAHUMAN_SIDEWAYS = {
    f"CTRL_expressions_{name}": way
    for name, way in {
        "jawLeft": 1,
        "jawRight": -1,
        "mouthLeft": 1,
        "mouthRight": -1,
        "tongueLeft": 1,
        "tongueRight": -1,
        "eyeLookLeftL": 1,
        "eyeLookLeftR": 1,
        "eyeLookRightL": -1,
        "eyeLookRightR": -1,
    }.items()
}
DAZ_81 = (
    "jnt_JawRight jnt_JawOpen jnt_JawLeft jnt_JawForward jnt_JawRecess jnt_EyeWide@ jnt_EyeBlink@ "
    "ctrl_EyeLookUp@ ctrl_EyeLookOut@ ctrl_EyeLookIn@ ctrl_EyeLookDown@ ctrl_CheekPuff ctrl_BrowInnerUp "
    "bs_TongueOut bs_NoseSneer@_div2 bs_MouthUpperUp@_div2 bs_MouthStretch@_div2 bs_MouthSmile@_div2 "
    "bs_MouthShrugUpper_div2 bs_MouthShrugLower_div2 bs_MouthRollUpper_div2 bs_MouthRollLower_div2 "
    "bs_MouthRight_div2 bs_MouthPucker_div2 bs_MouthPress@_div2 bs_MouthLowerDown@_div2 "
    "bs_MouthLeft_div2 bs_MouthFunnel_div2 bs_MouthFrown@_div2 bs_MouthDimple@_div2 bs_MouthClose_div2 "
    "bs_EyeSquint@_div2 bs_CheekSquint@_div2 bs_BrowOuterUp@_div2 bs_BrowDown@_div2 bs_NasalFlare_div2"
)
DAZ = [f"facs_{name}" for name in sided(words(DAZ_81))]
DAZ_9 = [
    f"facs_bs_{name}"
    for name in sided(
        words(
            "JawOpen JawLeft JawRight JawForward EyeBlink@ EyeLookDown@ EyeLookUp@ EyeLookIn@ EyeLookOut@ "
            "EyeSquint@ EyelidOpenUpper@ EyelidOpenLower@ MouthCloseLower@ MouthCloseUpper@ "
            "MouthFunnelLower@ MouthFunnelUpper@ MouthPurseLower@ MouthPurseUpper@ MouthLeft MouthRight "
            "MouthSmile@ MouthSmileWiden@ MouthFrown@ MouthDimple@ MouthStretch@ MouthRollLower@ "
            "MouthRollUpper@ MouthShrugLower@ MouthShrugUpper@ MouthPressLower@ MouthPressUpper@ "
            "MouthLowerDown@ MouthUpperUp@ BrowDown@ BrowInnerUp@ BrowOuterUp@ CheekPuff@ CheekSquint@ "
            "NoseSneer@ TongueOut NasalFlare@"
        )
    )
]


def daz_sideways(names):
    return {
        name: way
        for name in names
        for stem, way in ARKIT_SIDEWAYS.items()
        if stem.lower() in name.lower()
    }


def bilateral(name):
    """Daz: the side is the last word before _div2, unless that word is the way a jaw or mouth goes."""
    return "" if re.search(r"(Jaw|Mouth)(Left|Right)(_div2)?$", name) else suffix_side(name)


MBLAB = [
    f"Expressions_{name}"
    for name in words(
        "abdomExpansion_max browOutVertL_max browOutVertL_min browOutVertR_max browOutVertR_min "
        "browSqueezeL_max browSqueezeL_min browSqueezeR_max browSqueezeR_min browsMidVert_max "
        "browsMidVert_min cheekSneerL_max cheekSneerR_max chestExpansion_max deglutition_max "
        "eyeClosedL_max eyeClosedL_min eyeClosedR_max eyeClosedR_min eyeClosedPressureL_max "
        "eyeClosedPressureR_max eyeSquintL_max eyeSquintL_min eyeSquintR_max eyeSquintR_min "
        "eyesHoriz_max eyesHoriz_min eyesVert_max eyesVert_min jawHoriz_max jawHoriz_min jawOut_max "
        "jawOut_min mouthBite_max mouthChew_max mouthClosed_max mouthHoriz_max mouthHoriz_min "
        "mouthInflated_max mouthLowerOut_max mouthOpenAggr_max mouthOpenHalf_max mouthOpenLarge_max "
        "mouthOpenO_max mouthOpenTeethClosed_max mouthOpen_max mouthSmileL_max mouthSmileOpen2_max "
        "mouthSmileOpen_max mouthSmileR_max mouthSmile_max mouthSmile_min nostrilsExpansion_max "
        "pupilsDilatation_max tongueHoriz_max tongueOut_max tongueVert_max"
    )
]
# Which way _max goes is told by nobody: the tests draw it both ways.
MBLAB_SIDEWAYS = {
    "Expressions_eyesHoriz_max": -1,
    "Expressions_eyesHoriz_min": 1,
    "Expressions_jawHoriz_max": 1,
    "Expressions_jawHoriz_min": -1,
    "Expressions_mouthHoriz_max": -1,
    "Expressions_mouthHoriz_min": 1,
    "Expressions_tongueHoriz_max": 1,
}
MMD = words(
    "真面目 困る にこり 怒り 上 下 前 まばたき 笑い ウィンク ウィンク右 ウィンク２ ｳｨﾝｸ２右 はぅ なごみ びっくり じと目 "
    "ｷﾘｯ 星目 はぁと 瞳小 光下 ハイライト消 あ い う え お あ２ ん ▲ ∧ ω ω□ はんっ！ ぺろっ にやり えー 口角上げ 口角下げ "
    "口横広げ 歯無し上 照れ 涙 ぷくー"
)
MICROSOFT = words(
    "aa_02 aa_ah_ax_01 ao_03 aw_09 ay_11 d_t_n_19 er_05 ey_eh_uh_04 f_v_18 h_12 k_g_ng_20 l_14 ow_08 "
    "oy_10 p_b_m_21 r_13 sh_ch_jh_zh_16 sil_00 s_z_15 th_dh_17 w_uw_07 y_iy_ih_ix_06"
)
OCULUS = words("sil PP FF TH DD kk CH SS nn RR aa E I O U")
OCULUS_GAPS = {"aa": 1.0, "E": 0.5, "I": 0.3, "O": 0.6, "U": 0.3, "SS": 0.2, "kk": 0.3, "DD": 0.3}
DAZ_VISEMES = [f"eCTRLv{name}" for name in words("AA EE EH ER F IH IY K L M OW S SH T TH UW W")]
DAZ_8 = [
    *DAZ_VISEMES,
    *sided(
        words(
            "eCTRLEyesClosed# eCTRLEyesSquint# eCTRLMouthSmile eCTRLMouthSmileSimple# eCTRLMouthFrown "
            "eCTRLMouthOpen eCTRLBrowUp-Down# eCTRLBrowOuterUp-Down# eCTRLBrowInnerUp-Down# "
            "eCTRLCheekFlex# eCTRLCheeksBalloon eCTRLNoseWrinkle eCTRLTongueIn-Out"
        )
    ),
]
MIXAMO = sided(
    words(
        "Blink_@ BrowsDown_@ BrowsIn_@ BrowsOuterLower_@ BrowsUp_@ CheekPuff_@ EyesWide_@ Frown_@ "
        "JawBackward JawForeward JawRotateY_@ JawRotateZ_@ Jaw_Down Jaw_Left Jaw_Right Jaw_Up "
        "LowerLipDown_@ LowerLipIn LowerLipOut Midmouth_Left Midmouth_Right MouthDown MouthNarrow_@ "
        "MouthOpen MouthUp MouthWhistle_NarrowAdjust_@ NoseScrunch_@ Smile_@ Squint_@ TongueUp UpperLipIn "
        "UpperLipOut UpperLipUp_@"
    )
)
