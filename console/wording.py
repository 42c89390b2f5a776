# SPDX-License-Identifier: Apache-2.0
"""Every sentence that both faces show: for an error what happened and what to do now, and words for what is stored."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from console.domain import categories, privileges
from console.domain.activation.justification import MAX_ITEMS, MAX_TEXT, MIN_LETTERS, MIN_WORDS
from console.domain.errors import Cancelled, ConsoleError
from console.domain.moment import here, local_and_utc
from console.language import say, say_count, say_each, say_number
from console.sentences import age, entries, terms
from console.sentences.errand import DECIDED
from console.sentences.errors import CORRUPT, INSTEAD_OF_STOP, REFUSED, STOP, UNAVAILABLE

BUG = (
    say("The program has made a mistake of its own ({code})."),
    say("Lock the station, go on with paper, and report this with its code."),
)

DEMO = say("DEMO: a throw-away station. Nothing here opens anything real.")

WHOSE = say_each(
    {
        "pin_wrong": "This is not the PIN of {member}.",
        "pin_last_try": "One more wrong PIN would lock the token of {member}, so the program does not try.",
        "pin_locked": "The token of {member} has locked itself after wrong PINs.",
        "token_absent": "The token of {member} is not plugged in, or not the one that was enrolled.",
        "token_removed": "The token of {member} was pulled out in the middle; nothing was done by it.",
    }
)
"""What is said instead, where it is known whose PIN was asked."""

WHICH = say_each({"picture_unreadable": "{file} is not a PNG or JPEG that can be read."})
"""What is said instead, where it is known which of several files it is."""

PIN_TRIES = say_each(
    {
        "many": "This token counts no wrong PINs and never locks itself.",
        "unknown": "This token does not say how many tries are left. Most tokens lock themselves after a few.",
        "few": "Only a few tries are left.",
        "last": "One try is left before the token locks itself.",
        "none": "No try is left: the token has locked itself.",
    }
)

PROBLEMS = {
    "unknown_field": say("nobody knows this field; it may be misspelt."),
    "missing": say("it is missing or empty."),
    "not_text": say("it must be a short text."),
    "says_nothing": say(
        "it says nothing: at least {min_letters} letters and {min_words} different words are needed.",
        min_letters=MIN_LETTERS,
        min_words=MIN_WORDS,
    ),
    "names_nothing": say("it names nothing: at least two letters or a digit are needed."),
    "too_long": say("it is longer than {max_text} characters.", max_text=MAX_TEXT),
    "same_as_another_field": say("it says the same as another field."),
    "same_as_last_request": say("it says the same as the last request; say what is the case this time."),
    "not_in_list": say("it is not one of the values that are allowed."),
    "not_list_of_texts": say("it must be a list of texts, none of them empty."),
    "matter_is_no_number": say("it must be a matter number as this station writes them; names are refused."),
    "out_of_range": say("it must be a whole number from 1 to the limit that the founders signed."),
    "time_without_zone": say("the time lacks its zone; write it like 2026-11-23T23:00:00Z."),
    "not_a_time": say("it is not a time; write it like 2026-11-23T23:00:00Z."),
    "has_passed": say("it has passed. Name one that lies ahead, or leave it out."),
    "place_or_range_missing": say("it must name a place and an address range, and nothing else."),
    "not_a_range": say("the address range is none; write it like 198.51.100.0/24."),
    "range_not_allowed": say("the address range lies outside those that the founders allowed."),
    "not_list_of_items": say("it must be a list of { credential = NAME } or { credential = NAME, codes = NUMBER }."),
    "credential_twice": say("a credential stands in it twice."),
    "too_many_items": say("it asks for more than {max_items} items; each code is one.", max_items=MAX_ITEMS),
    "note_too_long": say("it is too long: 200 letters for a title, 16,000 for a text."),
    "unknown_letter": say("it has a letter that Unicode 14 does not know; write it in words."),
    "outage_incomplete": say(
        "each outage needs system, symptom, first_seen (a time with its zone), checked_by and how."
    ),
    "outage_names_nothing": say("system, symptom and how each need at least two letters or a digit."),
}
ALLOWED = {"category": categories.LABELS, "privilege": privileges.LABELS}

STATES = say_each(
    {
        "requested": "requested, waiting for approvals",
        "approved": "approved, not yet opened",
        "open": "open",
        "frozen": "standing still",
        "ended": "ended, not yet completed",
        "closed": "completed",
        "denied": "denied",
        "withdrawn": "withdrawn",
        "expired": "expired before it was opened",
    }
)
INTERVALS = say_each({"contradictory": "contradictory", "no outside clock": "no outside clock"})
FROZEN = say_each({"budget": "all showings are used", "clock": "the clock went back"})

KEYHOLDER_STATES = say_each({"active": "active", "suspended": "suspended", "away": "away, with a console elsewhere"})

TOKEN_FATES = say_each(
    {"in_use": "in use", "not_returned": "not seen since", "returned": "handed back", "destroyed": "destroyed"}
)

CREDENTIAL_STATES = say_each(
    {
        "sealed": "sealed",
        "candidate": "sealed, a new version waits to be confirmed",
        "open": "in an open activation",
        "exposed": "was shown, must be changed",
        "burnt": "used up",
    }
)

SHEET_STATES = age.SHEET_STATES

TRACKS = say_each({"facts": "for everybody here", "counsel": "for counsel alone"})

PROOFS = say_each(
    {
        "token": "proven by their own token",
        "unlock": "proven by unlocking the station",
        "claimed": "claimed, not proven",
        "program": "the program itself",
    }
)

ENTRY_TYPES, FINDINGS, OUTCOMES = entries.ENTRY_TYPES, entries.FINDINGS, entries.OUTCOMES

SUSPENDING = say(
    "It counts at once. Only a signed change lets them back in. In a group of two, whoever stays can block that change "
    "alone. Then only the group's recovery sheets can sign in its stead, once."
)

SOURCES = say_each({"journal": "the journal, not proven", "mirror": "the second medium", "files": "the sealed files"})

MESSAGES = say_each(
    {
        "token_left_over": "The token of {member} is there from before, and nobody counts by it yet. "
        "Its PIN is the one chosen then. If nobody knows it, run this again with --new-token.",
        "second_medium_same_disk": "The second medium lies on the station's own disk: one fault would take both.",
        "plaintext_file": "Warning: {file} holds the secret in the clear. Delete it safely once it is sealed.",
        "plaintext_note": "Warning: {file} holds what is for counsel alone. Delete it safely once it is written down.",
        "words_visible": "Warning: the words appear as you type. Look around: nobody else, no camera, no telephone.",
        "last_release": "One showing is left. Call one keyholder of each role now if you will need more.",
        "light_reserve": "Recording to reserve: the journal takes nothing, the second medium does. "
        "Make room on the disk.",
        "light_paper": "Write on paper: nothing takes entries. Put the second medium back, or make room on the disk.",
        "standing_alarm": "An alarm stands: {log} was left behind ({why}).",
        "to_be_signed": "About to sign ({algorithm}): {content}",
        "ends_soon": "Less than ten minutes are left. Call one keyholder of each role now if you will need more.",
    }
)


@dataclass(frozen=True)
class Explanation:
    """What happened, and the one thing to do now."""

    what: str
    now: str


def explain(error: ConsoleError | Cancelled) -> Explanation:
    """Return the two sentences for an error; a code without sentences is our own bug, and said to be one."""
    if isinstance(error, Cancelled):
        return Explanation(say("It was called off."), say("Start it again whenever you like; nothing was done."))
    what, now = _templates(error)
    if "member" in error.facts:
        what = WHOSE.get(error.code, what)
    if "file" in error.facts:
        what = WHICH.get(error.code, what)
    facts = {name: _fact(value) for name, value in error.facts.items() if name != "problems"}
    places = _Facts(code=error.code, **_in_words(facts))
    happened = what.format_map(places)
    more = [PIN_TRIES.get(facts.get("tries", ""), ""), _done_before(error), *problems(error)]
    return Explanation("\n".join(text for text in (happened, *more) if text), now.format_map(places))


def _done_before(error: ConsoleError) -> str:
    if done := cast(int, error.facts.get("resealed", 0)):
        return say_count(
            done,
            "1 item was sealed again before that, and stays so.",
            "{count} items were sealed again before that, and stay so.",
        )
    return ""


def problems(error: ConsoleError) -> list[str]:
    """Return a sentence for each field of a request that is wrong; empty for any other error."""
    found = cast(Sequence[tuple[str, str]], error.facts.get("problems", ()))
    matter = str(error.facts.get("matter", ""))
    return [f"{field}: {problem(field, code, matter)}" for field, code in found]


def problem(field: str, code: str, matter: str = "") -> str:
    """Return what is wrong with a field, quoting the rule; ``matter``: a number as this station writes them."""
    if code == "matter_is_no_number" and matter:
        return say("it must be a matter number like {matter}; names are refused.", matter=matter)
    if code == "not_in_list" and field in ALLOWED:
        return say("it must be one of {allowed}.", allowed=", ".join(ALLOWED[field]))
    return PROBLEMS[code]


def message(code: str, facts: Mapping[str, object]) -> str:
    """Return a sentence that an action or a face says by the way."""
    return MESSAGES[code].format_map(_Facts(**{name: _fact(value) for name, value in facts.items()}))


def pace(done: int, total: int, seconds: float) -> str:
    """Return how far a work has come that has taken ``seconds`` so far, and how long the rest will take."""
    left = round(seconds * (total - done) / done) if done else 0
    minutes, rest = divmod(left, 60)
    told = (
        say("about {minutes} min {rest} s left.", minutes=minutes, rest=rest)
        if minutes
        else say("about {rest} s left.", rest=rest)
        if rest
        else say("a moment left.")
    )
    return say(
        "{percent} %, {done} of {total}, {left}",
        percent=100 * done // max(1, total),
        done=say_number(done),
        total=say_number(total),
        left=told if done else say("beginning."),
    )


def finding(code: str) -> str:
    """Return what a finding about the journal means."""
    return FINDINGS.get(code) or say(CORRUPT.get(code, code))


def alarm(codes: Iterable[object]) -> str:
    """Return why a journal cannot be trusted, as it stands inside a sentence."""
    return "; ".join(finding(str(code)).rstrip(".") for code in codes)


def after_new_log(told: Mapping[str, object]) -> Iterator[str]:
    """Say of a new log, for its signers, what becomes of prepared requests and what begins anew."""
    yield (
        say("Prepared requests stay as they were agreed on.")
        if told["prepared_stay"]
        else say("Prepared requests lapse: prepare them again, and let each group agree again.")
    )
    if told["paper_outstanding"]:
        numbers = _runs(cast(Sequence[Mapping[str, int]], told["paper_outstanding"]))
        yield say(
            "Paper forms of the old journal are still out: {numbers}. Keep them; print new ones.", numbers=numbers
        )
    yield say("Proofs of tokens, practised openings, grab card and measurement of the security module begin anew.")


def _runs(rows: Sequence[Mapping[str, int]]) -> str:
    """Return the numbers of paper forms as they stand inside a sentence: {first, last} each."""
    runs = [(row["first"], row["last"]) for row in rows]
    return ", ".join(f"{first}" if first == last else f"{first}\N{EN DASH}{last}" for first, last in runs)


def suspensions_lost(lost: Sequence[Mapping[str, object]]) -> str:
    """Return what a new log does not say again, for its signers: {entry, person} each."""
    people = ", ".join(say("{person} (entry {entry})", person=row["person"], entry=row["entry"]) for row in lost)
    return say_count(
        len(lost),
        "1 suspension could not be carried over: {people}. Suspend again whom you know of.",
        "{count} suspensions could not be carried over: {people}. Suspend again whom you know of.",
        people=people,
    )


def entry_type(type_: str) -> str:
    """Return the words for an entry's type."""
    return ENTRY_TYPES.get(type_, type_)


