# SPDX-License-Identifier: Apache-2.0
"""The journal held against what came back from outside: a signed state, a witness's signature, words from paper."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import cast

from console.actions.console import Console
from console.actions.journal import heads
from console.actions.journal import reading as journals
from console.domain import words
from console.domain.canonical import Json, Object, from_base64, shaped, to_base64
from console.domain.entries.event import Seen
from console.domain.errors import Corrupt, Refused
from console.domain.journal import checkpoint, cosignature
from console.domain.renewal import number_of

Progress = Callable[[int, int], bool]


def with_note(
    console: Console, note: bytes, *, log: int | None = None, deep: bool = False, progress: Progress | None = None
) -> Object:
    """Return the verdict of ``journal.verify`` with what a state from outside says: ``compared``, and findings.

    ``note``: a checkpoint of this station, or a witness's answer. One that the log key signed and the journal does not
    continue is kept: the alarm stands from the next start on. ``Refused``: checkpoint_of_stranger, checkpoint_of_log.
    """
    origin, seen = _told(console, note)
    number, asked = number_of(origin), log or console.logs.current().number
    if number != asked and not (log is None and number > asked):
        raise Refused("checkpoint_of_log", log=number, asked=asked)
    if log is None:
        # Told below as a finding.
        heads.keep_if_other(console, note)
    verdict = journals.verify(console, deep=deep, progress=progress)
    if number > asked:
        return _with(verdict, seen, "newer_log_outside", f"a state of log {number} came back")
    return _with(verdict, seen, *_against(console, seen))


def with_words(
    console: Console, size: int, typed: Sequence[str], *, deep: bool = False, progress: Progress | None = None
) -> Object:
    """Return the verdict with what 12 words and a size from paper say.

    ``Refused``: words_mistyped, words_nearly, words_of_station. A slip of whoever types says nothing about the journal.
    """
    try:
        prefix = words.from_words(typed)
    except Corrupt as error:
        raise Refused("words_mistyped") from error
    if prefix == words.from_words(words.to_words(console.policy.genesis)):
        raise Refused("words_of_station")
    verdict = journals.verify(console, deep=deep, progress=progress)
    told: dict[str, Json] = {"size": size, "words": " ".join(typed)}
    if size > console.journal.size():
        here = f"the paper says {size} entries, and {console.journal.size()} are here"
        return _finding(verdict, told, "shorter_than_outside", here)
    root = console.journal.root_at(size)
    _check_slip(typed, words.to_words(root))
    if words.from_words(words.to_words(root)) != prefix:
        here = f"at {size} entries the words are here: {' '.join(words.to_words(root))}; root {to_base64(root)}"
        return _finding(verdict, told, "outside_differs", here)
    return _finding(verdict, told, None, "")


def _check_slip(typed: Sequence[str], here: Sequence[str]) -> None:
    """Raise ``Refused`` (words_nearly) where some words alone differ: another journal would share none of them."""
    other = [n for n, (one, word) in enumerate(zip(typed, here, strict=True), 1) if one.strip().lower() != word]
    if 0 < len(other) <= words.COUNT // 3:
        raise Refused("words_nearly", places=", ".join(map(str, other)))


def _told(console: Console, note: bytes) -> tuple[str, Seen]:
    """Return the log and the state of a note that the log key or a witness of the rules signed."""
    found = heads.signed_here(note, console.logs.current())
    if found is not None:
        return found.origin, Seen(found.size, found.root)
    with suppress(Corrupt):
        text, lines = checkpoint.split(note)
        for witness in console.policy.rules.known_witnesses():
            for line in lines:
                if (line[0], line[1][:4]) == (witness.key.name, witness.key.id):
                    cosignature.check(witness.key, line, text)
                    return _read(text)
    raise Refused("checkpoint_of_stranger")


def _read(text: bytes) -> tuple[str, Seen]:
    with shaped("cosignature_shape"):
        origin, size, root = text.decode().split("\n")[:3]
        number_of(origin)
        return origin, Seen(int(size), from_base64(root))


def _against(console: Console, seen: Seen) -> tuple[str | None, str]:
    here = console.journal.size()
    if seen.size > here:
        return "shorter_than_outside", f"outside: {seen}; here: {Seen(here, console.journal.root_at(here))}"
    told = Seen(seen.size, console.journal.root_at(seen.size))
    return (None, "") if told == seen else ("outside_differs", f"outside: {seen}; here: {told}")


def _with(verdict: Object, seen: Seen, code: str | None, detail: str) -> Object:
    return _finding(verdict, seen.to_json(), code, detail)


def _finding(verdict: Object, told: Object, code: str | None, detail: str) -> Object:
    findings = [*cast(Sequence[Json], verdict["findings"])]
    if code is not None:
        findings.append({"code": code, "seq": None, "detail": detail})
    vouched = None if findings else verdict["vouched_until"]
    return {
        **verdict,
        "ok": not findings,
        "vouched_until": vouched,
        "findings": findings,
        "compared": {**told, "same": code is None},
    }
