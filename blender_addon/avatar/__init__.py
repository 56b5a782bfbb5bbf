# SPDX-License-Identifier: GPL-3.0-or-later
"""Mien > Avatar: a filmed person in the scene, moved by the rig's curves, seen by Blender's camera."""