def surely(brief: str) -> str:
    """Return the words of an interval (``actions.times.brief``); where it is two times, they stand for themselves."""
    kind, _, time = brief.partition(" ")
    if kind == "after":
        return say("after {time}", time=time)
    if kind == "before":
        return say("before {time}", time=time)
    return INTERVALS.get(brief, brief)


def times_known(report: Mapping[str, object]) -> list[str]:
    """Say how well the times of a journal's entries are known (``actions.times.report``)."""
    told, widest = list[str](), cast(Mapping[str, int] | None, report["widest"])
    if widest:
        span = _span(-(-widest["ms"] // 1000))
        told.append(say("The least known time is that of entry {seq}: within {span}.", seq=widest["seq"], span=span))
    if report["unbounded"]:
        told.append(
            say(
                "For {unbounded} entries, clocks outside bound the time on one side at most.",
                unbounded=report["unbounded"],
            )
        )
    noted = cast(Mapping[str, int], report["noted"])
    told += [
        say("Noted {count} ×: {entry_type}.", count=count, entry_type=entry_type(type_))
        for type_, count in noted.items()
        if count
    ]
    if report["contradictions"]:
        told.append(
            say("Clocks outside contradict one another or this station's: compare the entries with their times.")
        )
    return told


def _span(of_seconds: int) -> str:
    minutes, seconds = divmod(of_seconds, 60)
    if minutes >= 60:
        return say("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return say("{minutes} min {seconds} s", minutes=minutes, seconds=seconds)


class _Facts(dict[str, str]):
    """An explanation is better with a gap than not at all: a fact that was not supplied is a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def _templates(error: ConsoleError) -> tuple[str, str]:
    if error.family == "refused" and error.code in REFUSED:
        return _said(*REFUSED[error.code])
    if error.family == "unavailable" and error.code in UNAVAILABLE:
        return _said(*UNAVAILABLE[error.code])
    if error.family == "corrupt" and error.code in CORRUPT:
        return _said(CORRUPT[error.code], INSTEAD_OF_STOP.get(error.code, STOP))
    return BUG


def _said(what: str, now: str) -> tuple[str, str]:
    return say(what), say(now)


def _in_words(facts: Mapping[str, str]) -> dict[str, str]:
    said = dict(facts)
    if "state" in facts:
        said["state"] = STATES.get(facts["state"], facts["state"])
        # Of an activation also which states it would need: one, or one of several.
        needed = facts.get("needed", "").split(" or ")
        if set(needed) <= STATES.keys():
            said["needed"] = say(" or ").join(say(state) for state in needed)
    for name in ("group", "mode"):
        if name in facts:
            said[name] = str(terms.word(facts[name]))
    if "missing" in facts:
        said["missing"] = terms.lacking(facts["missing"])
    if facts.get("decision") in DECIDED and "at" in facts:
        said["decision"], said["at"] = DECIDED[facts["decision"]], local_and_utc(here(facts["at"]))
    if "slot" in facts and "wanted" in facts:
        said |= {name: age.sheets(facts[name]) for name in ("slot", "wanted")}
    if "kind" in facts:
        said["kind"] = str(terms.kind(facts["kind"]))
    if "why" in facts:
        said["why"] = say(facts["why"])
        codes = [why.strip() for why in facts["why"].split(",")]
        if codes[0] in {*FINDINGS, *CORRUPT}:
            said["why"] = alarm(codes)
    return said


def _fact(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
