# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampled curves -> few keys, and what is done to keys afterwards. No bpy."""

from .contacts import contact_rows
from .curve import Keys, evaluate, stepped_keys
from .edit import cut, mapped, shifted, splice, with_key
from .fit import fit_keys, fit_many
from .visible import visible_tolerances

__all__ = [
    "Keys",
    "contact_rows",
    "cut",
    "evaluate",
    "fit_keys",
    "fit_many",
    "mapped",
    "shifted",
    "splice",
    "stepped_keys",
    "visible_tolerances",
    "with_key",
]
