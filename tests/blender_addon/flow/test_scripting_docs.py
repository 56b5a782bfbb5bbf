# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/scripting.md tells of the operators that there are, and of no others."""

from __future__ import annotations

import ast
import re
import sys

import bpy
import pytest
from studio import REPOSITORY

sys.path.insert(0, str(REPOSITORY))
from tools_docs import operators

PAGE = operators.PAGE.read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_reference_is_what_the_program_has():
    wanted = operators.with_reference(PAGE, operators.reference())
    assert wanted == PAGE, "run: python -m tools_docs.operators"


def test_every_operator_and_property_says_what_it_does():
    for name in operators.operator_names():
        rna = getattr(bpy.ops.mien, name).get_rna_type()
        assert rna.description, name
        for prop in rna.properties:
            if prop.identifier != "rna_type" and not prop.is_hidden:
                assert prop.description, f"{name}.{prop.identifier}"


def calls():
    for code in CODE:
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("bpy.ops.m"):
                yield node


@pytest.mark.parametrize("node", list(calls()), ids=ast.unparse)
def test_the_examples_call_what_is_there(node):
    module, name = ast.unparse(node.func).split(".")[2:]
    rna = getattr(getattr(bpy.ops, module), name).get_rna_type()
    assert {keyword.arg for keyword in node.keywords} <= set(rna.properties.keys())


def test_the_examples_are_many_enough_to_be_a_test():
    assert len(list(calls())) >= 8


def test_settings_that_the_examples_set_are_there(scene):
    named = set(re.findall(r"(?:scene\.mien|bob)\.(\w+)", PAGE)) - {"text"}
    assert {"target", "character_name"} <= named
    assert named <= set(scene.mien.bl_rna.properties.keys())
