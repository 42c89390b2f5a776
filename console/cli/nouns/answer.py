# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass keyholder card | pin | answer``."""

from console.cli.nouns.witness import add_being_witness
from console.cli.parser import add_files, add_out, add_verb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add_own_console(verbs: "Verbs") -> None:
    """Add what a keyholder's own console needs."""
    card = add_verb(verbs, "card", "introduce this station to a keyholder's own console")
    card.add_argument("name", metavar="N", help="the keyholder")
    add_out(card)
    pin = add_verb(verbs, "pin", "on your own console: know a station by its card and its 12 words")
    add_files(pin)
    pin.add_argument("--words", metavar="TEXT", help="the 12 words, from paper or read aloud, in one text")
    answer = add_verb(verbs, "answer", "on your own console: read a request in words and answer it")
    add_files(answer)
    add_out(answer)
    answer.add_argument("--matter", action="append", metavar="M", help="a matter number, typed again; once for each")
    answer.add_argument(
        "--confirm", action="append", metavar="WHAT", help="what is confirmed, e.g. privilege; once for each"
    )
    no = answer.add_mutually_exclusive_group()
    no.add_argument("--deny", metavar="R", help="deny it, for this reason")
    no.add_argument("--veto", metavar="R", help="end it, though it may be open already, for this reason")
    add_being_witness(verbs)
