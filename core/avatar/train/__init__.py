# SPDX-License-Identifier: Apache-2.0
"""Pictures of a person with known poses -> an avatar."""
