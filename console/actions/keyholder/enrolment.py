# SPDX-License-Identifier: Apache-2.0
"""Who joins, near and far: the card, its check, the proposal; signatures from elsewhere; how people are reached.

Enrolling only proposes: the new roster holds once the newcomer and the quorum have signed it (``actions.policy``).
A card from elsewhere counts only after its words were compared by voice with the person whose name it bears.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from console.actions.console import Console, Locked
from console.actions.entries import pseudonyms, unlocked_person, write
from console.actions.keyholder import custody
from console.actions.own_console import answer as own_console
from console.actions.own_console.answer import OwnConsole
from console.actions.policy import steps as policy_actions
from console.domain.canonical import Json, Object, normalised
from console.domain.entries.keyholder import KeyholderContact, KeyholderProposed
from console.domain.errors import Refused
from console.domain.keyholder import contact as contact_rules
from console.domain.keyholder import enrolment
from console.domain.keyholder.contact import CONTACT, Contact
from console.domain.keyholder.enrolment import CHALLENGE_BYTES, Card, StepSignature
from console.domain.policy.keyholder import Member, check_shared
from console.domain.policy.rules import Policy
from console.domain.policy.succession import Step
from console.domain.words import check_words
from console.ports.token import Token
from console.settings import FILE_NAME, KeyholderSection, with_keyholder

# --- the card ------------------------------------------------------------------------------------------------


def make_card(locked: Locked, member: str, attestation: Sequence[bytes] = ()) -> Card:
    """Make the keys on a person's token, or adopt those it has, and return the signed card.

    ``attestation``: the maker's certificates (DER) for these keys. Raises as ``Card.check``, what a token raises, and
    ``Refused`` (token_opens_more) for a token with other keys that the settings do not name.
    """
    section, keys = locked.settings.keyholder(member), locked.founding.enrol(member)
    assurance = enrolment.SOFTWARE if section.is_software else enrolment.HARDWARE
    person = Member(
        member,
        str(normalised(section.name)),
        section.role,
        keys.sign,
        keys.share,
        keys.read,
        enrolment.ATTESTED if attestation else assurance,
        keys.mechanism,
        keys.signing,
    )
    hints = {"module": section.module.rpartition("/")[2], "label": section.token or member}
    with locked.founding.token(member, keys) as token:
        if also := check_shared(token.points(), person.points(), section.also):
            hints["also"] = ", ".join(also)
        unsigned = Card(person, locked.machine.random(CHALLENGE_BYTES), hints, tuple(attestation))
        card = replace(unsigned, signature=token.sign("sign", unsigned.signed_digest()))
    card.check()
    return card


def describe(card: Card) -> Object:
    """Return a card as people read it, with the words to compare."""
    person = card.member
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "assurance": person.assurance,
        "mechanism": person.mechanism,
        "signing": person.signing,
        "words": card.words(),
        "attested_by": card.attested_by(),
        "token": dict(card.hints),
    }


# --- joining -------------------------------------------------------------------------------------------------


def enrol_here(
    console: Console,
    newcomer: Locked,
    member: str,
    attestation: Sequence[bytes] = (),
    *,
    new_group: bool = False,
    onto: str | None = None,
) -> Object:
    """Enrol a person whose token is at this station, or their new token; propose it, proven by the new key.

    ``newcomer`` has the person's section in its settings; ``new_group``: the role may be a new group; ``onto``: an
    open proposal, whose changes this one then has, too. ``Refused`` as ``make_card``, ``admitted``; past_knowledge,
    software_key_refused, unknown_proposal.
    """
    section = newcomer.settings.keyholder(member)
    console.settings.check_accepted(member, is_software=section.is_software)
    card = make_card(newcomer, member, attestation)
    step = _propose(console, card, section, new_group=new_group, onto=onto)
    proposal = policy_actions.describe(step)
    if member in step.unsigned_newcomers():
        with newcomer.founding.token(member, card.member.token_keys) as token:
            proposal = _take(console, step, sign_step(token, step, member), here=True)
    return {"enrolled": describe(card), "proposal": proposal}


def enrol_by_card(
    console: Console, data: bytes, spoken: str, *, new_group: bool = False, onto: str | None = None
) -> Object:
    """Propose the person of a card that was made elsewhere, whose 12 words were compared by voice.

    ``onto`` as above. ``Refused``: card_words_differ, past_knowledge, software_key_refused, unknown_proposal, as
    ``Card.check`` and ``admitted``.
    """
    card = enrolment.parse_card(data)
    card.check_spoken(spoken)
    person = card.member
    console.settings.check_accepted(person.id, is_software=person.assurance == enrolment.SOFTWARE)
    section = KeyholderSection(person.id, person.name, person.role, away=True)
    step = _propose(console, card, section, new_group=new_group, onto=onto)
    return {"enrolled": describe(card), "proposal": policy_actions.describe(step)}


def _propose(console: Console, card: Card, section: KeyholderSection, *, new_group: bool, onto: str | None) -> Step:
    base = console.policy if onto is None else policy_actions.find(console, onto).after
    roster = enrolment.admitted(base, card.member, new_group=new_group)
    custody.check_may_join(console, card.member)
    # Where the token is comes first: a proposal whose newcomer nobody can find would be one that nobody can finish.
    before, folder = console.vault.read(FILE_NAME), console.settings.folder
    console.vault.write(FILE_NAME, with_keyholder(before, section, folder))
    try:
        proposed = policy_actions.propose(
            console, Policy(roster, base.rules), console.hsm.unlocked_by(), () if onto is None else base.reinstates
        )
    except Refused:
        console.vault.write(FILE_NAME, before)
        raise
    id_ = str(proposed["proposal"])
    said = KeyholderProposed(
        proposal=id_,
        by_card=section.away,
        member=card.member.id,
        words=" ".join(card.words()),
        attested_by=card.attested_by(),
        token=dict(card.hints),
    )
    write(console, said, unlocked_person(console), subject=policy_actions.subject_of(id_))
    return policy_actions.find(console, id_)


# --- somebody who is away ------------------------------------------------------------------------------------


def bundle(console: Console, id_: str) -> bytes:
    """Return a proposal with everything that it follows from, to be read and signed somewhere else."""
    step = policy_actions.find(console, id_)
    steps = [console.vault.read(name) for name in console.vault.names(policy_actions.STEPS)]
    return enrolment.bundle(console.vault.read(policy_actions.GENESIS), steps, step.encode())


def sign_step(token: Token, step: Step, member: str) -> StepSignature:
    """Sign a proposal, with a new key to prove it; ``Corrupt`` (signature_wrong) for another token."""
    signature = token.sign("sign", step.signed_digest())
    step.signer(member).check(signature, step.signed_digest())
    return StepSignature(step.after.hash, member, signature)


def read_bundle(own: OwnConsole, data: bytes, spoken: Sequence[str]) -> Step:
    """Return a proposal that was sent to a keyholder's own console, once it is known whose station it belongs to.

    A console that pinned its station needs no words. ``Refused``: words_needed, pinned_another, policy_downgrade;
    ``Corrupt``: words_differ, policy_forked, as ``parse_bundle``.
    """
    step = enrolment.parse_bundle(data)
    known = own_console.pinned_if_any(own)
    if known is None:
        if not spoken:
            raise Refused("words_needed")
        check_words(spoken, step.after.genesis)
    elif known.genesis != step.after.genesis:
        raise Refused("pinned_another", vault=known.roster.vault)
    elif step.before.number < known.number:
        raise Refused("policy_downgrade", known=known.number, told=step.before.number)
    else:
        own_console.check_continues(known, step.before)
    return step


def sign_elsewhere(own: OwnConsole, step: Step) -> StepSignature:
    """Sign a proposal on a keyholder's own console."""
    return sign_step(own.token(step.signer(own.member).token_keys), step, own.member)


