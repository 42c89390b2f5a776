# SPDX-License-Identifier: Apache-2.0
"""The hour itself: asked, agreed to from two cities, opened, used up; killed once on the way."""

import base64
import json
import os
import signal
from collections import Counter
from collections.abc import Sequence
from typing import cast

from console.actions.activation import approval, lifecycle, remote, use
from console.actions.activation.release import release
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.handoff import transfer as pictures
from console.actions.own_console import answer as own_console
from console.actions.sealed import tables
from console.demo.station import KnownPins
from console.demo.story import (
    ADMIN,
    CODES,
    MATTER,
    SIGNING_KEY,
    Keep,
    Story,
    check,
    missing,
    state_of,
    tell,
    tell_refusal,
)
from console.domain import keys
from console.domain.activation import ceremony
from console.domain.canonical import Json, Object
from console.domain.errors import ConsoleError, Misused
from console.domain.payload import certificate, usage
from console.domain.sealed import envelope
from console.language import say, say_count
from console.wiring.own_console import own_console as console_of_ones_own
from console.wiring.station import codes

REQUEST: dict[str, Json] = {
    "incident": "INC-2026-0042",
    "category": "total",
    "jurisdictions": ["DE"],
    "matters": [MATTER],
    "items": [{"credential": ADMIN}, {"credential": CODES, "codes": 3}, {"credential": SIGNING_KEY}],
    "minutes": 1,
    "releases": 5,
    "requester": "legal-ops-1",
    "privilege": "attorney-client",
    "harm_if_delayed": "The time limit for the appeal runs out today at midnight.",
    "reason": "Sign-on and CRM have been unreachable since 14:05, the brief is only reachable this way.",
    "alternatives_tried": ["service desk call 14:20", "delegated login refused 14:31"],
    "outage": [
        {
            "system": "idp",
            "symptom": "SAML endpoint times out",
            "first_seen": "2026-11-23T13:05:00Z",
            "checked_by": ["legal-ops-1"],
            "how": "browser and phone, two networks",
        }
    ],
}


