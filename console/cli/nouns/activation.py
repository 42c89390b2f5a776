# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass activation …``."""

from argparse import ArgumentParser

from console.cli.nouns.prepared import add_requests
from console.cli.nouns.usage import add_use
from console.cli.nouns.witness import OUT
from console.cli.parser import (
    add_files,
    add_id,
    add_keyholder,
    add_out,
    add_verb,
    add_verbs,
    descriptor,
    natural,
    positive,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    add_requests(verbs)
    approve = add_verb(verbs, "approve", "approve on a keyholder's own token")
    add_id(approve)
    add_keyholder(approve)
    approve.add_argument("--receipt", metavar="DIR|FILE", help=f"the journal's state to take along: {OUT}")
    approve.add_argument("--matter", action="append", metavar="M", help="restate a matter number; once for each")
    approve.add_argument(
        "--confirm", action="append", metavar="WHAT", help="what is confirmed, e.g. privilege; once for each"
    )
    deny = add_verb(verbs, "deny", "deny on a keyholder's own token")
    add_id(deny)
    add_keyholder(deny)
    deny.add_argument("--reason", required=True, metavar="R")
    deny.add_argument("--veto", action="store_true", help="end it, though it may be open already")
    _activation_from_elsewhere(verbs)
    _activation_turns(verbs)
    _activation_course(verbs)


def _activation_from_elsewhere(verbs: "Verbs") -> None:
    code = add_verb(verbs, "request-code", "the request for a keyholder's own console, as pictures or a file")
    add_id(code)
    code.add_argument("--keyholder", required=True, metavar="N", help="whose own console")
    add_out(code)
    turn = code.add_mutually_exclusive_group()
    turn.add_argument("--extend", type=positive, metavar="M", help="ask for M more minutes instead")
    turn.add_argument("--reset", type=natural, metavar="N", help="ask for N more showings (0: as requested)")
    turn.add_argument("--resume", action="store_true", help="ask to go on after the clock went back")
    code.add_argument("--since", type=positive, metavar="N", help="the change that their console says it knows")
    code.add_argument("--remembers", type=positive, metavar="N", help="the entries that their console knows")
    scan = add_verb(verbs, "approval-scan", "take a keyholder's answer: pictures, or a file")
    add_id(scan)
    add_files(scan)
    add_id(add_verb(verbs, "missing", "who could still decide, and how they are reached"))


def _activation_turns(verbs: "Verbs") -> None:
    extend = add_verb(verbs, "extend", "more time: one keyholder of each role")
    extend.add_argument("--minutes", type=positive, required=True, metavar="M")
    reset = add_verb(verbs, "reset", "more showings: one keyholder of each role")
    reset.add_argument("--releases", type=positive, default=0, metavar="N", help="as many as requested, unless said")
    resume = add_verb(verbs, "resume", "go on after the clock went back: one keyholder of each role")
    for parser in (extend, reset, resume):
        add_id(parser)
        parser.add_argument("--keyholder", action="append", required=True, metavar="N", help="once for each")


def _activation_course(verbs: "Verbs") -> None:
    for name, help_ in (
        ("withdraw", "take a request back before it is opened"),
        ("open", "open it, once the quorum has approved"),
        ("end", "end the session: nothing more can be shown"),
        ("close", "complete it, once everything that was shown has been changed"),
        ("show", "everything about one activation"),
    ):
        add_id(add_verb(verbs, name, help_))
    add_verb(verbs, "list", "every activation")
    release = add_verb(verbs, "release", "show one secret or one code")
    add_id(release)
    release.add_argument("credential", metavar="CREDENTIAL")
    where = release.add_mutually_exclusive_group()
    where.add_argument("--show", action="store_true", help="on the terminal; without one, on stdout")
    where.add_argument("--qr", metavar="FILE", help="a code as a picture; - draws it on the terminal")
    where.add_argument("--out", type=descriptor, metavar="FD", help="bare, to an open descriptor; - is stdout")
    add_use(verbs)
    summary = add_verb(verbs, "summary", "the one-page incident summary as PDF")
    add_id(summary)
    summary.add_argument("--out", required=True, metavar="FILE")
