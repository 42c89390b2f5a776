# SPDX-License-Identifier: Apache-2.0
"""What every test needs: Qt without a screen, and Hypothesis without deadlines, for shared and slow machines."""

import os

from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("everyday", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "everyday")