class Die:
    """A ``Screen`` that kills its process at the worst moment: the code is burnt and about to be seen."""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Do not come back."""
        os.kill(os.getpid(), signal.SIGKILL)
        raise Misused("still_alive")


def tell_it(story: Story) -> str:
    """Tell the emergency until its budget is used up; return the activation."""
    act = _ask(story)
    _agree_from_another_city(story, act)
    _show_that_it_stays_shut(story, act)
    _open(story, act)
    _release(story, act)
    _hand_over_a_code(story, act)
    _killed(story, act)
    _sign_without_showing(story, act)
    _breaker(story, act)
    return act


def _ask(story: Story) -> str:
    story.step(say("Everything is down. A lawyer asks for access, and must say why"))
    over = "2026-11-23T23:00:00Z"
    empty = {**REQUEST, "reason": "urgent", "matters": ["Müller ./. Schulze"], "deadline_at_risk": over}
    story.refused(lambda c: lifecycle.request(c, empty, sign_as="legal-ops-1"), "request_incomplete")
    tell(say("'urgent' says nothing, a matter is never a name, and that deadline has passed. Written properly:"))
    filed = story.act(lambda c: lifecycle.request(c, REQUEST, sign_as="legal-ops-1"))
    tell(
        say("Request {activation}", activation=filed["activation"]),
        say("Still missing: {missing}", missing=missing(filed)),
    )
    return str(filed["activation"])


def _agree_from_another_city(story: Story, act: str) -> None:
    story.step(say("Legal agrees from another city: the request travels as pictures, and so does the answer"))
    _, asked = story.act(lambda c: remote.request_code(c, act, "legal-1"))
    arrived = _carried(story, "request-legal-1", asked)
    with console_of_ones_own(story.home, KnownPins(story.pins)) as own:
        opened = own_console.read(own, arrived)
        told = own_console.describe(own, opened)
        check(told["mode"] == "drill", "her console knows that it is a drill")
        tell(
            say(
                "Her console reads: {requester} of {station} asks for {items}.",
                requester=told["requester"],
                station=told["station"],
                items=_items(told),
            ),
            say("It says whose station this is, and that it is a drill. She types the matter number again."),
        )
        try:
            own_console.agree(own, opened, ["M-2026-00118"], ["privilege"])
        except ConsoleError as error:
            check(error.code == "matters_differ", f"expected matters_differ, got {error.code}")
            tell(say("A wrong number first:"))
            tell_refusal(error)
        else:
            raise Misused("story_broken", what="matters_differ was not refused")
        _, answer = own_console.agree(own, opened, [MATTER], ["privilege"])
    taken = story.act(lambda c: remote.approval_scan(c, act, _carried(story, "answer-legal-1", answer)))
    tell(say("Her answer is taken in at the station. Still missing: {missing}", missing=missing(taken)))


def _carried(story: Story, name: str, data: bytes) -> bytes:
    """Draw an object as pictures, and return what is decoded from their pixels."""
    drawn = pictures.pictures(codes(), data)
    files = [story.out / f"{name}-{number:02}.png" for number in range(1, len(drawn) + 1)]
    for file, picture in zip(files, drawn, strict=True):
        file.write_bytes(picture)
    read = pictures.take_in(codes(), {file.name: file.read_bytes() for file in reversed(files)})
    check(read == data, "the pictures carry the whole of it")
    tell(
        say_count(
            len(files),
            "1 picture ({name}), sealed to its reader, is taken in.",
            "{count} pictures ({name}), sealed to their reader, are taken in, the last one first.",
            name=name,
        )
    )
    return read


def _items(told: Object) -> str:
    names = Counter(str(item["credential"]) for item in cast(list[dict[str, Json]], told["items"]))
    return ", ".join(f"{name} × {count}" if count > 1 else name for name, count in names.items())


def _show_that_it_stays_shut(story: Story, act: str) -> None:
    story.step(say("It does not open without both: no rule is asked here, only the cryptography"))
    story.refused(lambda c: lifecycle.open_activation(c, act), "quorum_not_met")
    tell(say("By force, with every check of the program left out. Legal alone:"))
    story.refused(lambda c: force(c, act, ["legal-1"]), "glass_intact")
    two = story.act(lambda c: approval.approve(c, act, "it-1"))
    tell(say("it-1 approves on their own token. Still missing: {missing}", missing=missing(two)))
    tell(say("IT alone, by force:"))
    story.refused(lambda c: force(c, act, ["it-1"]), "glass_intact")
    tell(say("One person twice, in the place of the other, by force:"))
    story.refused(lambda c: force(c, act, ["it-1"], also_as="legal-1"), "glass_intact")
    tell(say("Without a share of each, nobody can compute what was sealed."))


def force(console: Console, act: str, members: Sequence[str], also_as: str | None = None) -> None:
    """Try to open the first item with these members' shares, the station's HSM, and no check at all."""
    filed = lifecycle.load_request(console, act)
    given = [a for a in lifecycle.load_approvals(console, filed) if a.member in members]
    key = lifecycle.key_name(act)
    opened = ceremony.open_shares(filed, given, lambda points: console.hsm.derive(key, points))
    shares = {member: items[0] for member, items in opened.items()}
    if also_as:
        shares[also_as] = shares[members[0]]
    item = filed.items[0]
    record = versions.record(console, versions.fold(console), item)
    rows = tables.rows(console.hsm, console.vault, tables.STATE)
    row = rows[versions.row_name(item.credential, item.version, item.item)]
    with console.machine.secret(envelope.unsealed_size(record)) as room:
        envelope.unseal_record(record, shares, row, room).release()


def _open(story: Story, act: str) -> None:
    story.step(say("With both approvals it opens, for one minute and five showings"))
    opened = story.act(lambda c: lifecycle.open_activation(c, act))
    tell(say("State: {state}, {seconds} seconds left", state=state_of(opened), seconds=opened["seconds_left"]))


def _release(story: Story, act: str) -> None:
    story.step(say("The password is shown, twice; both are counted"))
    for _ in range(2):
        screen = Keep()
        shown = story.act(lambda c, s=screen: release(c, act, ADMIN, s))  # type: ignore[misc]
        check(screen.seen == bytes(story.sealed[ADMIN]), "the password shown is the one sealed")
        tell(say("Shown and read back: {secret}. Left: {left}", secret=screen.seen.decode(), left=_left(shown)))


def _left(state: Object) -> str:
    budget = cast(dict[str, int], state["budget"])
    return say("{left} of {releases} showings", left=budget["left"], releases=budget["releases"])


def _hand_over_a_code(story: Story, act: str) -> None:
    story.step(say("A one-time code crosses the air gap as a QR picture"))
    screen = Keep()
    shown = story.act(lambda c: release(c, act, CODES, screen))
    picture = story.out / "one-time-code.png"
    picture.write_bytes(story.act(lambda c: c.codes.render(screen.seen.decode())))
    read = story.act(lambda c: c.codes.scan(picture.read_bytes()))
    check(read == [story.sealed[CODES].decode().split()[0]], "the decoded code is the first of the list")
    tell(
        say(
            "Drawn by one library, decoded from the pixels by another: {code}. Left: {left}",
            code=read[0],
            left=_left(shown),
        ),
        say("(In the real mode no picture of a code is ever written to a disk.)"),
    )


def _killed(story: Story, act: str) -> None:
    story.step(say("The program is killed at the worst moment, just before the next code can be seen"))
    before = _codes_left(story)
    story.place.close()
    process = os.fork()
    if process == 0:
        story.act(lambda c: release(c, act, CODES, Die()))
        os._exit(1)
    _, status = os.waitpid(process, 0)
    check(os.WIFSIGNALED(status), "the process was killed")
    after = _codes_left(story)
    check(after == before - 1, "the code of the killed process is gone")
    tell(
        say(
            "Killed. Codes left: {before} before, {after} now: that code is burnt and never comes again.",
            before=before,
            after=after,
        ),
        say("The journal says of it: perhaps shown, nobody knows; it counts."),
    )


def _codes_left(story: Story) -> int:
    return cast(int, story.act(lambda c: versions.show(c, CODES))["codes_left"])


def _sign_without_showing(story: Story, act: str) -> None:
    story.step(say("A sealed key signs a token for the CRM, and is never shown"))
    screen, claims = Keep(), _claims(story)
    wanted = story.act(lambda c: use.prepare_jwt(c, claims, algorithm=None, key_id=None))
    used = story.act(lambda c: use.use(c, act, SIGNING_KEY, wanted, screen))
    signed, _, signature = screen.seen.rpartition(b".")
    with story.place.locked.machine.secret(len(story.sealed[SIGNING_KEY])) as room:
        key = usage.read_private_key(memoryview(story.sealed[SIGNING_KEY]), room)
        public = certificate.public_half(key)
    keys.check_signature(public, base64.urlsafe_b64decode(signature + b"=="), signed, signing=wanted.mechanism)
    tell(
        say("Signed (RS256): {claims}", claims=wanted.claims),
        say("The signature holds for the key's public half, as the CRM checks it. Left: {left}", left=_left(used)),
    )


def _claims(story: Story) -> bytes:
    ends = story.place.locked.machine.reading().wall_ms // 1000 + 180
    said = {"sub": "emergency@demo.example", "aud": "https://login.demo.example", "exp": ends}
    return json.dumps(said).encode()


def _breaker(story: Story, act: str) -> None:
    story.step(say("The budget is used up: the breaker trips, and both roles must reset it"))
    story.refused(lambda c: release(c, act, CODES, Keep()), "budget_used_up")
    one = story.act(lambda c: approval.second(c, act, "legal-2", "reset", 1))
    tell(say("legal-2 agrees. State: {state}", state=state_of(one)))
    two = story.act(lambda c: approval.second(c, act, "it-2", "reset", 1))
    tell(say("it-2 agrees. State: {state}, {left}", state=state_of(two), left=_left(two)))
    story.act(lambda c: release(c, act, CODES, Keep()))
    tell(say("The third and last code of the request is handed over. A fourth was never approved:"))
    story.refused(lambda c: release(c, act, CODES, Keep()), "budget_used_up")
