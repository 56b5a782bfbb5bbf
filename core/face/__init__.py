# SPDX-License-Identifier: Apache-2.0
"""The canonical face: channel names, the morphable head and its landmarks."""
