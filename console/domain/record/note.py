# SPDX-License-Identifier: Apache-2.0
"""What people write down: notes on the facts track and on counsel's, and their drafts.

    saved ── a sentence moves from the facts to counsel, never back ──> finished, or discarded

One draft holds both parts, so that moving a sentence is one change of one file, whole or not at all.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import cast

from console.domain.activation.matter import example
from console.domain.canonical import Json, Object, decode_object, encode, normalised, shaped
from console.domain.errors import Corrupt, Refused
from console.domain.policy.rules import Rules

FACTS, COUNSEL = "facts", "counsel"
TRACKS = (FACTS, COUNSEL)
KINDS = ("note",)
MAX_TITLE, MAX_TEXT = 200, 16_000
FIELDS = ("title", "text", "matter", "activation")
TELLING_WORDS = 4
"""A sentence of so many words is recognised where it must not stand; shorter ones stand anywhere."""
_SENTENCES = re.compile(r"(?<=[.!?;:])\s+|\n+")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class About:
    """What a note is about: a matter, an activation, both or neither."""

    matter: str | None = None
    activation: str | None = None

    def to_json(self) -> dict[str, Json]:
        """Return it as committed fields and drafts have it."""
        return {"matter": self.matter, "activation": self.activation}

    @property
    def folder(self) -> dict[str, Json]:
        """What a counsel key is for: the matter; the activation where there is none. ``Refused`` (about_nothing)."""
        if self.matter is None and self.activation is None:
            raise Refused("about_nothing")
        return About(self.matter, None if self.matter else self.activation).to_json()


@dataclass(frozen=True)
class Part:
    """One track's part of a note."""

    title: str = ""
    text: str = ""

    def to_json(self) -> dict[str, Json]:
        """Return it as entries and drafts have it."""
        return {"title": self.title, "text": self.text}


def read_note(value: Object, rules: Rules, *, is_final: bool) -> tuple[Part, About]:
    """Return what the fields of a note say; ``Refused`` (record_incomplete) names each that is wrong.

    ``is_final``: title and text must be there; a draft may lack either.
    """
    value = cast(Object, normalised(value))
    problems = tuple(_problems(value, rules, is_final=is_final))
    if problems:
        raise Refused("record_incomplete", problems=problems, matter=example(rules.matter_pattern))
    title, text = (str(value.get(name) or "") for name in ("title", "text"))
    matter, activation = (cast(str | None, value.get(name) or None) for name in ("matter", "activation"))
    return Part(title.strip(), text), About(matter, activation)


def _problems(value: Object, rules: Rules, *, is_final: bool) -> Iterator[tuple[str, str]]:
    yield from ((name, "unknown_field") for name in value if name not in FIELDS)
    for name, limit in (("title", MAX_TITLE), ("text", MAX_TEXT)):
        item = value.get(name) or ""
        if not isinstance(item, str):
            yield name, "not_text"
        elif is_final and not item.strip():
            yield name, "missing"
        elif len(item) > limit:
            yield name, "note_too_long"
        elif any(unicodedata.category(letter) in ("Cs", "Cn") for letter in item):
            yield name, "unknown_letter"
    matter, activation = value.get("matter") or None, value.get("activation") or None
    if matter is not None and not (isinstance(matter, str) and re.fullmatch(rules.matter_pattern, matter)):
        yield "matter", "matter_is_no_number"
    if activation is not None and not isinstance(activation, str):
        yield "activation", "not_text"


# --- drafts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NoteDraft:
    """A note that is no entry yet: its two parts, and whose it is."""

    id: str
    author: str
    about: About = About()
    facts: Part = Part()
    counsel: Part = Part()
    saved_ms: int = 0

    def encode(self) -> bytes:
        """Return the canonical bytes that are sealed."""
        return encode(
            {
                "v": 1,
                "draft": self.id,
                "author": self.author,
                "about": self.about.to_json(),
                "facts": self.facts.to_json(),
                "counsel": self.counsel.to_json(),
                "saved_ms": self.saved_ms,
            }
        )

    @staticmethod
    def parse(data: bytes) -> "NoteDraft":
        """Return the draft with these bytes; ``Corrupt`` (draft_shape)."""
        value = decode_object(data)
        with shaped("draft_shape"):
            about, facts, counsel = (cast(dict[str, str], value[n]) for n in ("about", "facts", "counsel"))
            draft = NoteDraft(
                str(value["draft"]),
                str(value["author"]),
                About(about["matter"], about["activation"]),
                Part(facts["title"], facts["text"]),
                Part(counsel["title"], counsel["text"]),
                cast(int, value["saved_ms"]),
            )
        if draft.encode() != data:
            # Another version, or a member that nobody here reads: saved again it would be lost.
            raise Corrupt("draft_shape")
        return draft

    def part(self, track: str) -> Part:
        """Return the part of a track."""
        return self.counsel if track == COUNSEL else self.facts

    def with_part(self, track: str, part: Part) -> "NoteDraft":
        """Return the draft with another text in one track; ``Refused`` (counsel_in_facts)."""
        changed = replace(self, counsel=part) if track == COUNSEL else replace(self, facts=part)
        changed.check_apart()
        return changed

    def moved(self, passage: str | None) -> "NoteDraft":
        """Return the draft with a passage of the facts, or all of them, moved to the end of counsel's part.

        ``Refused`` (passage_not_found). There is no way back: nothing returns a draft with more facts than before.
        """
        facts, counsel = self.facts, self.counsel
        taken = facts.text if passage is None else str(normalised(passage)).strip()
        if not taken.strip() or taken not in facts.text:
            raise Refused("passage_not_found")
        # Wherever it stands: a second copy would stay behind.
        left = "" if passage is None else reduce(_joined, facts.text.split(taken))
        counsel = Part(counsel.title, f"{counsel.text}\n{taken}".strip())
        if left:
            moved = replace(self, facts=Part(facts.title, left), counsel=counsel)
        else:
            moved = replace(self, facts=Part(), counsel=replace(counsel, title=counsel.title or facts.title))
        moved.check_apart()
        return moved

    def final(self) -> dict[str, Part]:
        """Return the parts that become entries, by track; ``Refused`` (record_incomplete, counsel_in_facts)."""
        self.check_apart()
        facts, counsel = self.facts, self.counsel
        parts = {FACTS: facts, COUNSEL: replace(counsel, title=counsel.title or facts.title)}
        written = {track: part for track, part in parts.items() if part.text.strip()}
        untitled = [track for track, part in written.items() if not part.title.strip()]
        if untitled or not written:
            raise Refused("record_incomplete", problems=(("title" if untitled else "text", "missing"),))
        return written

    def check_apart(self) -> None:
        """Raise ``Refused`` (counsel_in_facts) if the facts repeat a telling sentence of counsel's part."""
        facts = _plain(f"{self.facts.title}\n{self.facts.text}")
        for sentence in _SENTENCES.split(f"{self.counsel.title}\n{self.counsel.text}"):
            words = _plain(sentence)
            if words.count(" ") > TELLING_WORDS and words in facts:
                raise Refused("counsel_in_facts")


def _joined(before: str, after: str) -> str:
    """Return what is left around a passage, without the blank that it would leave twice."""
    if before.endswith((" ", "\n")) and after.startswith((" ", "\n")):
        after = after[1:]
    return (before + after).strip()


def _plain(text: str) -> str:
    """Return a text as its words alone, each between blanks, however it was spaced and spelled."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(words)} "
