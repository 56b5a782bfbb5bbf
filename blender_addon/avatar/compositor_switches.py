# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be switched on for a scene's compositor to be seen in its render, and off again afterwards."""

from __future__ import annotations

from typing import Any

from .. import compat
from .compositor_nodes import MARK

# On a scene: which switches Mien has turned on, and how many nodes of the animator's there were then.
SWITCHED = "mien_switched_on"
NODES, POST = "use_nodes", "use_compositing"


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
        remembered.setdefault("nodes", _count(scene))
        scene[SWITCHED] = remembered
    return said


def switch_back(scene: Any) -> None:
    """Switch off what `switch_on` switched on, unless the animator has added nodes since.

    Mien's own nodes are gone by now.
    """
    remembered = dict(scene.get(SWITCHED, {}))
    if not remembered:
        return
    del scene[SWITCHED]
    if remembered["nodes"] != _count(scene):
        return
    if remembered.get(NODES):
        compat.use_compositor_nodes(scene, used=False)
    if remembered.get(POST):
        scene.render.use_compositing = False


def _count(scene: Any) -> int:
    return sum(MARK not in node for node in compat.compositor_tree_there(scene).nodes)
