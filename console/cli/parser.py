# SPDX-License-Identifier: Apache-2.0
"""The parts that the words of the command line are built of: parsers, common options, numbers."""

import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, HelpFormatter

from console.language import LANGUAGES, say

TYPE_CHECKING = False  # The one of ``typing`` would cost every start 6 ms.
if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Iterable
    from typing import Any, NoReturn

    Verbs = Any  # argparse's own type for a group of sub-commands has no public name


WRONG = (
    "the following arguments are required: {names}",
    "unrecognized arguments: {names}",
    "one of the arguments {names} is required",
    "argument {name}: expected one argument",
    "argument {name}: expected at least one argument",
    "argument {name}: invalid choice: {value} (choose from {known})",
    "argument {name}: not allowed with argument {other}",
    "argument {name}: {why}",
)
"""What argparse says of a wrong command line; what is not here stays as it says it."""


class WrongUsage(Exception):
    """The command line is not one; ``what`` happened, ``now`` do this."""

    def __init__(self, what: str, now: str) -> None:
        super().__init__(what)
        self.what = what
        self.now = now


class Help(HelpFormatter):
    """Says each text of a help in the language of this process, when it is printed."""

    def add_usage(
        self, usage: str | None, actions: "Iterable[Action]", groups: "Iterable[Any]", prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, say("usage: ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(heading and say(heading))

    def add_text(self, text: str | None) -> None:
        super().add_text(text and say(text))

    def _get_help_string(self, action: "Action") -> str | None:
        return action.help and say(action.help)


class Parser(ArgumentParser):
    def __init__(self, **options: "Any") -> None:
        # Abbreviated options would make a script mean something else when an option is added.
        super().__init__(allow_abbrev=False, formatter_class=Help, **options)

    def error(self, message: str) -> "NoReturn":
        raise WrongUsage(f"{self.prog}: {_in_words(message)}.", say("See: {prog} --help.", prog=self.prog))


def _in_words(message: str) -> str:
    for text in WRONG:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(text))
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return say(text, **found.groupdict())
    return message


def add_common(parser: ArgumentParser) -> None:
    """Add the options that every verb takes."""
    add = parser.add_argument
    add("--station", metavar="DIR", default=SUPPRESS, help="the station's folder (or BREAKGLASS_STATION)")
    add("--lang", choices=LANGUAGES, default=SUPPRESS, help="the language of what is told to people")
    add("--json", action="store_true", default=SUPPRESS, help="one JSON document on stdout")
    add("--pins", metavar="FILE", default=SUPPRESS, help='TOML of member-id = "pin", yours alone (mode 0600)')
    add("--as", dest="as_member", metavar="MEMBER", default=SUPPRESS, help="who acts")


def add_verb(verbs: "Verbs", name: str, help_: str) -> ArgumentParser:
    """Return the parser of one verb."""
    parser: ArgumentParser = verbs.add_parser(name, help=help_, description=help_)
    add_common(parser)
    return parser


def add_verbs(noun: ArgumentParser) -> "Verbs":
    """Return the group that a noun's verbs are added to."""
    return noun.add_subparsers(dest="verb", metavar="VERB", required=True)


def add_id(parser: ArgumentParser) -> None:
    """Add the activation's id."""
    parser.add_argument("id", metavar="ID", help="the activation")


def add_name(parser: ArgumentParser) -> None:
    """Add the credential's name."""
    parser.add_argument("name", metavar="N", help="the credential")


def add_keyholder(parser: ArgumentParser) -> None:
    """Add the keyholder whose token is used."""
    parser.add_argument("--keyholder", required=True, metavar="N", help="whose token")


def add_from(parser: ArgumentParser) -> None:
    """Add where a secret is read from."""
    help_ = "where the secret is read from: a file, a picture of one QR code, or - for stdin"
    parser.add_argument("--from", dest="source", metavar="FILE", help=help_)


def add_out(parser: ArgumentParser) -> None:
    """Add where a hand-over goes."""
    help_ = "a folder for the pictures, one page FILE.png, or the plain bytes FILE.bg; - is stdout"
    parser.add_argument("--out", required=True, metavar="DIR|FILE", help=help_)


def add_new_token(parser: ArgumentParser) -> None:
    """Add that a token left over from before is put aside."""
    help_ = "nobody knows the PIN of a token in software that is left over: put it aside, and make a new one"
    parser.add_argument("--new-token", action="store_true", help=help_)


def add_files(parser: ArgumentParser) -> None:
    """Add what a hand-over is read from."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="its pictures, their folder, or one file")


def natural(text: str) -> int:
    """Read a whole number from 0."""
    return _whole(text, 0)


def positive(text: str) -> int:
    """Read a whole number from 1."""
    return _whole(text, 1)


def moment(text: str) -> int:
    """Read a time as milliseconds since 1970 UTC: a day or a time, local unless it names its zone."""
    from datetime import datetime

    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except (ValueError, OverflowError) as error:
        raise ArgumentTypeError(
            say("{text} is not a time; write 2026-11-27 or 2026-11-27T18:30", text=repr(text))
        ) from error


def _whole(text: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ArgumentTypeError(say("{text} is not a whole number from {least}", text=repr(text), least=least))
    return int(text)


def descriptor(text: str) -> int:
    """Read an open descriptor's number; - is stdout."""
    return 1 if text == "-" else natural(text)
