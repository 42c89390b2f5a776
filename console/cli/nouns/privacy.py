# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass journal erase`` and ``hold``."""

from console.cli.parser import add_verb, natural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add_privacy(verbs: "Verbs") -> None:
    """Add the verbs for erasing, and for keeping from being erased."""
    erase = add_verb(verbs, "erase", "erase what is personal: propose, agree, list, tick off notices")
    erase.add_argument("--subject", metavar="S", help="propose to erase this person: member id or pseudonym")
    erase.add_argument("--act", metavar="ID", help="only inside this activation; alone: all of it")
    erase.add_argument("--basis", metavar="B", help="request, retention, unlawful or order")
    which = erase.add_mutually_exclusive_group()
    which.add_argument("--approve", metavar="ID", help="agree on a keyholder's token; the second one erases")
    which.add_argument("--list", action="store_true", help="every erasure, its receipt, the notices owed")
    which.add_argument("--notified", type=natural, metavar="SEQ", help="a notice was given for this entry")
    which.add_argument("--due", action="store_true", help="what may be erased for its age, and since when")
    erase.add_argument("--keyholder", metavar="N", help="with --approve: whose token")
    erase.add_argument("--erasure", metavar="ID", help="with --notified: of which erasure")
    hold = add_verb(verbs, "hold", "a legal hold: one of Legal places it, Legal and another group lift it")
    what = hold.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--on", action="append", metavar="WHAT", help="a person's id, a matter number, or act:ID; once for each"
    )
    what.add_argument("--lift", metavar="ID", help="agree that this hold ends")
    what.add_argument("--list", action="store_true", help="every hold that stands")
    hold.add_argument("--keyholder", metavar="N", help="whose token")
    hold.add_argument("--reason", metavar="TEXT", help="why, in whole words")
