# SPDX-License-Identifier: Apache-2.0
"""The words of the command line: nouns, verbs and options as COMMANDS names them; no other module of ours is needed."""

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence

TYPE_CHECKING = False  # The one of ``typing`` would cost every start 6 ms.
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Verbs = Any  # argparse's own type for a group of sub-commands has no public name


class WrongUsage(Exception):
    """The command line is not one; ``what`` happened, ``now`` do this."""

    def __init__(self, what: str, now: str) -> None:
        super().__init__(what)
        self.what = what
        self.now = now


class _Parser(ArgumentParser):
    def __init__(self, **options: "Any") -> None:
        # Abbreviated options would make a script mean something else when an option is added.
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> "NoReturn":
        raise WrongUsage(f"{self.prog}: {message}.", f"See: {self.prog} --help.")


def parse(argv: Sequence[str]) -> Namespace:
    """Return the arguments, with ``noun`` and ``verb``; raises ``WrongUsage``, ``SystemExit`` after --help."""
    parser = _Parser(
        prog="breakglass",
        description="Opens sealed emergency credentials under dual control, offline. Without arguments: the window.",
    )
    parser.set_defaults(station=None, pins=None, as_member=None, json=False)
    _add_common(parser)
    nouns = parser.add_subparsers(dest="noun", metavar="NOUN", required=True)
    for name, (help_, add_verbs) in NOUNS.items():
        noun = nouns.add_parser(name, help=help_, description=help_)
        # Only the noun that is asked for gets its verbs: the whole tree would cost each start 10 ms.
        if name in argv:
            add_verbs(noun)
    arguments = parser.parse_args(argv)
    _check(arguments)
    return arguments


def _check(arguments: Namespace) -> None:
    if getattr(arguments, "needs_as", False) and arguments.as_member is None:
        raise WrongUsage("This needs to know who acts.", "Name the person with --as MEMBER.")
    if arguments.json and getattr(arguments, "out", None) in (1, "-"):
        raise WrongUsage(
            "--json and --out - both want stdout.", "Choose one of them, or another descriptor or file."
        )


