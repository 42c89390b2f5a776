# SPDX-License-Identifier: Apache-2.0
"""The words of ``breakglass journal …``."""

from argparse import ArgumentParser

from console.cli.nouns.paper import add_paper
from console.cli.nouns.privacy import add_privacy
from console.cli.nouns.record import add_about
from console.cli.nouns.witness import add_comparing, add_witnessing
from console.cli.parser import add_verb, add_verbs, moment, natural, positive

TYPE_CHECKING = False  # The one of ``typing`` would cost every start 6 ms.
if TYPE_CHECKING:
    from console.cli.parser import Verbs


def add(noun: ArgumentParser) -> None:
    """Add its verbs."""
    verbs = add_verbs(noun)
    verify = add_verb(verbs, "verify", "check the whole journal; exit status 4 on any finding")
    verify.add_argument("--deep", action="store_true", help="also form, order, signatures and protected fields")
    add_comparing(verify)
    list_ = add_verb(verbs, "list", "entries, oldest first")
    list_.add_argument("--type", metavar="T", help="only entries of this type")
    list_.add_argument("--act", metavar="ID", help="only entries of this activation")
    list_.add_argument("--after", type=natural, default=-1, metavar="SEQ", help="only entries after this number")
    list_.add_argument("--limit", type=positive, default=200, metavar="N", help="at most so many (200)")
    search = _add_search(verbs)
    show = add_verb(verbs, "show", "one entry with the fields that this station can open")
    show.add_argument("seq", type=natural, metavar="SEQ")
    export = add_verb(verbs, "export", "the journal with a verifier, for somebody without this program")
    export.add_argument("folder", metavar="DIR")
    export.add_argument(
        "--for", dest="audience", default="auditor", metavar="WHOM", help="facts, counsel or auditor; never both tracks"
    )
    export.add_argument("--keyholder", metavar="N", help="for counsel: the reader whose token opens the notes")
    add_about(export)
    for reading in (verify, list_, search, show, export, _add_prove(verbs)):
        reading.add_argument("--log", type=positive, metavar="N", help="an older log, from before an alarm")
    new_log = add_verb(verbs, "new-log", "under the alarm: propose a new log, or sign it on a keyholder's token")
    new_log.add_argument("--reason", default="", metavar="TEXT", help="why; the alarm's own codes if left out")
    new_log.add_argument("--sign", metavar="ID", help="sign this proposal instead")
    new_log.add_argument("--keyholder", metavar="N", help="whose token signs")
    add_privacy(verbs)
    checkpoint = add_verb(verbs, "checkpoint", "the newest signed state of the journal")
    checkpoint.add_argument("--qr", metavar="FILE", help="also as a picture")
    add_witnessing(verbs, checkpoint)
    add_paper(verbs)


def _add_prove(verbs: "Verbs") -> ArgumentParser:
    prove = add_verb(verbs, "prove", "proof of one entry, without the rest, for somebody without this program")
    prove.add_argument("seq", type=natural, metavar="SEQ")
    prove.add_argument("--out", required=True, metavar="FILE", help="where to write it, best as NAME.tlog-proof")
    prove.add_argument("--keyholder", metavar="N", help="a note of counsel: the reader whose token opens it")
    return prove


def _add_search(verbs: "Verbs") -> ArgumentParser:
    search = add_verb(verbs, "search", "entries with these words, or of a person or a time, newest first")
    search.add_argument(
        "text",
        nargs="?",
        default="",
        metavar="TEXT",
        help="beginnings of words, or of people's names; fields that open here count too",
    )
    search.add_argument("--type", metavar="T", help="only entries of this type")
    search.add_argument("--act", metavar="ID", help="only entries of this activation")
    search.add_argument("--person", metavar="N", help="only what this person did, or what is about them")
    search.add_argument(
        "--since", type=moment, metavar="TIME", help="only from this time on: 2026-11-27, or with T18:30"
    )
    search.add_argument("--until", type=moment, metavar="TIME", help="only before this time")
    search.add_argument("--before", type=natural, metavar="SEQ", help="only entries before this number")
    search.add_argument("--limit", type=positive, default=200, metavar="N", help="at most so many (200)")
    return search
