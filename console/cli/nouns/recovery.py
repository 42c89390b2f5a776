# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass keyholder recovery …``."""

from argparse import ArgumentParser, ArgumentTypeError

from console.cli.parser import add_keyholder, add_verb, positive
from console.language import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add_recovery(verbs: "Verbs") -> None:
    """Add the verb with its steps."""
    recovery = add_verb(verbs, "recovery", "recovery sheets: print, prove, use, drill, status")
    steps = recovery.add_subparsers(dest="step", metavar="STEP", required=True)
    _add_print(add_verb(steps, "print", "make a new secret and print it as sheets"))
    prove = add_verb(steps, "prove", "read new sheets back from the paper; proposes them to the quorum")
    drill = add_verb(steps, "drill", "try sheets without any token; nothing is spent")
    for parser in (prove, drill):
        _add_slot(parser)
        _add_words(parser)
    _add_use(add_verb(steps, "use", "let one group's sheets stand in for its approvals; they are spent then"))
    add_verb(steps, "status", "how the sheets of each group and of the station stand")


def _add_print(parser: ArgumentParser) -> None:
    _add_slot(parser)
    parser.add_argument(
        "--sheets", type=_m_of_n, required=True, metavar="M-of-N", help="how many are needed, of how many"
    )
    parser.add_argument("--copies", type=positive, metavar="C", help="of each sheet (1)")
    parser.add_argument(
        "--out",
        required=True,
        metavar="DIR|printer[:NAME]",
        help="a folder in memory, or the printer; a disk in a drill only",
    )


def _add_use(parser: ArgumentParser) -> None:
    parser.add_argument("--activation", required=True, metavar="ID", help="the activation")
    parser.add_argument("--group", required=True, metavar="G", help="whose approvals the sheets stand in for")
    add_keyholder(parser)
    add_stand_in(parser)


def add_stand_in(parser: ArgumentParser) -> None:
    """Add what is asked wherever sheets stand in for a group."""
    parser.add_argument("--present", action="append", default=[], metavar="NAME", help="who is there; once for each")
    parser.add_argument("--again", metavar="REASON", help="why sheets that are spent are used once more")
    _add_words(parser)


def _add_slot(parser: ArgumentParser) -> None:
    slot = parser.add_mutually_exclusive_group(required=True)
    slot.add_argument("--group", metavar="G", help="the group whose sheets they are")
    # Under the same name: the station is a slot like each group.
    slot.add_argument(
        "--for-station",
        dest="group",
        action="store_const",
        const="station",
        help="the station's own sheets, over all groups",
    )


def _add_words(parser: ArgumentParser) -> None:
    parser.add_argument("--words", metavar="FD", help="read them from an open descriptor, one sheet a line; - is stdin")


def _m_of_n(text: str) -> tuple[int, int]:
    needed, is_split, count = text.partition("-of-")
    if not is_split:
        raise ArgumentTypeError(say("{text} is not like 2-of-3", text=repr(text)))
    return positive(needed), positive(count)
