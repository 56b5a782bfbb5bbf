# SPDX-License-Identifier: Apache-2.0
"""Films of a face: upright pictures and sound with their real times, and the face followed through them.

Shared by the trainings and the avatar; the add-on's own worker loads none of it.
"""
