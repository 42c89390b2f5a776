# SPDX-License-Identifier: Apache-2.0
"""``breakglass record …``. What counsel wrote goes to the reader's screen, or to a descriptor that the reader opens."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from console import wording
from console.actions.console import Console
from console.actions.journal.reading import of_log
from console.actions.record import counsel, drafts
from console.actions.record import notes as actions
from console.cli import files, text
from console.cli.call import Call, Reply, Verb
from console.cli.parser import WrongUsage
from console.cli.plain import plain
from console.cli.recovery import typed_words
from console.cli.screens import DescriptorScreen, TerminalScreen, check_descriptor
from console.domain.canonical import Json, Object
from console.domain.errors import Refused
from console.domain.record.note import COUNSEL, About
from console.language import say

READING_SECONDS = 1800
"""How long one sitting shows one note at the most."""


def add(call: Call) -> Reply[Object]:
    """A note, from its fields or from a draft."""
    asked = call.arguments
    if (asked.draft is None) != (asked.track is not None):
        raise WrongUsage(say("--track belongs to --file."), say("A draft says itself what goes where."))
    if asked.draft is not None:
        with call.console() as console:
            return Reply(drafts.finish(console, asked.draft), _written)
    fields = _fields(call)
    with call.console() as console:
        return Reply(actions.add(console, asked.kind, asked.track, fields), _written)


def draft(call: Call) -> Reply[Object]:
    """Take the step that was asked for."""
    return STEPS[call.arguments.step](call)


def list_all(call: Call) -> Reply[Object]:
    """What was written down."""
    with call.console() as console, of_log(console, call.arguments.log) as chosen:
        return Reply(actions.list_notes(console, _about(call), chosen.journal), _listed)


def read(call: Call) -> Reply[Object]:
    """Counsel's notes, for the reader whose token opens them."""
    asked = call.arguments
    with call.console(asked.keyholder) as console, of_log(console, asked.log) as chosen:
        screen = _screen(call, console)
        found = counsel.read(console, asked.keyholder, about=_about(call), seq=asked.seq, journal=chosen.journal)
    notes = cast(Sequence[text.Row], found["notes"])
    for note in notes:
        _show(screen, f"{note['seq']}  {text.when(str(note['time']))}  {note['by']}", note)
    shown: list[Json] = [{name: note[name] for name in ("seq", "time", "by", "activation", "matter")} for note in notes]
    return Reply({"notes": shown, "closed": found["closed"]}, _read, to_stderr=asked.out == files.STDOUT)


def admit(call: Call) -> Reply[Object]:
    """Newcomers, by a reader's token or by Legal's recovery sheets."""
    asked = call.arguments
    if not asked.sheets:
        with call.console(asked.keyholder) as console:
            return Reply(counsel.admit(console, asked.member, asked.keyholder), _admitted)
    words = typed_words(call)
    with call.console() as console:
        return Reply(counsel.admit_by_sheets(console, asked.member, words, again=asked.again), _admitted)


# --- drafts -----------------------------------------------------------------------------------------------


def _save(call: Call) -> Reply[Object]:
    asked, fields = call.arguments, _fields(call)
    with call.console() as console:
        return Reply(drafts.save(console, asked.track, fields, asked.draft), _kept)


def _list_drafts(call: Call) -> Reply[Object]:
    with call.console() as console:
        return Reply(drafts.list_drafts(console), _drafts)


def _show_draft(call: Call) -> Reply[Object]:
    with call.console() as console:
        screen = _screen(call, console)
        found = drafts.show(console, call.arguments.draft)
    for track in ("facts", COUNSEL):
        part = cast(text.Row, found[track])
        if part["text"]:
            _show(screen, f"{found['draft']}  {track}", part)
    said = {name: value for name, value in found.items() if name not in ("facts", COUNSEL)}
    return Reply(said, _kept, to_stderr=call.arguments.out == files.STDOUT)


def _move(call: Call) -> Reply[Object]:
    source = call.arguments.passage
    passage = None if source is None else files.as_text(files.read(source).decode(errors="replace"), source, "passage")
    with call.console() as console:
        return Reply(drafts.move(console, call.arguments.draft, passage), _kept)


