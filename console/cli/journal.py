# SPDX-License-Identifier: Apache-2.0
"""``breakglass journal …``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.actions.console import Console
from console.actions.handoff import transfer
from console.actions.journal import comparison, renewal
from console.actions.journal import reading as actions
from console.cli import files, handover, journal_lines, paper, privacy, witness
from console.cli.call import Call, Reply, Verb
from console.cli.progress import shown
from console.domain.canonical import Object
from console.domain.record.note import About
from console.language import say

DOES_NOT_VERIFY = 4
QR_BYTES = 1000
"""A checkpoint fits one picture of this density."""


@contextmanager
def _reading(call: Call) -> Iterator[Console]:
    """Hold the station with the log that is asked for."""
    with call.console() as console, actions.of_log(console, call.arguments.log) as chosen:
        yield chosen


def verify(call: Call) -> Reply[Object]:
    """Check the whole journal, also against what came back from outside."""
    asked = call.arguments
    note = handover.take_in(asked.checkpoint) if asked.checkpoint else None
    with _reading(call) as console, shown(say("Verifying")) as progress:
        if note is not None:
            value = comparison.with_note(console, note, log=asked.log, deep=asked.deep, progress=progress)
        elif asked.words is not None:
            typed = asked.words.split()
            value = comparison.with_words(console, asked.size, typed, deep=asked.deep, progress=progress)
        else:
            value = actions.verify(console, deep=asked.deep, progress=progress)
        return Reply(value, journal_lines.verdict, 0 if value["ok"] else DOES_NOT_VERIFY)


def list_all(call: Call) -> Reply[Object]:
    """One page of entries."""
    asked = call.arguments
    with _reading(call) as console:
        value = actions.list_entries(console, type_=asked.type, act=asked.act, after=asked.after, limit=asked.limit)
        return Reply(value, journal_lines.entries)


def search(call: Call) -> Reply[Object]:
    """Sought entries, newest first; a long search goes on until it has enough or has looked at all."""
    asked = call.arguments

    def page(before: int | None, limit: int) -> Object:
        return actions.search(
            console,
            asked.text,
            type_=asked.type,
            act=asked.act,
            person=asked.person,
            since_ms=asked.since,
            until_ms=asked.until,
            before=before,
            limit=limit,
        )

    with _reading(call) as console, shown(say("Searching")) as progress:
        value = actions.search_on(console, page, before=asked.before, limit=asked.limit, progress=progress)
        return Reply(value, journal_lines.found)


def show(call: Call) -> Reply[Object]:
    """One entry."""
    with _reading(call) as console:
        return Reply(actions.show_entry(console, call.arguments.seq), journal_lines.entry)


def export(call: Call) -> Reply[Object]:
    """The journal for somebody without this program."""
    asked = call.arguments
    about = About(asked.matter, asked.activation)
    tokens = [asked.keyholder] if asked.keyholder else []
    with call.console(*tokens) as console, shown(say("Exporting")) as progress:
        value = actions.export(
            console,
            Path(asked.folder),
            audience=asked.audience,
            log=asked.log,
            reader=asked.keyholder,
            about=about,
            progress=progress,
        )
        return Reply(value, journal_lines.exported)


def prove(call: Call) -> Reply[Object]:
    """One entry, provable without the rest."""
    asked = call.arguments
    tokens = [asked.keyholder] if asked.keyholder else []
    with call.console(*tokens) as console:
        value, data = actions.prove(console, asked.seq, log=asked.log, reader=asked.keyholder)
        files.write(asked.out, data)
        return Reply(value, journal_lines.proved, to_stderr=asked.out == "-")


def new_log(call: Call) -> Reply[Object]:
    """The way out of the alarm: propose a new log, or sign a proposal; the second signature begins it."""
    asked = call.arguments
    if asked.sign is None:
        with call.console() as console:
            return Reply(renewal.propose(console, asked.reason), journal_lines.renewal)
    with call.console(asked.keyholder) as console:
        return Reply(renewal.sign(console, asked.sign, asked.keyholder), journal_lines.renewal)


def checkpoint(call: Call) -> Reply[Object]:
    """The newest signed state, also as a picture, or as a request to a witness."""
    if call.arguments.witness:
        return witness.ask(call)
    with call.console() as console:
        value = actions.checkpoint(console)
        if call.arguments.qr:
            note = str(value["note"]).encode()
            (picture,) = transfer.pictures(console.codes, note, frame_bytes=QR_BYTES)
            files.write(call.arguments.qr, picture)
        return Reply(value, journal_lines.checkpoint, to_stderr=call.arguments.qr == "-")


VERBS: dict[str, Verb] = {
    "verify": verify,
    "list": list_all,
    "search": search,
    "show": show,
    "export": export,
    "prove": prove,
    "new-log": new_log,
    "checkpoint": checkpoint,
    **witness.STATION,
    **privacy.VERBS,
    **paper.VERBS,
}
