# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass keyholder …``."""

from argparse import ArgumentParser

from console.cli.nouns.answer import add_own_console
from console.cli.nouns.readiness import add_proof
from console.cli.nouns.recovery import add_recovery
from console.cli.nouns.suspension import add_suspension
from console.cli.parser import add_files, add_new_token, add_out, add_verb, add_verbs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    list_ = add_verb(verbs, "list", "everybody in the roster, and who stands in for whom")
    list_.add_argument("--contacts", action="store_true", help="also how they are reached")
    _joining(verbs)
    _elsewhere(verbs)
    add_own_console(verbs)
    _custody(verbs)
    add_recovery(verbs)
    add_suspension(verbs)
    add_proof(verbs)
    contact = add_verb(verbs, "contact", "how a person is reached; what is left out stays as it was")
    _add_person(contact)
    contact.add_argument("--phone", default="", metavar="TEXT", help="the number to call at night")
    contact.add_argument("--mail", default="", metavar="TEXT")
    contact.add_argument("--reach", default="", metavar="TEXT", help="what else one must know to reach them")
    contact.add_argument("--deputy", default="", metavar="M", help="who of the same group is called next")


def _joining(verbs: "Verbs") -> None:
    enrol = add_verb(verbs, "enrol", "propose a person, or a person's new token; the quorum signs it")
    _add_token(enrol)
    enrol.add_argument("--card", nargs="+", metavar="FILE", help="the card of somebody who is away")
    enrol.add_argument("--words", metavar="TEXT", help="the card's 12 words, as its owner read them aloud")
    enrol.add_argument("--new-group", action="store_true", help="the role may be a group that is new")
    enrol.add_argument("--onto", metavar="ID", help="an open proposal that this one shall hold, too")
    make = add_verb(verbs, "make-card", "on your own console: make your enrolment card")
    _add_token(make)
    add_out(make)


def _elsewhere(verbs: "Verbs") -> None:
    step = add_verb(verbs, "step", "a proposal for somebody who is not here")
    step.add_argument("id", metavar="ID", help="the proposal")
    add_out(step)
    sign = add_verb(verbs, "sign-step", "on your own console: read a proposal in words and sign it")
    add_files(sign)
    sign.add_argument("--words", metavar="TEXT", help="the station's 12 words, unless this console has its card")
    add_out(sign)


def _custody(verbs: "Verbs") -> None:
    custody = add_verb(verbs, "custody", "who held which token and which shares, from when to when")
    custody.add_argument("--pdf", metavar="FILE", help="also as printable pages")
    for name, help_ in (
        ("returned", "write down that an old token was handed back"),
        ("destroyed", "write down that an old token was destroyed"),
    ):
        fate = add_verb(verbs, name, help_)
        _add_person(fate)
        fate.add_argument("--note", required=True, metavar="TEXT", help="who took it, or who watched")


def _add_person(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="N", help="the person")


def _add_token(parser: ArgumentParser) -> None:
    parser.add_argument("--id", metavar="ID", help="the short name, e.g. legal-3")
    parser.add_argument("--name", metavar="N", help="the person's full name")
    parser.add_argument("--role", metavar="GROUP", help="legal, it, another group, or operator")
    parser.add_argument(
        "--module", default="softhsm", metavar="SO", help="the PKCS#11 library; software: a key file (softhsm)"
    )
    parser.add_argument("--token", default="", metavar="LABEL", help="the token's label")
    parser.add_argument("--folder", metavar="DIR", help="with softhsm or software: where the keys are kept")
    add_new_token(parser)
    parser.add_argument("--init", default="", metavar="TEXT", help="what the module is told at its start")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="LABEL",
        help="another key on this token, whatever it opens; once for each",
    )
    parser.add_argument(
        "--attestation",
        action="append",
        default=[],
        metavar="FILE",
        help="a certificate of the token's maker, PEM or DER; once for each",
    )
