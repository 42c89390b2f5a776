# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass station check`` and ``grab-card``, and of ``keyholder prove``."""

from console.cli.parser import add_verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add_readiness(verbs: "Verbs") -> None:
    """Add the verbs that say and keep what the station is ready for."""
    check = add_verb(verbs, "check", "is everything ready for an emergency; exit status 3 if not")
    what = check.add_mutually_exclusive_group()
    what.add_argument(
        "--what-if",
        nargs="*",
        metavar="LOSS",
        help="what is locked out after these losses, e.g. token:legal-1, hsm; without one: the smallest that lock out",
    )
    what.add_argument(
        "--rollback-drill",
        action="store_true",
        help="measure on a throw-away token whether an old copy brings back what was destroyed",
    )
    card = add_verb(verbs, "grab-card", "print the one page for two in the morning, as PDF")
    card.add_argument("--out", required=True, metavar="FILE.pdf", help="where it goes; - is stdout")


def add_proof(verbs: "Verbs") -> None:
    """Add the monthly proof of a token."""
    prove = add_verb(verbs, "prove", "show that a person's token still works: two minutes a month")
    prove.add_argument("name", metavar="N", help="the person")