def take_answer(console: Console, id_: str, data: bytes) -> Object:
    """Take the signature of somebody who is away under a proposal; if it completes it, one who is here signs again.

    ``Refused``: unknown_proposal, answer_to_another_step, newcomers_sign_first, keyholder_suspended; ``Corrupt``:
    answer_shape, signature_wrong.
    """
    answer, step = enrolment.parse_answer(data), policy_actions.find(console, id_)
    if answer.step != step.after.hash:
        raise Refused("answer_to_another_step", proposal=id_)
    return _take(console, step, answer, here=False)


def _take(console: Console, step: Step, answer: StepSignature, *, here: bool) -> Object:
    policy_actions.check_turn(step, answer.member)
    return policy_actions.take(console, step, answer.member, answer.signature, here=here)


# --- how people are reached ----------------------------------------------------------------------------------


def set_contact(console: Console, member: str, card: Contact) -> Object:
    """Keep how a person is reached; what is empty stays as it was. ``Refused`` as ``contact.check``."""
    before = contacts(console).get(member, Contact())
    new = {name: text or before.to_json()[name] for name, text in card.to_json().items()}
    merged = contact_rules.from_fields(cast(dict[str, object], normalised(new)))
    contact_rules.check(console.policy.roster, member, merged)
    subject = pseudonyms(console.journal)[member]
    said = KeyholderContact(
        member=member, phone=merged.phone, mail=merged.mail, reach=merged.reach, deputy=merged.deputy
    )
    write(console, said, unlocked_person(console), subject=subject)
    return {"member": member, **merged.to_json()}


def contacts(console: Console) -> dict[str, Contact]:
    """Return member id -> how that person is reached, as far as this station can open it."""
    found = {}
    for entry in console.journal.entries(type_=CONTACT):
        fields = console.journal.open_fields(entry)
        if "member" in fields:
            found[str(fields["member"])] = contact_rules.from_fields(fields)
    return found


def deputies(console: Console, known: Mapping[str, Contact]) -> dict[str, list[str]]:
    """Return member id -> who is called when that person is not reached, in order; suspended people are passed over."""
    members = [member.id for member in console.policy.roster.members]
    chains = {member: contact_rules.succession(member, known, members) for member in members}
    return {m: [d for d in chain if d not in console.policy.suspended] for m, chain in chains.items()}


def with_contacts(console: Console, listed: Object, *, reached: bool) -> Object:
    """Return a list of keyholders with who stands in for them, and if asked how each is reached."""
    known = contacts(console)
    chains = deputies(console, known)
    rows = [
        {
            **row,
            "deputies": chains[str(row["id"])],
            **(contact_rules.to_object(known, str(row["id"])) if reached else {}),
        }
        for row in cast(list[Object], listed["keyholders"])
    ]
    return {"keyholders": cast(Json, rows)}