def _add_common(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("--station", metavar="DIR", default=SUPPRESS, help="the station's folder (or BREAKGLASS_STATION)")
    add("--json", action="store_true", default=SUPPRESS, help="one JSON document on stdout")
    add("--pins", metavar="FILE", default=SUPPRESS, help='TOML of member-id = "pin", yours alone (mode 0600)')
    add("--as", dest="as_member", metavar="MEMBER", default=SUPPRESS, help="who acts")


def _verb(verbs: "Verbs", name: str, help_: str) -> ArgumentParser:
    parser: ArgumentParser = verbs.add_parser(name, help=help_, description=help_)
    _add_common(parser)
    return parser


def _verbs(noun: ArgumentParser) -> "Verbs":
    return noun.add_subparsers(dest="verb", metavar="VERB", required=True)


def _demo(noun: ArgumentParser) -> None:
    noun.set_defaults(verb="demo")
    noun.add_argument("--headless", action="store_true", help="tell the whole emergency in the terminal")
    noun.add_argument("folder", nargs="?", metavar="DIR", help="where the throw-away station is made")


def _station(noun: ArgumentParser) -> None:
    verbs = _verbs(noun)
    init = _verb(verbs, "init", "found a station: make its keys, propose the founding document")
    init.add_argument("--config", required=True, metavar="FILE", help="the station.toml to found it with")
    unlock = _verb(verbs, "unlock", "unlock the station by one person's token (--as)")
    unlock.set_defaults(needs_as=True)
    _verb(verbs, "lock", "lock the station for every window and command")
    _verb(verbs, "check", "is everything ready for an emergency; exit status 3 if not")


def _policy(noun: ArgumentParser) -> None:
    verbs = _verbs(noun)
    _verb(verbs, "genesis", "the founding document in words, and who has not signed it")
    _verb(verbs, "words", "its 12 words, for comparing aloud")
    _verb(verbs, "show", "people, classes and limits")
    sign = _verb(verbs, "sign", "sign the founding document on a keyholder's own token")
    sign.add_argument("id", metavar="ID", help="genesis, or its full hash")
    _add_keyholder(sign)


def _keyholder(noun: ArgumentParser) -> None:
    _verb(_verbs(noun), "list", "everybody in the roster")


def _credential(noun: ArgumentParser) -> None:
    verbs = _verbs(noun)
    seal = _verb(verbs, "seal", "seal a secret; without --from it is typed twice")
    seal.add_argument("--name", required=True, metavar="N")
    seal.add_argument(
        "--kind", required=True, metavar="KIND", help="password, api-key, codes, totp or certificate"
    )
    seal.add_argument("--class", dest="class_", required=True, metavar="C", help="a class of the policy")
    _add_from(seal)
    seal.add_argument("--card", metavar="FILE", help="the use card as TOML")
    for name, help_ in (
        ("target", "which system"),
        ("account", "which account"),
        ("rotate", "how to rotate it"),
    ):
        seal.add_argument(f"--{name}", metavar="TEXT", help=f"use card: {help_}")
    _verb(verbs, "list", "every credential and its state")
    _add_name(_verb(verbs, "show", "one credential with its use card, never the secret"))
    rotate = _verb(verbs, "rotate", "seal a new version; the old one stays until the new one is confirmed")
    _add_name(rotate)
    _add_from(rotate)
    confirm = _verb(verbs, "confirm", "confirm a new version as a second keyholder (--as)")
    _add_name(confirm)
    confirm.add_argument("--evidence", required=True, metavar="REF", help="how you saw that it works")
    confirm.set_defaults(needs_as=True)


def _activation(noun: ArgumentParser) -> None:
    verbs = _verbs(noun)
    request = _verb(verbs, "request", "file a request; with --as the requester's token signs it")
    request.add_argument("--file", required=True, metavar="FILE", help="the request.toml")
    approve = _verb(verbs, "approve", "approve on a keyholder's own token")
    _add_id(approve)
    _add_keyholder(approve)
    approve.add_argument(
        "--matter", action="append", metavar="M", help="restate a matter number; once for each"
    )
    approve.add_argument(
        "--confirm", action="append", metavar="WHAT", help="what is confirmed, e.g. privilege; once for each"
    )
    deny = _verb(verbs, "deny", "deny on a keyholder's own token")
    _add_id(deny)
    _add_keyholder(deny)
    deny.add_argument("--reason", required=True, metavar="R")
    _activation_turns(verbs)
    _activation_course(verbs)


def _activation_turns(verbs: "Verbs") -> None:
    extend = _verb(verbs, "extend", "more time: one keyholder of each role")
    extend.add_argument("--minutes", type=_positive, required=True, metavar="M")
    reset = _verb(verbs, "reset", "more showings: one keyholder of each role")
    reset.add_argument(
        "--releases", type=_positive, default=0, metavar="N", help="as many as requested, unless said"
    )
    resume = _verb(verbs, "resume", "go on after the clock went back: one keyholder of each role")
    for parser in (extend, reset, resume):
        _add_id(parser)
        parser.add_argument("--keyholder", action="append", required=True, metavar="N", help="once for each")


def _activation_course(verbs: "Verbs") -> None:
    for name, help_ in (
        ("withdraw", "take a request back before it is opened"),
        ("open", "open it, once the quorum has approved"),
        ("end", "end it now"),
        ("close", "close it, once everything owed is done"),
        ("show", "everything about one activation"),
    ):
        _add_id(_verb(verbs, name, help_))
    _verb(verbs, "list", "every activation")
    release = _verb(verbs, "release", "show one secret or one code")
    _add_id(release)
    release.add_argument("credential", metavar="CREDENTIAL")
    where = release.add_mutually_exclusive_group()
    where.add_argument("--show", action="store_true", help="on the terminal; without one, on stdout")
    where.add_argument("--qr", metavar="FILE", help="a code as a picture; - draws it on the terminal")
    where.add_argument(
        "--out", type=_descriptor, metavar="FD", help="bare, to an open descriptor; - is stdout"
    )
    summary = _verb(verbs, "summary", "the one-page incident summary as PDF")
    _add_id(summary)
    summary.add_argument("--out", required=True, metavar="FILE")


def _journal(noun: ArgumentParser) -> None:
    verbs = _verbs(noun)
    verify = _verb(verbs, "verify", "check the whole journal; exit status 4 on any finding")
    verify.add_argument(
        "--deep", action="store_true", help="also form, order, signatures and protected fields"
    )
    list_ = _verb(verbs, "list", "entries, oldest first")
    list_.add_argument("--type", metavar="T", help="only entries of this type")
    list_.add_argument("--act", metavar="ID", help="only entries of this activation")
    list_.add_argument(
        "--after", type=_natural, default=-1, metavar="SEQ", help="only entries after this number"
    )
    list_.add_argument("--limit", type=_positive, default=200, metavar="N", help="at most so many (200)")
    show = _verb(verbs, "show", "one entry with the fields that this station can open")
    show.add_argument("seq", type=_natural, metavar="SEQ")
    export = _verb(verbs, "export", "the journal with a verifier, for somebody without this program")
    export.add_argument("folder", metavar="DIR")
    export.add_argument("--for", dest="audience", default="auditor", metavar="WHOM", help="facts or auditor")
    checkpoint = _verb(verbs, "checkpoint", "the newest signed state of the journal")
    checkpoint.add_argument("--qr", metavar="FILE", help="also as a picture")


def _handoff(noun: ArgumentParser) -> None:
    verbs = _verbs(noun)
    show = _verb(verbs, "show", "a file as pictures")
    show.add_argument("file", metavar="FILE")
    show.add_argument("--out", required=True, metavar="DIR|FILE.png")
    show.add_argument("--bytes", type=_positive, default=300, metavar="N", help="in one picture (300)")
    scan = _verb(verbs, "scan", "pictures as a file again")
    scan.add_argument("images", nargs="+", metavar="IMAGE")
    scan.add_argument("--out", metavar="FILE", help="where to write what they hold")


NOUNS: dict[str, tuple[str, Callable[[ArgumentParser], None]]] = {
    "demo": ("a throw-away station to try everything on", _demo),
    "station": ("init, unlock, lock, check", _station),
    "policy": ("genesis, words, show, sign", _policy),
    "keyholder": ("list", _keyholder),
    "credential": ("seal, list, show, rotate, confirm", _credential),
    "activation": (
        "request, approve, deny, extend, reset, resume, withdraw, open, release, end, close, show, list, summary",
        _activation,
    ),
    "journal": ("verify, list, show, export, checkpoint", _journal),
    "handoff": ("show, scan", _handoff),
}


def _add_id(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the activation")


def _add_name(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="N", help="the credential")


def _add_keyholder(parser: ArgumentParser) -> None:
    parser.add_argument("--keyholder", required=True, metavar="N", help="whose token")


def _add_from(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--from", dest="source", metavar="FILE", help="where the secret is read from; - is stdin"
    )


def _natural(text: str) -> int:
    return _whole(text, 0)


def _positive(text: str) -> int:
    return _whole(text, 1)


def _whole(text: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ArgumentTypeError(f"{text!r} is not a whole number from {least}")
    return int(text)


def _descriptor(text: str) -> int:
    return 1 if text == "-" else _natural(text)
