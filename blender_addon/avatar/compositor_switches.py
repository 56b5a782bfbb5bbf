# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be switched on for a scene's compositor to be seen in its render, and off again afterwards."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .. import compat
from . import compositor_nodes as nodes

# On a scene: which switches Mien has turned on, and the signature of the animator's nodes then.
SWITCHED = "mien_switched_on"
NODES, POST, SIGNATURE = "use_nodes", "use_compositing", "signature"


def switch_on(scene: Any) -> list[str]:
    """Switch a scene's compositor on; returns a sentence for each switch that was off.

    A compositor that was never made is made; that is not told.
    """
    remembered = dict(scene.get(SWITCHED, {}))
    said = []
    if compat.compositor_tree_there(scene) is None:
        remembered[NODES] = not compat.uses_compositor_nodes(scene)
        compat.compositor_tree(scene)
    elif not compat.uses_compositor_nodes(scene):
        remembered[NODES] = True
        compat.use_compositor_nodes(scene, used=True)
        said.append(
            "The compositor's Use Nodes was off and is on now, with every node that is there."
        )
    if not scene.render.use_compositing:
        remembered[POST] = True
        scene.render.use_compositing = True
        said.append("Compositing was off under Output > Post Processing and is on now.")
    if any(remembered.values()):
        remembered.setdefault(SIGNATURE, _signature(scene))
        scene[SWITCHED] = remembered
    return said


def has_switched(scene: Any) -> bool:
    """Whether `switch_back` has something to switch off."""
    return bool(scene.get(SWITCHED))


def switch_back(scene: Any) -> list[str]:
    """Switch off what `switch_on` switched on, unless the animator has changed nodes or links since.

    Mien's own nodes are gone by now. Returns a sentence where something stays on.
    """
    remembered = dict(scene.get(SWITCHED, {}))
    if not remembered:
        return []
    del scene[SWITCHED]
    is_on = {
        "Use Nodes": remembered.get(NODES) and compat.uses_compositor_nodes(scene),
        "Compositing": remembered.get(POST) and scene.render.use_compositing,
    }
    if remembered.get(SIGNATURE) != _signature(scene):
        staying = " and ".join(name for name, on in is_on.items() if on)
        where = f" in scene '{scene.name}'"
        return [f"Still on{where}, for its nodes were changed: {staying}."] if staying else []
    if is_on["Use Nodes"]:
        compat.use_compositor_nodes(scene, used=False)
    if is_on["Compositing"]:
        scene.render.use_compositing = False
    return []


def _signature(scene: Any) -> str:
    """Tells apart the animator's nodes and their links, which are followed past Mien's nodes."""
    tree = compat.compositor_tree_there(scene)
    own = [node for node in tree.nodes if nodes.MARK not in node] if tree else []
    links = []
    for node in own:
        for socket in node.inputs:
            source = _source_past_mien(socket)
            if source is not None:
                links.append((source.node.name, source.identifier, node.name, socket.identifier))
    parts = [sorted((node.bl_idname, node.name) for node in own), sorted(links)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _source_past_mien(socket: Any) -> Any:
    source = nodes.source_of(socket)
    while source is not None and nodes.MARK in source.node:
        through = nodes.passed_on(source.node)
        source = None if through is None else nodes.source_of(through)
    return source
