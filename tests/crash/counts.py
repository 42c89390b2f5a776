# SPDX-License-Identifier: Apache-2.0
"""How often the power goes and a process is killed, in one run."""

KILLS = 200


CUTS = 100
