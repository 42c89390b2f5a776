# SPDX-License-Identifier: Apache-2.0
"""What every test needs: Qt without a screen, and Hypothesis without deadlines, for shared and slow machines."""

import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Tests read English, whatever language the machine speaks.
os.environ["LC_ALL"] = "C.UTF-8"

# That drawing examples is slow says something about the machine, not about the rules.
SLOW = [HealthCheck.too_slow]
settings.register_profile("everyday", deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", deadline=None, suppress_health_check=SLOW, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "everyday")
