# SPDX-License-Identifier: Apache-2.0
"""Everything that somebody can do in the window of a station, in their words, and on which page."""

import re
from dataclasses import dataclass

from console.language import say

WITHIN = 4
"""So many letters are also found within a word: phone in telephone."""
NOWHERE = 3


@dataclass(frozen=True)
class Deed:
    """One thing to do; ``verbs``: those of the command that do the same, as NOUN.VERB."""

    words: str
    page: str
    verbs: tuple[str, ...] = ()


DEEDS = (
    Deed(say("Unlock the station, lock it"), "station", ("station.unlock", "station.lock")),
    Deed(say("Sign the founding document, read its twelve words"), "station", ("policy.genesis", "policy.words")),
    Deed(say("See what is going on"), "board", ("activation.list", "activation.show")),
    Deed(say("Reports: save an incident on one page (PDF)"), "board", ("activation.summary",)),
    Deed(say("See what is owed: secrets to change (rotations), notices to people"), "counts", ("overview",)),
    Deed(say("Ask for break-glass access"), "request", ("activation.request", "activation.cost")),
    Deed(say("Prepare a request, use a prepared one"), "prepared", ("activation.prepare", "activation.prepared")),
    Deed(
        say("Approve, deny or withdraw a request"),
        "approve",
        ("activation.approve", "activation.deny", "activation.withdraw"),
    ),
    Deed(
        say("Ask somebody from far, see who is missing"),
        "far",
        ("activation.request-code", "activation.approval-scan", "activation.missing"),
    ),
    Deed(
        say("Open it, show a secret or a code, end it, complete it"),
        "session",
        ("activation.open", "activation.release", "activation.end", "activation.close"),
    ),
    Deed(
        say("More time, more showings, go on after a clock step"),
        "session",
        ("activation.extend", "activation.reset", "activation.resume"),
    ),
    Deed(say("Let a key sign without showing it; enter a counted code"), "use", ("activation.use", "credential.drift")),
    Deed(say("Say what time it is, after the clock was set"), "clock", ("station.attest-time",)),
    Deed(
        say("Read, search and verify the journal; save a proof"),
        "journal",
        ("journal.list", "journal.show", "journal.search", "journal.verify", "journal.prove", "journal.status"),
    ),
    Deed(
        say("Ask a witness, give a receipt, compare, export"),
        "outside",
        ("journal.export", "journal.checkpoint", "journal.cosign"),
    ),
    Deed(
        say("Write something down: a note, also one for Legal alone"),
        "record",
        ("record.add", "record.draft", "record.list"),
    ),
    Deed(say("Read counsel's notes, which only Legal may read"), "counsel", ("record.read",)),
    Deed(
        say("Read aloud over the telephone how things stand; everything in numbers"),
        "counts",
        ("overview", "station.status-code"),
    ),
    Deed(say("Erase what is personal, give notice of it"), "erasure", ("journal.erase",)),
    Deed(say("Keep something from being erased: a legal hold"), "holds", ("journal.hold",)),
    Deed(say("When the log fails and nothing takes entries: paper mode"), "paper", ("journal.paper",)),
    Deed(
        say("People, rules, open changes; sign, suspend, remove"),
        "people",
        ("policy.show", "policy.propose", "policy.sign", "keyholder.list", "keyholder.suspend", "keyholder.remove"),
    ),
    Deed(say("Prove a token, keep how somebody is reached"), "people", ("keyholder.prove", "keyholder.contact")),
    Deed(say("Enrol somebody"), "enrol", ("keyholder.enrol",)),
    Deed(
        say("Somebody who is away: the station's card, a change to sign"), "away", ("keyholder.card", "keyholder.step")
    ),
    Deed(
        say("Who held which token; returned, destroyed"),
        "custody",
        ("keyholder.custody", "keyholder.returned", "keyholder.destroyed"),
    ),
    Deed(
        say("Recovery sheets: print, read back, try, use; admit to counsel's notes"),
        "sheets",
        ("keyholder.recovery", "record.admit"),
    ),
    Deed(say("Print the founding certificate"), "readiness", ("policy.certificate",)),
    Deed(
        say("Is everything ready? What if this were lost? The grab card"),
        "readiness",
        ("station.check", "station.grab-card"),
    ),
    Deed(say("Backup, measure the module, seal again"), "upkeep", ("station.backup", "policy.reseal")),
    Deed(say("A new security module"), "replace", ("station.replace-hsm",)),
    Deed(say("Secrets that are sealed here"), "vault", ("credential.list", "credential.show")),
    Deed(say("Seal a secret, or a new version of one"), "seal", ("credential.seal", "credential.rotate")),
    Deed(say("Confirm a new version"), "confirm", ("credential.confirm",)),
    Deed(say("Begin a new journal, under the alarm"), "alarm", ("journal.new-log",)),
    Deed(say("Language: English or German · Sprache: Deutsch"), "looks"),
    Deed(say("How the window looks: light, dark, high contrast, larger text"), "looks"),
    Deed(say("Files as pictures, pictures as files, lines read aloud"), "carry", ("handoff.show", "handoff.scan")),
)


def matching(words: str, deeds: tuple[Deed, ...]) -> list[Deed]:
    """Return the deeds that have each of these words: first where it begins one of their own."""
    sought = words.casefold().split()
    found = [deed for deed in deeds if all(_rank(part, deed) < NOWHERE for part in sought)]
    return sorted(found, key=lambda deed: max([_rank(part, deed) for part in sought], default=0))


def _rank(part: str, deed: Deed) -> int:
    own, command = _words(deed.words), _words(" ".join(deed.verbs))
    if any(word.startswith(part) for word in own):
        return 0
    if any(word.startswith(part) for word in command):
        return 1
    return 2 if len(part) >= WITHIN and any(part in word for word in (*own, *command)) else NOWHERE


def _words(text: str) -> list[str]:
    return re.split(r"[\s,:;.]+", text.casefold())
