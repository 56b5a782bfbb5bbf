# SPDX-License-Identifier: Apache-2.0
"""A film of a person -> their face's shape, and what it does in each picture."""
