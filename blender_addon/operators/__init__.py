# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators gather, call and report; the work is done elsewhere."""
