# SPDX-License-Identifier: Apache-2.0
"""What every test needs: Qt without a screen, and Hypothesis without deadlines, for shared and slow machines."""

import atexit
import os
import shutil
import tempfile

from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Tests read English, whatever language the machine speaks.
os.environ["LC_ALL"] = "C.UTF-8"
# Nor what language and looks its user chose in the window.
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="breakglass-config-")
atexit.register(shutil.rmtree, os.environ["XDG_CONFIG_HOME"], ignore_errors=True)

# That drawing examples is slow says something about the machine, not about the rules.
SLOW = [HealthCheck.too_slow]
settings.register_profile("everyday", deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", deadline=None, suppress_health_check=SLOW, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "everyday")

pytest_plugins = ["tests.support.patience"]
