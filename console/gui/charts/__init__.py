# SPDX-License-Identifier: Apache-2.0
"""Pictures of an emergency, each with a table that says the same: what happened when, who agreed, what is left.

Where things stand is computed without Qt (``axis``, ``course_plan``, ``labels``, ``seats``, ``budget``), then drawn.
"""
