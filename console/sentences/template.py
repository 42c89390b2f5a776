# SPDX-License-Identifier: Apache-2.0
"""How the sentences are kept: two for what is refused or missing, one for what does not verify."""

from collections.abc import Mapping

Sentences = Mapping[str, tuple[str, str]]
"""code -> (what happened, what to do now)"""

Verdicts = Mapping[str, str]
"""code -> what does not verify; what to do is ``STOP``, but for those that `console.wording` names"""

Commands = Mapping[str, str]
"""check -> the command by which it is mended, the same in every language"""

BEGIN_ANEW = "Report it to Legal. In an emergency begin a new journal: breakglass journal new-log."
"""What to do under the alarm, which must never cost the emergency."""

TAKE_ANOTHER = "Take another backup, or write a new one; show this one to the administrator."
"""What to do about a backup that is not what it should be: it is a copy, and the station stands."""

STOP = "Stop, change nothing on this station, and report this to the administrator and to Legal."
