# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass keyholder suspend`` and ``remove``."""

from console.cli.parser import add_verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add_suspension(verbs: "Verbs") -> None:
    """Add the verbs for people who shall no longer count."""
    suspend = add_verb(verbs, "suspend", "at once: a person of your own group counts nowhere (--as acts)")
    suspend.add_argument("name", metavar="N", help="the person")
    suspend.set_defaults(needs_as=True)
    remove = add_verb(verbs, "remove", "propose that a person leaves; the quorum signs it")
    remove.add_argument("name", metavar="N", help="the person")
