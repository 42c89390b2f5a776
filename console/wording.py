# SPDX-License-Identifier: Apache-2.0
"""Every sentence that both faces show: for an error what happened and what to do now, and words for what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from console.domain.errors import Cancelled, ConsoleError
from console.domain.justification import CATEGORIES, MAX_ITEMS, MAX_TEXT, MIN_LETTERS, MIN_WORDS, PRIVILEGES
from console.sentences import ages
from console.sentences.every import BEGIN_ANEW, CORRUPT, REFUSED, STOP, UNAVAILABLE

BUG = (
    "The program has made a mistake of its own ({code}).",
    "Lock the station, go on with paper, and report this with its code.",
)

DEMO = "DEMO: a throw-away station. Nothing here opens anything real."

PIN_TRIES = {
    "few": "Only a few tries are left.",
    "last": "One try is left before the token locks itself.",
    "none": "No try is left: the token has locked itself.",
}

PROBLEMS = {
    "unknown_field": "nobody knows this field; it may be misspelt.",
    "missing": "it is missing or empty.",
    "not_text": "it must be a short text.",
    "says_nothing": f"it says nothing: at least {MIN_LETTERS} letters and {MIN_WORDS} different words are needed.",
    "too_long": f"it is longer than {MAX_TEXT} characters.",
    "same_as_another_field": "it says the same as another field.",
    "same_as_last_request": "it says the same as the last request; say what is the case this time.",
    "not_in_list": "it is not one of the values that are allowed.",
    "not_list_of_texts": "it must be a list of texts, none of them empty.",
    "matter_is_no_number": "it must be a matter number as this station writes them; names are refused.",
    "out_of_range": "it must be a whole number from 1 to the limit that the founders signed.",
    "time_without_zone": "the time lacks its zone; write it like 2026-11-23T23:00:00Z.",
    "not_a_time": "it is not a time; write it like 2026-11-23T23:00:00Z.",
    "place_or_range_missing": "it must name a place and an address range, and nothing else.",
    "not_a_range": "the address range is none; write it like 198.51.100.0/24.",
    "range_not_allowed": "the address range lies outside those that the founders allowed.",
    "not_list_of_items": "it must be a list of { credential = NAME } or { credential = NAME, codes = NUMBER }.",
    "credential_twice": "a credential stands in it twice.",
    "too_many_items": f"it asks for more than {MAX_ITEMS} items; each code is one.",
    "note_too_long": "it is too long: 200 letters for a title, 16,000 for a text.",
    "unknown_letter": "it has a letter that Unicode 14 does not know; write it in words.",
    "outage_incomplete": "each outage needs system, symptom, first_seen (a time with its zone), checked_by and how.",
}
ALLOWED = {"category": CATEGORIES, "privilege": PRIVILEGES}

STATES = {
    "requested": "requested, waiting for approvals",
    "approved": "approved, not yet opened",
    "open": "open",
    "frozen": "standing still",
    "ended": "ended, not yet closed",
    "closed": "closed",
    "denied": "denied",
    "withdrawn": "withdrawn",
    "expired": "expired before it was opened",
}
FROZEN = {"budget": "all showings are used", "clock": "the clock went back"}

KEYHOLDER_STATES = {"active": "active", "suspended": "suspended", "away": "away, with a console elsewhere"}

TOKEN_FATES = {
    "in_use": "in use",
    "not_returned": "not seen since",
    "returned": "handed back",
    "destroyed": "destroyed",
}

CREDENTIAL_STATES = {
    "sealed": "sealed",
    "candidate": "sealed, a new version waits to be confirmed",
    "open": "in an open activation",
    "exposed": "was shown, owes rotation",
    "burnt": "used up",
}

SHEET_STATES = ages.SHEET_STATES

OUTCOMES = {
    "read_back": "shown, and confirmed as read",
    "not_read": "shown, not confirmed as read",
    "shown": "handed over",
    "failed": "not shown",
    "unknown": "perhaps shown; nobody knows",
}

TRACKS = {"facts": "for everybody here", "counsel": "for counsel alone"}

PROOFS = {
    "token": "proven by their own token",
    "unlock": "proven by unlocking the station",
    "claimed": "claimed, not proven",
    "program": "the program itself",
}

ENTRY_TYPES = {
    "station.founded": "station founded",
    "station.unlocked": "station unlocked",
    "station.locked": "station locked",
    "station.rollback_drilled": "what the security module keeps was measured",
    "station.grab_card_printed": "grab card printed",
    "keyholder.enrolled": "person enrolled",
    "keyholder.suspended": "person suspended",
    "keyholder.proven": "a person's token proven",
    "policy.proposed": "change of people or rules proposed",
    "policy.signed": "proposed change signed",
    "policy.changed": "change of people or rules in force",
    "credential.reseal_intended": "about to seal a secret again",
    "keyholder.proposed": "person to be enrolled",
    "keyholder.contact": "how a person is reached",
    "keyholder.token": "what became of a person's old token",
    "keyholder.carded": "card made for a keyholder's own console",
    "credential.sealed": "credential sealed",
    "credential.confirmed": "new version confirmed",
    "request.prepared": "request proposed in peacetime",
    "request.agreed": "prepared request agreed on",
    "activation.requested": "request filed",
    "activation.asked": "request sent to a keyholder's own console",
    "activation.approved": "request approved",
    "activation.denied": "request denied",
    "activation.withdrawn": "request withdrawn",
    "activation.expired": "request expired",
    "activation.opened": "activation opened",
    "activation.frozen": "activation stands still",
    "activation.refused": "the program refused something",
    "activation.seconded": "one role agrees to a change",
    "activation.extended": "time extended by both roles",
    "activation.reset": "showings reset by both roles",
    "activation.resumed": "both roles go on after the clock went back",
    "activation.rebooted": "the machine was started again",
    "activation.ended": "activation ended",
    "activation.closed": "activation closed",
    "recovery.printed": "recovery sheets printed",
    "recovery.proven": "recovery sheets read back",
    "recovery.used": "recovery sheets used",
    "recovery.drilled": "recovery sheets tried",
    "release.intended": "about to show a secret",
    "release.outcome": "what came of showing it",
    "ceremony.refused": "a token refused or failed",
    "journal.exported": "journal export begun",
    "journal.proved": "proof of an entry given away",
    "journal.head_taken": "state of the journal taken along by an approver",
    "witness.asked": "state of the journal shown to a witness",
    "witness.cosigned": "a witness signed the state of the journal",
    "credential.drift": "how far a target's codes are away",
    "clock.attested": "the time, as two people signed it",
    "clock.boot": "the computer was started again",
    "clock.step": "the clock was set",
    "clock.slept": "the computer was asleep",
    "station.hsm_leaving": "a new security module takes over",
    "station.backed_up": "backup written",
    "credential.restated": "what an older log told of a credential",
    "record.added": "note written down",
    "counsel.entry": "note for counsel alone",
    "counsel.key_made": "new key for counsel's notes",
    "counsel.opened": "counsel's notes opened by a reader",
    "counsel.wrapped": "newcomer admitted to counsel's notes",
    "draft.finished": "draft made final",
    "draft.discarded": "draft destroyed",
    "log.renewed": "a new log begins after an alarm",
    "station.status_told": "state told over the telephone",
    "privacy.proposed": "erasure proposed",
    "privacy.approved": "erasure agreed to",
    "privacy.erasing": "about to erase",
    "privacy.erased": "erased",
    "privacy.notified": "notice of an erasure given",
    "privacy.held": "legal hold placed",
    "privacy.hold_lifted": "one group agrees to lift a legal hold",
    "station.alarm": "the alarm that stays",
    "station.unlock_refused": "a PIN was refused while the station was locked",
    "paper.reserved": "numbers of paper forms reserved",
    "paper.mode": "what was given while nothing took entries",
    "paper.tried": "paper mode asked for while entries are taken",
    "spool.merged": "an entry taken over from the reserve",
    "spool.settled": "the whole reserve is in the journal",
    "recording.reserve": "from here on the reserve takes the entries",
    "recording.disk_full": "the disk is full",
    "recording.disk_room": "the disk has room again",
}

FINDINGS = {
    "shorter_than_anchor": "it is shorter than the security module remembers",
    "root_differs": "its contents differ from what the security module remembers",
    "shorter_than_outside": "it is shorter than a state that somebody took along and brought back",
    "outside_differs": "its contents differ from a state that somebody took along and brought back",
    "newer_log_outside": "somebody took along a state of a newer journal and brought it back",
    "anchors_fork": "the security module remembers two different journals",
    "anchor_missing": "the security module remembers nothing of it",
    "anchor_unavailable": "the security module lost its memory of it after an unclean stop",
    "anchor_differs": "its contents differ from what the security module remembers",
    "checkpoint_missing": "nothing of it is signed",
    "checkpoint_differs": "its contents differ from the signed state",
    "shorter_than_checkpoint": "it is shorter than the signed state says",
    "entry_altered": "an entry was changed",
    "tile_differs": "its stored hashes do not fit its entries",
    "projection_differs": "an index does not fit its entries",
    "renewal_differs": "it is another log than the one that was begun by signature",
    "database_key_missing": "its key is missing",
    "hsm_replaced": "the security module is a new one",
    "anchor_of_another_log": "the security module remembers another log",
    "counsel_wrap_lost": "a file is missing by which one of counsel's readers opens notes",
    "counsel_wrap_swapped": "a file by which one of counsel's readers opens notes is another one",
    "counsel_key_unknown": "a note of counsel names a key that was never made",
    "log_retired": "a newer log has taken over",
    "spool_cut": "the reserve on the second medium lacks records that were written there",
    "spool_edited": "the reserve on the second medium was changed",
    "spool_reordered": "the reserve on the second medium is in another order",
    "spool_replayed": "the reserve on the second medium is an old copy or another one",
    "spool_head": "what the security module remembers of the reserve does not verify",
    "disk_full": "its disk is full",
    "journal_unavailable": "its disk does not answer as it should",
}

SUSPENDING = (
    "It counts at once. Only a signed change lets them back in. In a group of two, whoever stays can block that change "
    "alone. Then only the group's recovery sheets can sign in its stead, once."
)

SOURCES = {
    "journal": "the journal, not proven",
    "mirror": "the second medium",
    "files": "the sealed files",
}

MESSAGES = {
    "plaintext_file": "Warning: {file} holds the secret in the clear. Delete it safely once it is sealed.",
    "plaintext_note": "Warning: {file} holds what is for counsel alone. Delete it safely once it is written down.",
    "words_visible": "Warning: the words appear as you type. Look around: nobody else, no camera, no telephone.",
    "last_release": "One showing is left. Call one keyholder of each role now if you will need more.",
    "light_reserve": "Recording to reserve: the journal takes nothing, the second medium does. Make room on the disk.",
    "light_paper": "Write on paper: nothing takes entries. Put the second medium back, or make room on the disk.",
    "standing_alarm": "An alarm stands: {log} was left behind ({why}).",
    "to_be_signed": "About to sign ({algorithm}): {content}",
    "ends_soon": "Less than ten minutes are left. Call one keyholder of each role now if you will need more.",
}


@dataclass(frozen=True)
class Explanation:
    """What happened, and the one thing to do now."""

    what: str
    now: str


def explain(error: ConsoleError | Cancelled) -> Explanation:
    """Return the two sentences for an error; a code without sentences is our own bug, and said to be one."""
    if isinstance(error, Cancelled):
        return Explanation("It was called off.", "Start it again whenever you like; nothing was done.")
    what, now = _templates(error)
    facts = {name: _fact(value) for name, value in error.facts.items() if name != "problems"}
    happened = what.format_map(_Facts(code=error.code, **_in_words(facts)))
    more = [PIN_TRIES.get(facts.get("tries", ""), ""), *problems(error)]
    return Explanation("\n".join(text for text in (happened, *more) if text), now)


def problems(error: ConsoleError) -> list[str]:
    """Return a sentence for each field of a request that is wrong; empty for any other error."""
    found = cast(Sequence[tuple[str, str]], error.facts.get("problems", ()))
    return [f"{field}: {problem(field, code)}" for field, code in found]


def problem(field: str, code: str) -> str:
    """Return what is wrong with a field of a request, quoting the rule."""
    if code == "not_in_list" and field in ALLOWED:
        return f"it must be one of {', '.join(ALLOWED[field])}."
    return PROBLEMS[code]


def message(code: str, facts: Mapping[str, object]) -> str:
    """Return a sentence that an action or a face says by the way."""
    return MESSAGES[code].format_map(_Facts(**{name: _fact(value) for name, value in facts.items()}))


def pace(done: int, total: int, seconds: float) -> str:
    """Return how far a work has come that has taken ``seconds`` so far, and how long the rest will take."""
    left = round(seconds * (total - done) / done) if done else 0
    minutes, rest = divmod(left, 60)
    told = (
        f"about {minutes} min {rest} s left."
        if minutes
        else f"about {rest} s left."
        if rest
        else "a moment left."
    )
    return f"{100 * done // max(1, total)} %, {done:,} of {total:,}, {told if done else 'beginning.'}"


def finding(code: str) -> str:
    """Return what a finding about the journal means."""
    return FINDINGS.get(code) or CORRUPT.get(code, code)


def suspensions_lost(lost: Sequence[Mapping[str, object]]) -> str:
    """Return what a new log does not say again, for its signers: {entry, person} each."""
    people = ", ".join(f"{row['person']} (entry {row['entry']})" for row in lost)
    noun = "suspension" if len(lost) == 1 else "suspensions"
    return f"{len(lost)} {noun} could not be carried over: {people}. Suspend again whom you know of."


def entry_type(type_: str) -> str:
    """Return the words for an entry's type."""
    return ENTRY_TYPES.get(type_, type_)


