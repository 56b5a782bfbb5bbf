# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rig offers, and what of a performance moves it."""
