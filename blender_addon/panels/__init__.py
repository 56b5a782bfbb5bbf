# SPDX-License-Identifier: GPL-3.0-or-later
"""The same Mien panel in the sidebars of the Sequencer and the 3D View."""
