# SPDX-License-Identifier: Apache-2.0
"""Tracked films -> a folder in GRID's form for each speaker, which all trainings here read.

    python -m core.training.film_clips anna.npz ben.npz -o CORPUS

Writes CORPUS/SPEAKER/{tracks_train.npz, tracks_dev.npz, words_train.json, words_dev.json, audio/...}
with every DEV_EVERY-th clip of each emotion held back as dev, labels.json (emotion and intensity of
each clip), and fit.npz: all frames as the product's 57 channels (`values`, `channel_names`), the
mouth as `fit_grid` fits it, brows, lids, gaze and head as `film_upper` does. CORPUS/SPEAKER then stands
for GRID in `fit_grid`, `prepare_lips` and `prepare_expression`. Where nobody speaks (by the sound) is
``sil`` in words, from which `fit_grid` takes the speaker's closed mouth.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from ..errors import MienError
from ..face.arkit import CHANNEL_NAMES
from ..face.model import FaceModel, load_face_model
from ..runs import runs_of_true
from ..speech.prosody import FRAME_SECONDS, PitchTracker, measure_prosody
from .film_upper import fit_upper
from .fit_grid import fit_tracks, nearest_seen, read_tracks
from .track_film import sound_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

DEV_EVERY = 10
# `fit_grid` takes the closed mouth from what is called silent: where a speaker has neutral clips, from
# these alone, because a silent happy mouth smiles.
NEUTRAL, SILENT, PAUSE, SPEECH = "neutral", "sil", "pause", "speech"
# What belongs to a clip, and what to a frame, in a file of tracks.
PER_CLIP = ("clips", "speaker", "emotion", "intensity", "image_sizes")
PER_FRAME = ("blendshapes", "head_pose", "face_found")
SAME = ("fps", "landmark_index", "blendshape_names")


def main() -> None:
    """Command line of the module docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tracks", nargs="+", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    try:
        for speaker, folder in write_corpora(args.tracks, args.out, load_face_model()).items():
            print(f"{speaker}: {folder}", flush=True)
    except MienError as error:
        sys.exit(f"{error.message} {error.advice}")


