# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass overview``, and of the state told over the telephone."""

from argparse import ArgumentParser

from console.cli.parser import add_common, add_verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add(noun: ArgumentParser) -> None:
    """Add its options: it is its own verb."""
    noun.set_defaults(verb="overview")
    add_common(noun)


def add_status(verbs: "Verbs") -> None:
    """Add the verbs of ``breakglass station`` for both ends of the telephone."""
    told = add_verb(verbs, "status-code", "the state in 24 letters, for somebody at the other end of a telephone")
    told.add_argument("--for", dest="reader", metavar="N", help="who reads along there, if there are several")
    check = add_verb(verbs, "check-status", "on your own console: what the 24 letters say, and whether to believe them")
    check.add_argument("code", nargs="+", metavar="CODE", help="the letters; blanks and small letters are fine")
