# SPDX-License-Identifier: Apache-2.0
"""Scripts that make what lies in models/; nothing at inference imports them."""
