# SPDX-License-Identifier: Apache-2.0
"""Sound in: samples, spectrum, encoder features, pitch and loudness."""
