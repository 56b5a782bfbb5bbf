# SPDX-License-Identifier: Apache-2.0
"""The line's text: words, how they are spoken, and when they are heard."""