def times_known(report: Mapping[str, object]) -> list[str]:
    """Say how well the times of a journal's entries are known (``actions.times.report``)."""
    told, widest = list[str](), cast(Mapping[str, int] | None, report["widest"])
    if widest:
        minutes, seconds = divmod(-(-widest["ms"] // 1000), 60)
        span = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {seconds} s"
        told.append(f"The least known time is that of entry {widest['seq']}: within {span}.")
    if report["unbounded"]:
        told.append(
            f"Clocks outside bound the times of {report['unbounded']} entries on one side only, or not."
        )
    for type_, count in cast(Mapping[str, int], report["noted"]).items():
        told += [f"Noted {count} ×: {entry_type(type_)}."] if count else []
    if report["contradictions"]:
        told.append(
            "Clocks outside contradict one another or this station's: compare the entries with their times."
        )
    return told


class _Facts(dict[str, str]):
    """An explanation is better with a gap than not at all: a fact that was not supplied is a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def _templates(error: ConsoleError) -> tuple[str, str]:
    if error.family == "refused" and error.code in REFUSED:
        return REFUSED[error.code]
    if error.family == "unavailable" and error.code in UNAVAILABLE:
        return UNAVAILABLE[error.code]
    if error.family == "corrupt" and error.code in CORRUPT:
        return CORRUPT[error.code], BEGIN_ANEW if error.code == "journal_alarm" else STOP
    return BUG


def _in_words(facts: Mapping[str, str]) -> dict[str, str]:
    said = dict(facts)
    if "state" in facts:
        said["state"] = STATES.get(facts["state"], facts["state"])
    if "why" in facts:
        said["why"] = "; ".join(FINDINGS.get(why, why) for why in facts["why"].split(","))
    return said


def _fact(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
