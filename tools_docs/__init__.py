# SPDX-License-Identifier: Apache-2.0
"""Scripts that write those parts of docs/ which are read off the program."""
