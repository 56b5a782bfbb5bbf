# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands where Blender's layout would, which exists only while it draws; takes what it takes."""

from __future__ import annotations

from types import SimpleNamespace

import bpy

PARTS = {"row", "column", "box", "split", "grid_flow"}


class Layout:
    """Notes what is drawn: `shown` settings, `buttons`, `menus` and `words`, also by its parts."""

    def __init__(self, parent=None):
        self.use_property_decorate = parent.use_property_decorate if parent else True
        self.root = parent.root if parent else self
        if not parent:
            self.shown, self.buttons, self.menus, self.words = {}, [], [], []

    def __getattr__(self, function):
        known = bpy.types.UILayout.bl_rna.functions[function].parameters.keys()

        def call(*_, **arguments):
            assert set(arguments) <= set(known), function
            return Layout(self) if function in PARTS else None

        return call

    def prop(self, data, name, **_):
        assert hasattr(data, name)
        self.root.shown[name] = self.use_property_decorate

    def prop_search(self, data, name, *_, **__):
        self.prop(data, name)

    def operator(self, name, **_):
        module, _, function = name.partition(".")
        assert function in dir(getattr(bpy.ops, module)), name
        self.root.buttons.append(name)
        return SimpleNamespace()

    def operator_menu_enum(self, name, _, **arguments):
        return self.operator(name, **arguments)

    def menu(self, name, **_):
        assert hasattr(bpy.types, name)
        self.root.menus.append(name)

    def panel(self, name, *, default_closed=False):
        assert default_closed
        return Layout(self), Layout(self)

    def label(self, *, text="", icon="NONE"):
        self.root.words.append(text)
