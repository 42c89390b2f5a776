# SPDX-License-Identifier: Apache-2.0
"""Which fields of a log were erased: those whose opening key is gone and that a later entry names by their scope."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

from console.adapters.journal.context import RETIRED, Context
from console.adapters.journal.reader import Filter, read_chunk
from console.adapters.journal.thread import JournalThread
from console.domain.entries.entry import Entry, parse, scope_of
from console.domain.privacy import erasure

WITHHELD, ERASED, LOST = "withheld", "erased", "lost"


def erased_at(thread: JournalThread, context: Context, size: int) -> dict[str, int]:
    """Return scope -> the entry before which it was erased with authority; ``size`` where a newer log says so."""
    later = dict.fromkeys(context.erased_later, size) if context.barred == RETIRED else {}
    return erasure.erased_at(_entries(thread, size)) | later


def states(thread: JournalThread, context: Context, size: int) -> Callable[[Entry], str]:
    """Return what tells why a field of an entry is not opened in an export: withheld, erased or lost."""
    here = erasure.erased_at(_entries(thread, size))

    def state_of(entry: Entry) -> str:
        if entry.track != "facts":
            return WITHHELD
        scope = scope_of(entry)
        if context.opening_key(scope, create=False) is not None:
            return WITHHELD
        if here.get(scope, -1) > entry.seq:
            return ERASED
        # To a log that another one follows nothing can be added: the entry that says it stands in the newer one.
        return WITHHELD if context.barred == RETIRED and scope in context.erased_later else LOST

    return state_of


def _entries(thread: JournalThread, size: int) -> Iterator[Entry]:
    wanted: Filter | None = Filter(None, erasure.ERASED, -1, size, newest_first=False)
    while wanted is not None:
        answer = thread.run(partial(read_chunk, wanted=wanted, limit=None))
        bodies, wanted = cast(tuple[list[bytes], Filter | None], answer)
        yield from map(parse, bodies)
