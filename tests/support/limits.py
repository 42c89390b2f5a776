# SPDX-License-Identifier: Apache-2.0
"""What an emergency may cost a person."""

MOST_ACTS = 12
