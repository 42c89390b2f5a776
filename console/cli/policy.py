# SPDX-License-Identifier: Apache-2.0
"""``breakglass policy …``."""

from functools import partial

from console import settings
from console.actions.activation import reseal as resealing
from console.actions.activation import stand_in
from console.actions.document import certificate as founding_paper
from console.actions.keyholder import enrolment
from console.actions.policy import steps as actions
from console.actions.policy.standing import lost_with
from console.actions.station import lifecycle as station_actions
from console.cli import files, handover, policy_lines, text
from console.cli.call import Call, Reply, Verb, in_one_sitting
from console.cli.credential import who_seals
from console.cli.parser import WrongUsage
from console.cli.recovery import present_with, typed_words
from console.domain.canonical import Object
from console.domain.handoff.frames import SIGNATURE
from console.language import say


def genesis(call: Call) -> Reply[Object]:
    """The founding document in words, with the signatures that are missing."""
    with call.station() as station:
        return Reply(station_actions.genesis(station.locked), text.genesis)


def words(call: Call) -> Reply[Object]:
    """The twelve words alone."""
    with call.station() as station:
        return Reply(station_actions.genesis(station.locked), text.twelve_words)


def certificate(call: Call) -> Reply[Object]:
    """The founding certificate, as PDF."""
    with call.console() as console:
        page = founding_paper.certificate(console)
    return files.hand_over(call.arguments.out, page)


def show(call: Call) -> Reply[Object]:
    """The policy in force; while the station is locked, as its files tell it."""
    with call.station() as station:
        is_locked = station.locked.keepers.status() is None and call.arguments.as_member is None
        if is_locked:
            return Reply(actions.show(actions.as_written(station.locked.vault)), policy_lines.policy)
    with call.console() as console:
        return Reply(actions.show(console.policy, actions.proposals(console)), policy_lines.policy)


def propose(call: Call) -> Reply[Object]:
    """Propose what a change file says."""
    change = files.read_toml(call.arguments.file)
    with call.console() as console:
        return Reply(actions.propose_change(console, change), policy_lines.proposed)


@in_one_sitting
def sign(call: Call) -> Reply[Object]:
    """Sign the founding document or a proposal; on a terminal only after it was read."""
    if call.arguments.sheets:
        return _sign_by_sheets(call)
    if call.arguments.answer:
        return _take_answer(call)
    if call.arguments.id == "genesis":
        return _sign_genesis(call)
    id_, member = call.arguments.id, call.arguments.keyholder
    if call.terminal.has_person():
        with call.console(later=member) as console:
            read = "\n".join(policy_lines.proposed(actions.describe(actions.find(console, id_))))
        call.terminal.confirm(policy_lines.signing(read, member), say("sign"))
    with call.console(member) as console:
        return Reply(actions.sign(console, id_, member), partial(policy_lines.signed, away=_away(call)))


def _away(call: Call) -> set[str]:
    return {section.id for section in settings.read(call.folder).keyholders if section.away}


def _sign_by_sheets(call: Call) -> Reply[Object]:
    """The sheets of a group sign, witnessed; on a terminal only after it was read, and what is lost with it."""
    given = call.arguments
    if given.answer:
        raise WrongUsage(say("--sheets needs a witness who is here."), say("Name the witness with --keyholder."))
    if call.terminal.has_person():
        with call.console(later=given.keyholder) as console:
            step = actions.find(console, given.id)
            lost = lost_with(console, step.result(), given.sheets)
            read = [*policy_lines.proposed(actions.describe(step)), *policy_lines.lost(lost)]
        said = say(
            "This will be signed with the recovery sheets of {sheets}, and by {keyholder}.",
            sheets=given.sheets,
            keyholder=given.keyholder,
        )
        call.terminal.confirm("\n".join([*read, "", said]), say("sign"))
    present, words = present_with(call), typed_words(call)
    with call.console(given.keyholder) as console:
        value = stand_in.sign(
            console, given.id, given.sheets, words, given.keyholder, present=present, again=given.again
        )
        return Reply(value, policy_lines.signed_by_sheets)


def _take_answer(call: Call) -> Reply[Object]:
    data = handover.take_in(call.arguments.answer, SIGNATURE)
    with call.console() as console:
        return Reply(enrolment.take_answer(console, call.arguments.id, data), policy_lines.proposed)


def _sign_genesis(call: Call) -> Reply[Object]:
    with call.station() as station:
        if call.terminal.has_person():
            read = "\n".join(text.genesis(station_actions.genesis(station.locked)))
            call.terminal.confirm(policy_lines.signing(read, call.arguments.keyholder), say("sign"))
        return Reply(station_actions.sign_genesis(station.locked, call.arguments.keyholder), text.genesis)


def reseal(call: Call) -> Reply[Object]:
    """Say what re-sealing will cost, or seal again what is stale in an open activation."""
    if call.arguments.plan:
        with call.console() as console:
            return Reply(resealing.plan(console), policy_lines.plan)
    sealer = who_seals(call)
    with call.console(sealer) as console:
        return Reply(resealing.reseal(console, call.arguments.id, sign_as=sealer), policy_lines.resealed)


VERBS: dict[str, Verb] = {
    "genesis": genesis,
    "words": words,
    "certificate": certificate,
    "show": show,
    "propose": propose,
    "sign": sign,
    "reseal": reseal,
}
