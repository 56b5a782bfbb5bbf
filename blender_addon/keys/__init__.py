# SPDX-License-Identifier: GPL-3.0-or-later
"""Sampled curves -> few keys, and what is done to keys afterwards. No bpy."""

from .curve import Keys, evaluate, stepped_keys
from .edit import cut, mapped, shifted, splice, with_key
from .fit import fit_keys, fit_many

__all__ = [
    "Keys",
    "cut",
    "evaluate",
    "fit_keys",
    "fit_many",
    "mapped",
    "shifted",
    "splice",
    "stepped_keys",
    "with_key",
]
