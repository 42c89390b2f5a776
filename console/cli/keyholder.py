# SPDX-License-Identifier: Apache-2.0
"""``breakglass keyholder …``."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from console import settings
from console.actions import entries as people_actions
from console.actions.keyholder import custody as register
from console.actions.keyholder import enrolment as actions
from console.actions.own_console.answer import pinned_if_any
from console.actions.policy import steps
from console.cli import answer, files, handover, keyholder_lines, policy_lines, readiness, recovery, suspension
from console.cli.call import Call, Reply, Verb
from console.cli.parser import WrongUsage
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.domain.handoff.frames import CARD, CHANGE
from console.domain.keyholder import enrolment
from console.domain.keyholder.contact import Contact
from console.domain.payload import certificate
from console.language import say
from console.settings import KeyholderSection, Settings
from console.wiring import founding
from console.wiring.own_console import own_console


def list_people(call: Call) -> Reply[Object]:
    """Everybody in the roster."""
    with call.console() as console:
        listed = people_actions.list_keyholders(console)
        value = actions.with_contacts(console, listed, reached=call.arguments.contacts)
        return Reply(value, keyholder_lines.keyholders)


# --- joining -----------------------------------------------------------------------------------------------


def enrol(call: Call) -> Reply[Object]:
    """Propose somebody, near or by card."""
    return _enrol_by_card(call) if call.arguments.card else _enrol_here(call)


def _enrol_here(call: Call) -> Reply[Object]:
    asked, chosen = call.arguments, settings.read(call.folder)
    section = _section_here(call, chosen)
    with_newcomer = replace(chosen, keyholders=(*chosen.keyholders, section))
    with (
        call.terminal.keeping_pins([section.id], new=_new_tokens(section)),
        call.station(with_newcomer) as newcomer,
        call.console() as console,
    ):
        value = actions.enrol_here(
            console,
            newcomer.locked,
            section.id,
            _attestation(asked.attestation),
            new_group=asked.new_group,
            onto=asked.onto,
        )
    return Reply(value, keyholder_lines.enrolled)


def _enrol_by_card(call: Call) -> Reply[Object]:
    asked = call.arguments
    data = handover.take_in(asked.card, CARD)
    card = enrolment.parse_card(data)
    spoken = asked.words
    if spoken is None and call.terminal.has_person():
        shown = f"{card.member.name} ({card.member.id}), {card.member.role}"
        spoken = call.terminal.ask(
            say(
                "This is the card of {shown}.\nLet this person read its 12 words aloud, and type what you hear:\n",
                shown=shown,
            )
        )
    if not spoken:
        raise Refused("words_missing")
    with call.console() as console:
        value = actions.enrol_by_card(console, data, spoken, new_group=asked.new_group, onto=asked.onto)
        return Reply(value, keyholder_lines.enrolled)


def make_card(call: Call) -> Reply[Object]:
    """Make the card of a keyholder's own console, which is the folder that --station names."""
    asked, home = call.arguments, call.folder
    section = founding.own_section(home, _section(call, asked.id))
    _renew(call, settings.without_station(home, section), section, founding.who_is_known(home))
    with call.terminal.keeping_pins([section.id], new=_new_tokens(section)):
        card = founding.make_own(home, section, call.terminal, _attestation(asked.attestation))
    names = handover.bring_out(asked.out, f"{section.id}-card", card.encode())
    return Reply({**actions.describe(card), "files": names}, keyholder_lines.card_made, to_stderr=asked.out == "-")


def _section(call: Call, id_: str) -> KeyholderSection:
    asked = call.arguments
    if not (id_ and asked.name and asked.role):
        raise WrongUsage(say("This needs a person: --id, --name and --role."), say("Give them, or the person's card."))
    where = Path(asked.folder).resolve() if asked.folder else None
    return KeyholderSection(
        id_, asked.name, asked.role, asked.module, asked.token, where, asked.init, also=tuple(asked.also)
    )


