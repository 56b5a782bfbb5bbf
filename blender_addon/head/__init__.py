# SPDX-License-Identifier: GPL-3.0-or-later
"""The default head: read from models/face_model.npz, built as one mesh with 52 shape keys."""
