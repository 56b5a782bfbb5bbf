# SPDX-License-Identifier: Apache-2.0
"""A filmed person as 3D Gaussians: tracked, trained, and rendered from the curves of a performance.

An extra (`mien[avatar]`): nothing that the add-on's own worker loads imports this package.
"""
