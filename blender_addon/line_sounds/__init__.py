# SPDX-License-Identifier: GPL-3.0-or-later
"""The sounds of a line: what a strip says when, as the animator sees and corrects it."""