def _section_here(call: Call, chosen: Settings) -> KeyholderSection:
    asked = call.arguments
    if not (asked.name and asked.role):
        raise WrongUsage(say("This needs a person: --name and --role."), say("Give them, or the person's card."))
    with call.station(chosen) as station:
        present = {member.id for member in steps.as_written(station.locked.vault).roster.members}
    folder = Path(asked.folder).resolve() if asked.folder else None
    wanted = KeyholderSection(
        asked.id or "", asked.name, asked.role, asked.module, asked.token, folder, asked.init, also=tuple(asked.also)
    )
    section = settings.place_for(chosen, present, wanted)
    _renew(call, chosen, section, present)
    return section


def _renew(call: Call, chosen: Settings, section: KeyholderSection, present: Collection[str] = ()) -> None:
    """Put aside a token that is left over, if that is asked for; else say that its PIN was chosen before."""
    if not founding.is_left_over(chosen, section, present):
        return
    if call.arguments.new_token:
        founding.put_token_aside(chosen, section)
    else:
        call.terminal.say("token_left_over", member=section.id)


def _new_tokens(section: KeyholderSection) -> list[str]:
    """Return whose PIN is chosen now, not asked: that of a token in software which does not exist yet."""
    return [section.id] if section.folder and not section.folder.exists() else []


def _attestation(names: Sequence[str]) -> list[bytes]:
    return [made for name in names for made in certificate.read_all(bytes(files.read(name)))]


# --- between the station and somebody who is away --------------------------------------------------------------


def step(call: Call) -> Reply[Object]:
    """A proposal with everything that it follows from."""
    id_, out = call.arguments.id, call.arguments.out
    with call.console() as console:
        data = actions.bundle(console, id_)
    return files.written(handover.bring_out(out, f"step-{id_}", data), to_stderr=out == "-")


def sign_step(call: Call) -> Reply[Object]:
    """Sign a proposal on one's own console; on a terminal only after it was read."""
    asked, data = call.arguments, handover.take_in(call.arguments.files, CHANGE)
    spoken = asked.words
    with own_console(call.folder, call.terminal) as own:
        if spoken is None and call.terminal.has_person() and not pinned_if_any(own):
            spoken = call.terminal.ask(say("Type the station's 12 words, from paper or as two founders read them: "))
        proposed = actions.read_bundle(own, data, _words(spoken))
        if call.terminal.has_person():
            said = "\n".join(policy_lines.proposed(steps.describe(proposed)))
            call.terminal.confirm(policy_lines.signing(said, own.member), say("sign"))
        answer = actions.sign_elsewhere(own, proposed)
    names = handover.bring_out(asked.out, f"{own.member}-{proposed.id}", answer.encode())
    return files.written(names, to_stderr=asked.out == "-")


def _words(spoken: str | None) -> list[str]:
    return (spoken or "").replace(",", " ").split()


# --- custody, contacts -----------------------------------------------------------------------------------------


def custody(call: Call) -> Reply[Object]:
    """Who held what, from when to when."""
    with call.console() as console:
        if call.arguments.pdf:
            files.write(call.arguments.pdf, register.printed(console))
        return Reply(register.register(console), keyholder_lines.custody, to_stderr=call.arguments.pdf == "-")


def account_for(call: Call) -> Reply[Object]:
    """What became of an old token."""
    asked = call.arguments
    with call.console() as console:
        return Reply(register.account_for(console, asked.name, asked.verb, asked.note), keyholder_lines.custody)


def contact(call: Call) -> Reply[Object]:
    """How somebody is reached."""
    asked = call.arguments
    card = Contact(asked.phone, asked.mail, asked.reach, asked.deputy)
    with call.console() as console:
        return Reply(actions.set_contact(console, asked.name, card), keyholder_lines.contact)


VERBS: dict[str, Verb] = {
    "list": list_people,
    "enrol": enrol,
    "make-card": make_card,
    "step": step,
    "sign-step": sign_step,
    "custody": custody,
    "returned": account_for,
    "destroyed": account_for,
    "contact": contact,
    **answer.VERBS,
    **readiness.PROOF,
    **recovery.VERBS,
    **suspension.VERBS,
}
