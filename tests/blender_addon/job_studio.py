# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes run by hand: started, and polled to their end."""

from __future__ import annotations

import time

import bpy
from bl_ext.devrepo.mien import performing
from studio import add_sound


def started_job(scene, path):
    scene.sequence_editor_clear()
    add_sound(scene, path)
    job = performing.start(bpy.context, bpy.context.scene.mien)
    while job.stage == "starting":
        assert not job.poll()
        time.sleep(0.01)
    return job


def run(job):
    while not job.poll():
        time.sleep(0.01)
