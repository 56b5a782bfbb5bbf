# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose a take is: the strip that it was made of, be it renamed since.

Strips get an identity with their first take, which the marks of takes repeat. A copy of a strip has
its identity too, until it gets a take of its own.
"""

from __future__ import annotations

import uuid
from typing import Any

import bpy

from .. import compat, strips
from .marks import read_mark


def identify(strip: Any) -> str:
    """The identity of a sound strip, given where it has none or shares that of the strip it copies.

    Empty where the strip is linked: it is known by its name then.
    """
    if not strip.id_data.is_editable:
        return ""
    own = strip.mien.identity
    if own and (len(_bearers(own)) == 1 or strip.name in _owners_of(own)):
        return str(own)
    strip.mien.identity = uuid.uuid4().hex
    return str(strip.mien.identity)


def owner_name(content: dict[str, Any]) -> str:
    """Present name of the strip that a take with this mark belongs to; the last one if it is gone."""
    made = content.get("made", {})
    return present_name(made.get("strip_id", ""), str(content["strip"]), made.get("place"))


def present_name(identity: str, name: str, place: list[Any] | None = None) -> str:
    """Present name of the strip with an identity.

    Args:
        identity: of the strip, or empty where it has none.
        name: its last known name: where it still bears that, and where it is gone.
        place: where it lay, to tell it from its copies (strips.place_of).
    """
    if not identity or any(_bears(scene, name, identity) for scene in bpy.data.scenes):
        return name
    found = _bearers(identity)
    there = [strip for strip in found if strips.place_of(strip.id_data, strip) == place]
    return next((str(strip.name) for strip in (*there, *found)), name)


def _bears(scene: Any, name: str, identity: str) -> bool:
    strip = compat.strip_named(scene, name)
    return strip is not None and _identity(strip) == identity


def _bearers(identity: str) -> list[Any]:
    return [
        strip
        for scene in bpy.data.scenes
        for strip in compat.all_strips(scene)
        if _identity(strip) == identity
    ]


def _identity(strip: Any) -> str:
    return str(strip.mien.identity) if strip.type == "SOUND" else ""


def _owners_of(identity: str) -> set[str]:
    """Names of the strips to which takes with this identity belong."""
    marks = (read_mark(action) for action in bpy.data.actions)
    return {
        owner_name(mark)
        for mark in marks
        if mark is not None and mark.get("made", {}).get("strip_id") == identity
    }
