# SPDX-License-Identifier: Apache-2.0
"""The two decoders: lips follow the phones, expression follows the direction and the voice."""
