# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass record …``."""

from argparse import ArgumentParser

from console.cli.parser import add_keyholder, add_verb, add_verbs, descriptor, natural, positive

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs

KINDS, TRACKS = ("note",), ("facts", "counsel")


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    _add_add(add_verb(verbs, "add", "write something down for good: for everybody here, or for Legal's readers"))
    _add_drafts(add_verb(verbs, "draft", "what is not final yet: save, list, show, move, discard"))
    list_ = add_verb(verbs, "list", "what was written down; of counsel's notes only that there is one")
    read = add_verb(verbs, "read", "show counsel's notes to one of Legal's readers; the reading is an entry")
    read.add_argument("--seq", type=natural, metavar="SEQ", help="only the note with this number")
    add_keyholder(read)
    _add_out(read)
    for reading in (list_, read):
        add_about(reading)
        reading.add_argument("--log", type=positive, metavar="N", help="an older log, from before an alarm")
    _add_admit(add_verb(verbs, "admit", "let newcomers of Legal read counsel's notes from before their time"))


def add_about(parser: ArgumentParser) -> None:
    """Add what notes are about."""
    parser.add_argument("--matter", metavar="M", help="only notes about this matter")
    parser.add_argument("--activation", metavar="ID", help="only notes about this activation")


def _add_add(parser: ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help="note")
    parser.add_argument("--track", choices=TRACKS, metavar="TRACK", help="facts, or counsel: sealed for Legal alone")
    source = parser.add_mutually_exclusive_group(required=True)
    _add_file(source)
    source.add_argument("--draft", metavar="ID", help="make this draft final, all of it, and destroy it")


def _add_drafts(parser: ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    save = add_verb(steps, "save", "save one part of a draft; the other part stays as it is")
    save.add_argument("--track", choices=TRACKS, metavar="TRACK", required=True, help="facts or counsel")
    _add_file(save, required=True)
    save.add_argument("--draft", metavar="ID", help="the draft; a new one if left out")
    add_verb(steps, "list", "one's own drafts")
    show = _add_step(steps, "show", "show a draft to the person who writes it")
    _add_out(show)
    move = _add_step(steps, "move", "move the facts of a draft to counsel's part; there is no way back")
    move.add_argument("--passage", metavar="FILE", help="only this passage, read from a file; - is stdin")
    _add_step(steps, "discard", "destroy a draft for good")


def _add_step(steps: "Verbs", name: str, help_: str) -> ArgumentParser:
    step = add_verb(steps, name, help_)
    step.add_argument("draft", metavar="ID", help="the draft")
    return step


def _add_admit(parser: ArgumentParser) -> None:
    parser.add_argument(
        "member", nargs="+", metavar="N", help="a person of Legal, or sheets: the recovery sheets in force"
    )
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--keyholder", metavar="N", help="the reader whose token opens what they may read")
    how.add_argument("--sheets", action="store_true", help="Legal's recovery sheets instead: no reader is left")
    parser.add_argument(
        "--words", metavar="FD", help="with --sheets: from an open descriptor, a sheet a line; - is stdin"
    )
    parser.add_argument("--again", metavar="REASON", help="why sheets that are spent are used once more")


def _add_file(parser: "Verbs", *, required: bool = False) -> None:
    more = {"required": True} if required else {}
    parser.add_argument("--file", metavar="FIELDS.toml", help="title, text, matter, activation; - is stdin", **more)


def _add_out(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=descriptor, metavar="FD", help="an open descriptor instead of the screen; - is stdout"
    )
