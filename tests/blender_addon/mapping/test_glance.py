# SPDX-License-Identifier: GPL-3.0-or-later
"""A panel may look a moment back; nobody else, and never at what is gone."""

from __future__ import annotations

import bpy
from bl_ext.devrepo.mien import mapping
from bl_ext.devrepo.mien.mapping import glance
from studio import make_face


def counted(monkeypatch):
    looks = []
    read = mapping.stored.offers

    def offers(target):
        looks.append(target.name)
        return read(target)

    monkeypatch.setattr(mapping.stored, "offers", offers)
    return looks


def test_a_script_always_looks_anew(scene, monkeypatch):
    face = make_face(scene, ["jawOpen"])
    looks = counted(monkeypatch)
    for _ in range(3):
        mapping.rig_of(face)
    assert len(looks) == 3


def test_a_panel_looks_once_a_moment(scene, monkeypatch):
    face = make_face(scene, ["jawOpen"])
    looks = counted(monkeypatch)
    monkeypatch.setattr(glance, "_panel_asks", lambda: True)
    rigs = [mapping.rig_of(face) for _ in range(5)]
    assert len(looks) == 1
    assert all(rig is rigs[0] for rig in rigs)
    monkeypatch.setattr(glance, "MOMENT_SECONDS", 0.0)
    mapping.rig_of(face)
    assert len(looks) == 2


def test_what_is_gone_is_not_taken_from_a_moment_ago(scene, monkeypatch):
    face = make_face(scene, ["jawOpen"])
    part = make_face(scene, ["jawOpen"], "Teeth")
    root = bpy.data.objects.new("Root", None)
    scene.collection.objects.link(root)
    face.parent = part.parent = root
    monkeypatch.setattr(glance, "_panel_asks", lambda: True)
    assert {link.owner.name for link in mapping.rig_of(face).links} == {"Hero", "Teeth"}
    bpy.data.objects.remove(part)
    assert {link.owner.name for link in mapping.rig_of(face).links} == {"Hero"}
