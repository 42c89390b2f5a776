# SPDX-License-Identifier: Apache-2.0
"""``breakglass credential …``."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from console.actions.credential import otp
from console.actions.credential import source as sources
from console.actions.credential import versions as actions
from console.cli import files, text, usage
from console.cli.call import Call, Reply, Verb, in_one_sitting
from console.domain import kinds
from console.domain.canonical import Json, Object
from console.domain.credential import versions as rules
from console.domain.errors import Refused, Unavailable
from console.domain.kinds import Input, Kind, Seed
from console.language import say
from console.sentences import seed

QUESTIONS = {
    "target": say("Which system is it for"),
    "account": say("Which account"),
    "rotate": say("How is it rotated after use"),
}


@in_one_sitting
def seal(call: Call) -> Reply[Object]:
    """Seal the first version, signed by --as or by who unlocked the station."""
    asked, sealer = call.arguments, who_seals(call)
    if call.terminal.has_person():
        with call.console(later=sealer) as console:
            actions.check_new(console, asked.name, asked.kind, asked.class_)
    kind = kinds.find(asked.kind)
    _check_way_in(call, kind)
    card = files.read_toml(asked.card) if asked.card else _card(call)
    with _secret(call, kind) as (secret, source):
        _compare(call, kind, secret)
        with call.console(sealer) as console:
            value = actions.seal(
                console, asked.name, asked.kind, asked.class_, secret, card, sign_as=sealer, source=source
            )
            return Reply(value, text.credential)


@in_one_sitting
def rotate(call: Call) -> Reply[Object]:
    """Seal a new version as a candidate."""
    sealer, name = who_seals(call), call.arguments.name
    is_asked = call.arguments.source is None or call.terminal.has_person()
    kind = _kind(call) if is_asked else None
    with _secret(call, kind) as (secret, source):
        _compare(call, kind, secret)
        with call.console(sealer) as console:
            return Reply(actions.rotate(console, name, secret, sign_as=sealer, source=source), text.credential)


def confirm(call: Call) -> Reply[Object]:
    """Confirm a candidate on a second keyholder's token."""
    member = call.arguments.as_member
    with call.console(member) as console:
        value = actions.confirm(console, call.arguments.name, member, call.arguments.evidence)
        return Reply(value, text.credential)


def list_all(call: Call) -> Reply[Object]:
    """Every credential."""
    with call.console() as console:
        return Reply(actions.list_credentials(console), text.credentials)


def show(call: Call) -> Reply[Object]:
    """One credential with its use card."""
    with call.console() as console:
        return Reply(actions.show(console, call.arguments.name), text.credential)


def who_seals(call: Call) -> str:
    """Return whose token seals: asked here, so that their PIN is typed before the station is held."""
    if call.arguments.as_member:
        return str(call.arguments.as_member)
    with call.station() as station:
        status = station.locked.keepers.status()
    if status is None:
        raise Unavailable("station_locked")
    return str(status["member"])


def _card(call: Call) -> Object:
    given: dict[str, Json] = {name: getattr(call.arguments, name) for name in QUESTIONS}
    if call.terminal.has_person():
        given |= {name: call.terminal.ask(f"{QUESTIONS[name]}? ") for name, said in given.items() if said is None}
    return {name: said for name, said in given.items() if said}


def _kind(call: Call) -> Kind:
    with call.console(later=who_seals(call)) as console:
        return actions.kind(console, call.arguments.name)


def _compare(call: Call, kind: Kind | None, secret: bytearray) -> None:
    """Let the person see what a seed gives now, before it is sealed: a wrong one would be found when it is needed."""
    if kind and kind.seed is Seed.TIME and call.terminal.has_person():
        with call.station() as station:
            now = otp.present_code(station.locked.machine, secret)
        with call.terminal.aside():
            asked = f"{seed.gives(str(now['code']), cast(int, now['seconds_left']))}\n{seed.WHETHER_RIGHT}"
            call.terminal.confirm(asked, say("right"))


@contextmanager
def _secret(call: Call, kind: Kind | None) -> Iterator[tuple[bytearray, str]]:
    """Lend the secret from a file, a picture, a pipe or the person, and how it came; wipe it."""
    secret, source = _given(call, kind)
    try:
        yield secret, source
    finally:
        secret[:] = bytes(len(secret))


def _check_way_in(call: Call, kind: Kind | None) -> None:
    if call.arguments.source is None and kind and kind.input is not Input.LINE:
        raise Refused("typed_one_line", kind=kind.name)


def _given(call: Call, kind: Kind | None) -> tuple[bytearray, str]:
    file = call.arguments.source
    _check_way_in(call, kind)
    if file is None:
        return call.terminal.secret_twice(say("The secret (it does not appear)")), rules.TYPED
    data = files.read(file)
    if file == "-" or not stat.S_ISREG(Path(file).stat().st_mode):
        return data, rules.PIPED
    from console.wiring.station import codes  # it brings every adapter: a wrong folder is told without them

    taken = sources.taken(codes(), data, file)
    call.terminal.say("plaintext_file", file=file)
    return taken


VERBS: dict[str, Verb] = {
    "seal": seal,
    "rotate": rotate,
    "confirm": confirm,
    "list": list_all,
    "show": show,
    **usage.DRIFT,
}