def write_corpora(tracks: list[Path], out: Path, face: FaceModel) -> dict[str, Path]:
    """Folders by speaker.

    Args:
        tracks: files of `track_film`.
        out: where the folders go; a speaker's folder that exists is replaced when the new one is
            finished.
        face: the canonical head.

    Raises:
        MienError: ``film_tracks``: a file is none of `track_film`, or a clip comes twice.
    """
    clips = [clip for path in tracks for clip in _clips(path)]
    speakers = sorted({clip["speaker"] for clip in clips})
    folders = {}
    for speaker in speakers:
        own = [clip for clip in clips if clip["speaker"] == speaker]
        if len({clip["clips"] for clip in own}) < len(own):
            raise _wrong(f"{speaker} has two clips of one name.")
        out.mkdir(parents=True, exist_ok=True)
        folder = out / speaker
        fresh = out / f".{speaker}-{uuid.uuid4().hex}"
        try:
            write_speaker(fresh, own)
            np.savez_compressed(fresh / "fit.npz", **fit_speaker(fresh, face))
            shutil.rmtree(folder, ignore_errors=True)
            fresh.rename(folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        folders[speaker] = folder
    return folders


def write_speaker(folder: Path, clips: list[dict[str, Any]]) -> None:
    """One speaker's tracks, sounds, words and labels in GRID's form."""
    tracker = PitchTracker()
    rest = NEUTRAL if any(clip["emotion"] == NEUTRAL for clip in clips) else None
    dev = held_back([clip["emotion"] for clip in clips])
    for part in ("train", "dev"):
        own = [clip for clip, is_dev in zip(clips, dev, strict=True) if is_dev == (part == "dev")]
        sounds = folder / "audio" / part
        sounds.mkdir(parents=True)
        words = {}
        for clip in own:
            shutil.copy(clip["sound"], sounds / f"{clip['clips']}.flac")
            rows = spoken_rows(sounds / f"{clip['clips']}.flac", tracker)
            shows_rest = rest is None or clip["emotion"] == rest
            words[clip["clips"]] = [
                (a, b, word if word != SILENT or shows_rest else PAUSE) for a, b, word in rows
            ]
        (folder / f"words_{part}.json").write_text(json.dumps(words), encoding="utf-8")
        np.savez_compressed(folder / f"tracks_{part}.npz", **_joined(own or clips[:1], bool(own)))
    labels = {
        c["clips"]: {"emotion": c["emotion"], "intensity": float(c["intensity"])} for c in clips
    }
    (folder / "labels.json").write_text(json.dumps(labels, indent=1), encoding="utf-8")


def held_back(emotions: list[str]) -> list[bool]:
    """Which clips are dev: every DEV_EVERY-th of each emotion; of four to nine the last."""
    dev = [False] * len(emotions)
    for emotion in set(emotions):
        places = [i for i, e in enumerate(emotions) if e == emotion]
        chosen = places[DEV_EVERY - 1 :: DEV_EVERY]
        for place in chosen or places[3:][-1:]:
            dev[place] = True
    return dev


def spoken_rows(sound: Path, tracker: PitchTracker) -> list[tuple[float, float, str]]:
    """(start s, end s, ``sil`` or ``speech``) over a sound file."""
    samples, _ = soundfile.read(sound, dtype="float32")
    speaks = measure_prosody(samples, tracker).speech > 0.5
    rows = [
        (first * FRAME_SECONDS, stop * FRAME_SECONDS, word)
        for word, mask in ((SPEECH, speaks), (SILENT, ~speaks))
        for first, stop in runs_of_true(mask)
    ]
    return sorted(rows)


def fit_speaker(folder: Path, face: FaceModel) -> dict[str, NDArray[Any]]:
    """The product's channels of all frames of a folder in GRID's form; clips in its order.

    Columns that a tracker cannot tell (tongue, cheeks, nose, a forward jaw) are not named.
    """
    tracks = read_tracks(folder)
    if not any(word == SILENT for rows in tracks["words"].values() for _, _, word in rows):
        raise _wrong(f"{folder.name.split('-')[0].strip('.')} is never silent in these films.")
    mouth = fit_tracks(tracks, face)
    poses = [np.load(folder / f"tracks_{part}.npz")["head_pose"] for part in ("train", "dev")]
    seen = nearest_seen(tracks["found"], tracks["start"])
    values = fit_upper(
        tracks["points"],
        index=tracks["landmark_index"],
        start=tracks["start"],
        head_pose=np.concatenate(poses)[seen],
        fps=tracks["fps"],
        face=face,
        rest=_neutral_frames(folder, tracks),
    )
    columns = [CHANNEL_NAMES.index(str(name)) for name in mouth["channel_names"]]
    values[:, columns] = mouth["values"]
    known = np.flatnonzero(values.any(axis=0))
    named = np.array(CHANNEL_NAMES)[known]
    kept = ("clips", "part", "start", "fps", "found", "identity", "opening", "width", "jaw")
    return {key: mouth[key] for key in kept} | {
        "channel_names": named,
        "values": values[:, known],
    }


def _neutral_frames(folder: Path, tracks: dict[str, Any]) -> NDArray[np.bool_]:
    """(T,) frames of neutral clips; all where there are none."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    neutral = [labels[str(name)]["emotion"] == NEUTRAL for name in tracks["clips"]]
    return np.repeat(neutral if any(neutral) else [True] * len(neutral), np.diff(tracks["start"]))


def _clips(path: Path) -> list[dict[str, Any]]:
    """The clips of one file of tracks, each with its own rows."""
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {key: data[key] for key in data.files}
        start = arrays["start"]
        return [
            {key: arrays[key][number] for key in PER_CLIP}
            | {key: arrays[key][start[number] : start[number + 1]] for key in PER_FRAME}
            | {key: arrays[key] for key in SAME}
            | {
                "clips": str(arrays["clips"][number]),
                "speaker": str(arrays["speaker"][number]),
                "emotion": str(arrays["emotion"][number]),
                "landmarks": arrays["landmarks_px_x16"][..., start[number] : start[number + 1]],
                "sound": sound_folder(path) / f"{arrays['clips'][number]}.flac",
            }
            for number in range(len(arrays["clips"]))
        ]
    except (OSError, ValueError, KeyError) as error:
        raise _wrong(f"{path} is no file of tracks ({error}).") from error


def _joined(clips: list[dict[str, Any]], is_filled: bool) -> dict[str, NDArray[Any]]:
    """Arrays of a file of tracks; without clips the first one's layout with no frames."""
    lengths = [clip["landmarks"].shape[2] for clip in clips]
    joined = {key: clips[0][key] for key in SAME}
    joined |= {key: np.array([clip[key] for clip in clips]) for key in PER_CLIP}
    joined |= {key: np.concatenate([clip[key] for clip in clips]) for key in PER_FRAME}
    joined["landmarks_px_x16"] = np.concatenate([clip["landmarks"] for clip in clips], axis=2)
    joined["start"] = np.concatenate([[0], np.cumsum(lengths)])
    joined["image_size"] = clips[0]["image_sizes"]
    if not is_filled:
        joined |= {key: joined[key][:0] for key in (*PER_CLIP, *PER_FRAME)}
        joined |= {
            "landmarks_px_x16": joined["landmarks_px_x16"][..., :0],
            "start": np.zeros(1, int),
        }
    return joined


def _wrong(message: str) -> MienError:
    return MienError("film_tracks", message, "Give files that core.training.track_film wrote.")


if __name__ == "__main__":
    main()
