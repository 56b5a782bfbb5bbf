# SPDX-License-Identifier: Apache-2.0
"""The steps behind install.py. Standard library only."""
