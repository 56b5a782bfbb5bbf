# SPDX-License-Identifier: Apache-2.0
"""Speech to facial performance: the inference core, free of Blender."""

__version__ = "0.1.0"
