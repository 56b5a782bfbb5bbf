# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the reference of operators in docs/scripting.md, read off the operators themselves.

Run it with a Python that has bpy, after an operator or one of its properties has changed:
``python -m tools_docs.operators``. A test compares the reference with the operators.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import bpy

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs/scripting.md"
BEGIN, END = "<!-- operators: begin -->\n", "<!-- operators: end -->\n"


def reference() -> str:
    """Every operator for scripts, with its properties, as Markdown; the add-on must be enabled."""
    return "\n".join(_section(name) for name in operator_names())


def operator_names() -> list[str]:
    """Operators in bpy.ops.mien that are not only for the panel's own buttons."""
    return [name for name in sorted(dir(bpy.ops.mien)) if "INTERNAL" not in _options(name)]


def with_reference(page: str, made: str) -> str:
    """`page` with what stands between the marks replaced by `made`."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{made}{END}{after}"


def _options(name: str) -> set[str]:
    return getattr(getattr(bpy.types, f"MIEN_OT_{name}"), "bl_options", set())


def _section(name: str) -> str:
    rna = getattr(bpy.ops.mien, name).get_rna_type()
    lines = [f"#### `bpy.ops.mien.{name}()`", "", f"{_sentence(rna.description)}", ""]
    shown = [
        each for each in rna.properties if each.identifier != "rna_type" and not each.is_hidden
    ]
    if shown:
        lines += ["| property | default | meaning |", "|---|---|---|"]
        lines += [
            f"| `{each.identifier}` | {_default(each)} | {_meaning(each)} |" for each in shown
        ]
        lines.append("")
    return "\n".join(lines)


def _sentence(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _default(prop: Any) -> str:
    if prop.type in {"COLLECTION", "POINTER"}:
        return ""
    if getattr(prop, "is_array", False):
        return f"`{tuple(prop.default_array)}`"
    is_flags = prop.type == "ENUM" and prop.is_enum_flag
    value = sorted(prop.default_flag) if is_flags else prop.default
    return f"`{round(value, 6) if isinstance(value, float) else value!r}`"


def _meaning(prop: Any) -> str:
    words = prop.description
    if prop.type == "ENUM" and prop.enum_items:
        words += ": " + ", ".join(f"`{item.identifier}`" for item in prop.enum_items)
    return words.replace("|", "\\|").replace("\n", " ")


def _enable_addon() -> None:
    folder = Path(tempfile.mkdtemp(prefix="mien-docs-"))
    (folder / "mien").symlink_to(REPOSITORY / "blender_addon", target_is_directory=True)
    bpy.context.preferences.extensions.repos.new(
        name="mien_docs", module="mien_docs", custom_directory=str(folder), remote_url=""
    )
    bpy.ops.preferences.addon_enable(module="bl_ext.mien_docs.mien")


def main() -> None:
    """Write the page anew."""
    _enable_addon()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_reference(page, reference()), encoding="utf-8")
    print(f"{PAGE}: {len(operator_names())} operators")


if __name__ == "__main__":
    main()
    # As a module, Blender 4.2 crashes and 4.5 hangs when Python ends while add-ons are registered.
    sys.stdout.flush()
    os._exit(0)
