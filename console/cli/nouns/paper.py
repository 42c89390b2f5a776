# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass journal paper``."""

from console.cli.parser import add_verb, positive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add_paper(verbs: "Verbs") -> None:
    """Add the verb."""
    paper = add_verb(verbs, "paper", "what takes entries now; accept paper mode when nothing does")
    paper.add_argument("--accept", action="store_true", help="accept it on a keyholder's token")
    paper.add_argument("--keyholder", metavar="N", help="with --accept: whose token")
    paper.add_argument(
        "--reserve", type=positive, metavar="N", help="reserve so many numbers for paper forms, in peace"
    )
    paper.add_argument(
        "--out",
        metavar="FILE.pdf",
        help="blank forms with the numbers reserved now, else with all that are not used; - is stdout",
    )
