# SPDX-License-Identifier: Apache-2.0
"""Protocol 1 between the add-on and the avatar's worker: one JSON object a line, UTF-8.

It is `core.protocol`'s, with other requests; ping, cancel, shutdown, progress, error, cancelled and
the end of stdin are the same. One request is worked off after another: whoever wants a preview during
a long render or training starts a second worker. The greeting::

    {"type": "hello", "worker": "avatar", "protocol": 1, "version": "0.1.0", "pid": n}

It comes at once, before torch is loaded. Paths are absolute. Matrices are 16 numbers, row by row; they
and the camera's pixels are those of `core.avatar.camera`. Every request has "id" and may have
"deadline_seconds" (default 600, a day for render, track and train).

To the worker, with what may be left out and its default after the `|`::

    {"type": "avatar_versions"}
    {"type": "avatar_papers",  "avatar": path}
    {"type": "avatar_preview", "avatar": path, "out_path": "a.npy", "values": [52 numbers],
     "head_to_root": [16 numbers],
     "camera": {"width": w, "height": h, "focal_x": p, "focal_y": p, "centre_x": p, "centre_y": p,
                "root_to_camera": [16 numbers]}}
    {"type": "avatar_render",  "avatar": path, "shot": "shot.npz", "out_path": "folder/take_####.exr",
     "normals": false |, "plate": null |}
    {"type": "avatar_ply",     "avatar": path, "out_path": "a.ply", "values": null | [52 numbers],
     "head_to_root": null | [16 numbers]}
    {"type": "avatar_capture", "film": path, "out_path": "take.npz", "start_seconds": 0.0 |,
     "duration_seconds": null |}
    {"type": "avatar_track",   "films": [path, ...], "out_path": "anna.mientrack"}
    {"type": "avatar_train",   "track": "anna.mientrack", "out_path": "anna.mienavatar",
     "consent": {...}, "options": {...} |}

From the worker::

    {"type": "avatar_versions_result", "id": i, "python": v, "packages": {"torch": v, "numba": v, ...},
     "missing": [package, ...], "cuda": "NVIDIA ..." or null}
    {"type": "avatar_papers_result",  "id": i, "papers": {...}}
    {"type": "avatar_preview_result", "id": i, "path": "a.npy", "seconds": s}
    {"type": "avatar_render_result",  "id": i, "path": "folder/take_####.exr", "first_frame": n,
     "frames": F, "seconds": s, "notes": [sentence, ...]}
    {"type": "avatar_ply_result",     "id": i, "path": p, "gaussians": n}
    {"type": "avatar_capture_result", "id": i, "path": "take.npz", "frames": T, "seconds": s,
     "notes": [sentence, ...]}
    {"type": "avatar_track_result",   "id": i, "path": folder, "frames": T, "notes": [sentence, ...]}
    {"type": "avatar_train_result",   "id": i, "path": p, "notes": [sentence, ...]}
    {"type": "progress", "id": i, "fraction": 0.4, "stage": "rendering", "frame": 17}

`frame` of a progress line is the scene's number of the frame just written, in a render alone.

*Preview*: one frame; the .npy is (height, width, 4) float32, top row first, sRGB-coded colour
multiplied by alpha (`core.avatar.model.Frame.rgba`). The avatar stays loaded between requests, so the
second preview takes a fraction of the first's time.

*Render*: `shot` is a file of `core.avatar.shot`, which the add-on writes with the same module. The
`#`s of `out_path` become the frame's number with at least as many digits; the ending chooses the kind:
.exr (multilayer: colour, depth, normals) or .png. Frames are written one by one and stay when the
render is called off.

*Capture*: film to curves; the result is a performance as `core.curves` reads it, at the film's frames
a second, its time 0 at `start_seconds`.

*Train*: goes on from its checkpoint beside `out_path`, where a run of the same track and options was
called off or killed.
"""