def _discard(call: Call) -> Reply[Object]:
    with call.console() as console:
        return Reply(drafts.discard(console, call.arguments.draft), lambda _: [say("It is destroyed.")])


def _about(call: Call) -> About:
    return About(call.arguments.matter, call.arguments.activation)


def _fields(call: Call) -> Object:
    source = call.arguments.file
    if call.arguments.track == COUNSEL and source != "-":
        call.terminal.say("plaintext_note", file=source)
    return files.read_toml(source)


# --- showing ------------------------------------------------------------------------------------------------


def _screen(call: Call, console: Console) -> TerminalScreen | DescriptorScreen:
    """Return where the text goes, before anything is opened; ``Refused``: read_where, and as a release."""
    out = call.arguments.out
    if out is not None:
        check_descriptor(out, is_real=console.policy.roster.mode == "real")
        return DescriptorScreen(out, end=b"\n")
    if not call.terminal.has_terminal():
        raise Refused("read_where")
    return TerminalScreen(call.terminal)


def _show(screen: TerminalScreen | DescriptorScreen, title: str, note: text.Row) -> None:
    said = plain(f"{title}\n{note['title']}\n\n{note['text']}\n").encode()
    screen.show(str(note["title"]), memoryview(said), kind="note", seconds=READING_SECONDS)


def _written(value: Object) -> Iterator[str]:
    yield text.when(str(value["time"]))
    for row in cast(Sequence[text.Row], value["entries"]):
        yield say("entry {seq}, {track}", seq=row["seq"], track=wording.TRACKS[str(row["track"])])


def _untitled(row: text.Row) -> str:
    return say("(sealed)") if row["track"] == "counsel" else say("(erased)")


def _listed(value: Object) -> Iterator[str]:
    cells = [
        [
            row["seq"],
            text.when(str(row["time"])),
            wording.TRACKS[str(row["track"])],
            row["by"],
            row["matter"] or row["activation"],
            row["title"] or _untitled(row),
        ]
        for row in cast(Sequence[text.Row], value["notes"])
    ]
    return text.table(text.titles("number", "time", "for", "who", "about", "title"), cells)


def _read(value: Object) -> Iterator[str]:
    yield say("Notes shown: {count}. The journal says so.", count=len(cast(Sequence[Json], value["notes"])))
    if closed := cast(Sequence[int], value["closed"]):
        yield say(
            "Not for this reader's token: {closed}. Another reader can admit them.", closed=", ".join(map(str, closed))
        )


def _admitted(value: Object) -> Iterator[str]:
    return text.facts([(say("admitted"), value["admitted"]), (say("keys opened to them"), value["keys"])])


def _kept(value: Object) -> Iterator[str]:
    tracks = [wording.TRACKS[track] for track in cast(Sequence[str], value["tracks"])]
    return text.facts(
        [
            (say("draft"), value["draft"]),
            (say("saved"), text.when(str(value["saved"]))),
            (say("for"), cast(Json, tracks)),
            (say("matter"), value["matter"]),
            (say("activation"), value["activation"]),
        ]
    )


def _drafts(value: Object) -> Iterator[str]:
    cells = [
        [row["draft"], text.when(str(row["saved"])), row["tracks"], row["title"]]
        for row in cast(Sequence[text.Row], value["drafts"])
    ]
    yield from text.table(text.titles("draft", "saved", "parts", "title"), cells)
    if value["of_others"]:
        yield say("Of other people: {of_others}", of_others=value["of_others"])
    if value["lost"]:
        yield say("Closed for good, with the security module before this one: {lost}", lost=value["lost"])
    for name in cast(Sequence[str], value["damaged"]):
        yield say("Damaged, not as it was written: {name}", name=name)


STEPS: Mapping[str, Verb] = {
    "save": _save,
    "list": _list_drafts,
    "show": _show_draft,
    "move": _move,
    "discard": _discard,
}
VERBS: dict[str, Verb] = {"add": add, "draft": draft, "list": list_all, "read": read, "admit": admit}
