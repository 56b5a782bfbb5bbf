# SPDX-License-Identifier: GPL-3.0-or-later
"""Follows a simple driver to the number that drives, so that this is keyed and not overwritten."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# How far drivers of drivers are followed.
DEPTH = 4
# What counts as the same slope.
NEARLY = 1e-4
_BONE_CHANNEL = {"LOC_X": 0, "LOC_Y": 1, "LOC_Z": 2}
_ARRAY = re.compile(r"^(.*)\[(\d+)\]$")
_OPERATIONS: dict[type, Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "clamp": lambda value, low=0.0, high=1.0: max(low, min(high, value)),
}


@dataclass(frozen=True)
class Number:
    """A number that may be animated, and how much of it makes 1 of what it drives.

    `datablock` is the ID it is on, `path` and `index` where; `scale` is negative where it drives by
    going below 0.
    """

    datablock: Any
    path: str
    index: int
    scale: float


def drivers_of(datablock: Any) -> dict[str, Any]:
    """Data path -> driver curve of single numbers on `datablock`."""
    animation = datablock.animation_data
    return {curve.data_path: curve for curve in animation.drivers} if animation else {}


def driving_number(curve: Any, depth: int = DEPTH) -> Number | None:
    """What a driver reads, if it is one number, passed on in proportion; else None.

    Understood are one variable (or none other than it) of type Single Property, or the location of a
    bone in its local space, summed, averaged or in an expression of + - * / min max clamp abs that is
    straight between 0 and one of +1 and -1.
    """
    number = _read(curve)
    if number is None or depth == 0:
        return None
    further = drivers_of(number.datablock).get(number.path)
    if further is None:
        return number
    deeper = driving_number(further, depth - 1)
    if deeper is None:
        return None
    return Number(deeper.datablock, deeper.path, deeper.index, deeper.scale * number.scale)


def _read(curve: Any) -> Number | None:
    driver = curve.driver
    if len(driver.variables) != 1 or not _is_plain(curve):
        return None
    variable = driver.variables[0]
    slope = _slope(driver, variable.name)
    place = _place(variable)
    if slope is None or place is None:
        return None
    return Number(*place, 1.0 / slope)


def _is_plain(curve: Any) -> bool:
    """Whether the driver's curve passes values on: no keys or modifiers, or such as map 1 to 1."""
    if curve.mute:
        return False
    if not curve.keyframe_points and not curve.modifiers:
        return True
    return all(abs(curve.evaluate(at) - at) < NEARLY for at in (0.0, 0.25, 0.5, 1.0))


def _place(variable: Any) -> tuple[Any, str, int] | None:
    target = variable.targets[0]
    if target.id is None:
        return None
    if variable.type == "SINGLE_PROP":
        path = target.data_path
        match = _ARRAY.match(path)
        return (target.id, match[1], int(match[2])) if match else (target.id, path, -1)
    index = _BONE_CHANNEL.get(target.transform_type, -1)
    local = target.transform_space == "LOCAL_SPACE" and variable.type == "TRANSFORMS"
    if index < 0 or not local or not target.bone_target:
        return None
    return target.id, f'pose.bones["{target.bone_target}"].location', index


def _slope(driver: Any, name: str) -> float | None:
    """What the driver gives for each 1 of its variable, or None where that is not one number."""
    if driver.type in {"SUM", "AVERAGE", "MIN", "MAX"}:
        return 1.0
    try:
        tree = ast.parse(driver.expression, mode="eval").body
        for way in (1.0, -1.0):
            low, middle, high = (_evaluate(tree, {name: way * at}) for at in (0.0, 0.5, 1.0))
            straight = abs(low) < NEARLY and abs(high - 2.0 * middle) < NEARLY
            if straight and abs(high) > NEARLY:
                return way * high
    except (SyntaxError, ValueError, ZeroDivisionError, TypeError):
        return None
    return None


def _evaluate(node: ast.AST, values: dict[str, float]) -> float:
    """A driver's expression, of the few things that keep it in proportion.

    Raises:
        ValueError: there is something else in it.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in values:
        return values[node.id]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](
            _evaluate(node.left, values), _evaluate(node.right, values)
        )
    if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATIONS:
        return _OPERATIONS[type(node.op)](_evaluate(node.operand, values))
    called = node.func if isinstance(node, ast.Call) and not node.keywords else None
    if isinstance(called, ast.Name) and called.id in _FUNCTIONS:
        return _FUNCTIONS[called.id](*(_evaluate(each, values) for each in node.args))
    raise ValueError(ast.dump(node))
