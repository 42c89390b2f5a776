# SPDX-License-Identifier: Apache-2.0
"""How a long work tells how far it is."""

from collections.abc import Callable

Progress = Callable[[int, int], bool]
"""Told how much of how much is done; returns False to call it off, which raises ``Cancelled``."""
