# SPDX-License-Identifier: Apache-2.0
"""How the lip track and the expression layer become one face, with the contacts kept."""
