# SPDX-License-Identifier: Apache-2.0
"""How the sentences are kept: two for what is refused or missing, one for what does not verify."""

from collections.abc import Mapping

Sentences = Mapping[str, tuple[str, str]]
"""code -> (what happened, what to do now)"""

Verdicts = Mapping[str, str]
"""code -> what does not verify; what to do is always ``STOP``"""

STOP = "Stop, change nothing on this station, and report this to the administrator and to Legal."
