# SPDX-License-Identifier: Apache-2.0
"""The command line: its nouns here, their verbs in ``nouns/``, read only for the noun that is asked for."""

from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module

from console import __version__
from console.cli.parser import Parser, WrongUsage, add_common
from console.language import say

NOUNS: dict[str, str] = {
    "demo": "a throw-away station to try everything on",
    "station": "init, unlock, lock, status-code, check-status, check, grab-card, attest-time, backup, restore, "
    "replace-hsm",
    "policy": "genesis, words, certificate, show, propose, sign, reseal",
    "keyholder": "list, enrol, make-card, step, sign-step, card, pin, answer, witness, custody, returned, destroyed, "
    "recovery, suspend, remove, prove, contact",
    "credential": "seal, list, show, rotate, confirm, drift",
    "activation": "request, prepare, prepared, cost, approve, deny, request-code, approval-scan, missing, extend, "
    "reset, resume, withdraw, open, end, close, show, list, release, use, summary",
    "record": "add, draft, list, read, admit",
    "journal": "verify, list, search, show, export, prove, new-log, erase, hold, checkpoint, cosign, status, paper",
    "handoff": "show, scan",
    "overview": "what goes on and what is owed, in numbers",
}


def parse(argv: Sequence[str]) -> Namespace:
    """Return the arguments, with ``noun`` and ``verb``; raises ``WrongUsage``, ``SystemExit`` after --help."""
    arguments = parser_of(argv).parse_args(argv)
    _check(arguments)
    return arguments


def parser_of(argv: Sequence[str]) -> Parser:
    """Return the parser of the whole command, with the verbs of the nouns that ``argv`` names."""
    parser = Parser(
        prog="breakglass",
        description="Opens sealed emergency credentials under dual control, offline. Without arguments: the window.",
    )
    parser.set_defaults(station=None, pins=None, as_member=None, json=False, lang=None)
    parser.add_argument(
        "--version", action="version", version=f"breakglass {__version__}", help="which version this is"
    )
    add_common(parser)
    nouns = parser.add_subparsers(dest="noun", metavar="NOUN", required=True)
    for name, help_ in NOUNS.items():
        noun = nouns.add_parser(name, help=help_, description=help_)
        # Only the noun that is asked for gets its verbs: the whole tree would cost each start 10 ms.
        if name in argv:
            import_module(f"console.cli.nouns.{name}").add(noun)
    return parser


def _check(arguments: Namespace) -> None:
    if getattr(arguments, "needs_as", False) and arguments.as_member is None:
        raise WrongUsage(say("This needs to know who acts."), say("Name the person with --as MEMBER."))
    if arguments.verb == "new-log" and bool(arguments.sign) != bool(arguments.keyholder):
        raise WrongUsage(
            say("--sign and --keyholder belong together."), say("Name the proposal and whose token signs it.")
        )
    if (getattr(arguments, "words", None) is None) != (getattr(arguments, "size", None) is None) and (
        arguments.verb == "verify"
    ):
        raise WrongUsage(say("--words and --size belong together."), say("Type both as they stand on the paper."))
    if getattr(arguments, "witness", None) and not arguments.out:
        raise WrongUsage(
            say("--witness needs to know where the request goes."), say("Add --out DIR or --out FILE.png.")
        )
    if arguments.json and getattr(arguments, "out", None) in (1, "-"):
        raise WrongUsage(
            say("--json and --out - both want stdout."), say("Choose one of them, or another descriptor or file.")
        )
