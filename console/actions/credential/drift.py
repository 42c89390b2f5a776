# SPDX-License-Identifier: Apache-2.0
"""How far the target is from the station's one-time codes: found from a code that the target's owner can see now.

Nothing is shown, only compared, and only inside an open activation of the credential. Every try is in the journal
before its answer is known, and there are few of them: else it could be asked until a guess is right.
"""

import hmac

from console.actions.activation.lifecycle import load, load_request, refusals_noted
from console.actions.activation.release import next_item, opened
from console.actions.console import Console
from console.actions.credential import otp
from console.actions.credential import versions as credentials
from console.actions.entries import unlocked_person, write
from console.actions.station import clock
from console.domain.activation.state import Activation
from console.domain.canonical import Object
from console.domain.credential.versions import Credential
from console.domain.entries.credential import CredentialDrift
from console.domain.errors import Refused
from console.domain.kinds import Seed
from console.domain.payload import otp as rules

TRIES = 5


def drift(console: Console, name: str, shown: str) -> Object:
    """Compare the code ``shown`` elsewhere now with those around the present one; the offset counts from now on.

    TOTP: up to ten steps before and after. HOTP: up to fifty codes ahead, and the next one comes after the one shown.
    Raises ``Refused``: drift_kind, drift_needs_activation, drift_tries, drift_not_found.
    """
    credential = credentials.find(credentials.fold(console), name)
    if credential.kind.seed is None:
        raise Refused("drift_kind", name=name)
    activation = _open_for(console, name)
    if _failed(console, activation) >= TRIES:
        raise Refused("drift_tries", tries=TRIES)
    with refusals_noted(console, activation.id, "drift"):
        if credential.kind.seed is Seed.TIME:
            clock.check(console)
        return _found(console, activation, credential, credential.kind.seed, "".join(shown.split()))


def _found(console: Console, activation: Activation, credential: Credential, seed: Seed, shown: str) -> Object:
    filed, known = load_request(console, activation.id), credentials.fold(console)
    item = next_item(console, filed, credential.name, credential.kind)
    record = credentials.record(console, known, item)
    row = credentials.counter_row(credential.name, credential.origin_of(item.version))
    now, offsets = _around(console, credential, item.version)
    wanted = otp.Code(seed, now, otp.where(console), row)
    with opened(console, activation, filed, item, record, burns=False) as payload:
        codes = otp.codes(console, payload, wanted, [now + offset for offset in offsets])
    same = [hmac.compare_digest(code, shown.encode()) for code in codes]
    if not any(same):
        raise Refused("drift_not_found", name=credential.name)
    offset = offsets[same.index(True)]
    after = now + offset + 1 if seed is Seed.COUNTER else None
    said = CredentialDrift(
        credential=credential.name, version=item.version, kind=credential.kind.name, offset=offset, next=after
    )
    write(console, said, unlocked_person(console), act=activation.id, critical=True)
    if after is not None:
        otp.pass_counter(console, row, after)
    return {**said.body(), "activation": activation.id}


def _around(console: Console, credential: Credential, version: int) -> tuple[int, list[int]]:
    """Return the present step or number, and the offsets to be tried."""
    if credential.kind.seed is Seed.COUNTER:
        return otp.next_number(console, credential, version), list(range(rules.LOOK_AHEAD))
    step = rules.totp_step(console.machine.reading().wall_ms)
    return step, [offset for offset in rules.drifts() if step + offset >= 0]


def _open_for(console: Console, name: str) -> Activation:
    at = console.machine.reading()
    for key in console.hsm.keys():
        if key.startswith("open-"):
            activation = load(console, key.removeprefix("open-"))
            if activation.state(at) == "open" and any(item[0] == name for item in activation.items):
                return activation
    raise Refused("drift_needs_activation", name=name)


def _failed(console: Console, activation: Activation) -> int:
    refused = console.journal.entries(act=activation.id, type_="activation.refused")
    return sum(entry.body["code"] == "drift_not_found" for entry in refused)
