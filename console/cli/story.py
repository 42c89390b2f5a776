# SPDX-License-Identifier: Apache-2.0
"""``demo --headless``: one whole emergency on real parts, told step by step. A step that does not do what it says
ends the story with exit status 5. No step is simulated."""

import os
import signal
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar, cast

from console.actions import activation, approval, credential, journal, station, tables
from console.actions.keyholder import list_keyholders
from console.actions.ports import Console
from console.actions.release import release
from console.actions.summary import incident_summary
from console.cli.throwaway import KnownPins, found_station, seal_samples
from console.domain import ceremony, envelope
from console.domain.canonical import Json, Object
from console.domain.errors import ConsoleError, Misused
from console.wiring import Station

T = TypeVar("T")

ADMIN, CODES, API_KEY = "salesforce-emergency-admin", "idp-recovery-codes", "llm-admin-api-key"
MATTER = "M-2026-00117"
REQUEST: dict[str, Json] = {
    "incident": "INC-2026-0042", "category": "total", "jurisdictions": ["DE"], "matters": [MATTER],
    "items": [{"credential": ADMIN}, {"credential": CODES, "codes": 3}],
    "minutes": 1, "releases": 4, "requester": "legal-ops-1", "privilege": "attorney-client",
    "harm_if_delayed": "The time limit for the appeal runs out today at midnight.",
    "deadline_at_risk": "2026-11-23T23:00:00Z",
    "reason": "Sign-on and CRM have been unreachable since 14:05, the brief is only reachable this way.",
    "alternatives_tried": ["service desk call 14:20", "delegated login refused 14:31"],
    "outage": [{
        "system": "idp", "symptom": "SAML endpoint times out", "first_seen": "2026-11-23T13:05:00Z",
        "checked_by": ["legal-ops-1"], "how": "browser and phone, two networks",
    }],
}  # fmt: skip


class Keep:
    """A ``Screen`` that keeps what it was shown, for the story to compare."""

    def __init__(self) -> None:
        self.seen = b""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Remember the secret and say that it was read back."""
        self.seen = bytes(secret)
        return "read_back"


class Die:
    """A ``Screen`` that kills its process at the worst moment: the code is burnt and about to be seen."""

    def show(self, title: str, secret: memoryview, *, kind: str, seconds: int) -> str:
        """Do not come back."""
        os.kill(os.getpid(), signal.SIGKILL)
        raise Misused("still_alive")


class Story:
    """The teller: a numbered heading for each step, a line for each fact, and the station it is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self._step = 0
        self.settings, self.pins = found_station(folder)
        self.out.mkdir()
        self.place = Station(self.settings, KnownPins(self.pins))

    def step(self, title: str) -> None:
        """Begin a step."""
        self._step += 1
        _print(f"\n{self._step:2}. {title}")

    def act(self, action: Callable[[Console], T]) -> T:
        """Do one action under the lease."""
        with self.place.console() as console:
            return action(console)

    def refused(self, action: Callable[[Console], object], code: str) -> None:
        """Do an action that must be refused with this code."""
        try:
            self.act(action)
        except ConsoleError as error:
            _check(error.code == code, f"expected {code}, got {error.code}")
            tell(f"refused: {error.code.replace('_', ' ')}")
            return
        raise Misused("story_broken", what=f"{code} was not refused")


def tell(*lines: str) -> None:
    """Tell facts, a line each."""
    for line in lines:
        _print(f"    {line}")


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _check(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise Misused("story_broken", what=what)


def run(folder: Path) -> None:
    """Tell the whole emergency in a fresh folder; raises ``Misused`` (story_broken) where it does not hold."""
    _print(
        "The glass breaks: one emergency, from founding to the closed books. Everything below is really done."
    )
    story = Story(folder)
    try:
        _found(story)
        sealed = _seal(story)
        act = _ask(story)
        _show_that_it_stays_shut(story, act)
        _open(story, act)
        _release(story, act, sealed)
        _hand_over_a_code(story, act, sealed)
        _killed(story, act)
        _breaker(story, act)
        _ends_by_itself(story, act)
        _settle(story, act)
        _prove(story)
        _write_down(story, act)
    finally:
        station.lock(story.place.locked)
        story.place.close()


def _found(story: Story) -> None:
    story.step("A station is founded")
    words = station.genesis(story.place.locked)
    tell(
        "Two Legal and two IT keyholders made keys on their own tokens, read the rules, and signed them.",
        f"Twelve words to compare aloud: {' '.join(cast(list[str], words['words']))}",
        f"Who has not signed: {cast(list[str], words['unsigned']) or 'nobody'}",
        f"PINs of this demo: {', '.join(f'{m} {pin}' for m, pin in story.pins.items())}",
    )
    story.step("It is unlocked by one person's token")
    story.place.unlock("legal-ops-1")
    people = cast(list[dict[str, Json]], story.act(list_keyholders)["keyholders"])
    roster = ", ".join(f"{person['id']} ({person['role']})" for person in people)
    tell(f"Unlocked by legal-ops-1. In the roster: {roster}")


def _seal(story: Story) -> Mapping[str, bytearray]:
    story.step("Five credentials are sealed; nobody can look at them now")
    sealed = seal_samples(story.place)
    for row in cast(list[dict[str, Json]], story.act(credential.list_credentials)["credentials"]):
        left = f", {row['codes_left']} codes" if row["codes_left"] else ""
        tell(f"{row['name']}: {row['kind']}{left}, {row['state']}")
    return sealed


def _ask(story: Story) -> str:
    story.step("Everything is down. A lawyer asks for access, and must say why")
    empty = {**REQUEST, "reason": "urgent", "matters": ["Müller ./. Schulze"]}
    story.refused(lambda c: activation.request(c, empty, sign_as="legal-ops-1"), "request_incomplete")
    tell("'urgent' says nothing, and a matter is a number, never a name. Written properly:")
    filed = story.act(lambda c: activation.request(c, REQUEST, sign_as="legal-ops-1"))
    tell(f"Request {filed['activation']}", f"Missing: {_missing(filed)}")
    return str(filed["activation"])


def _missing(state: Object) -> str:
    missing = cast(dict[str, int], state["missing"])
    return ", ".join(f"{n} × {group}" for group, n in missing.items() if n) or "nobody"


def _show_that_it_stays_shut(story: Story, act: str) -> None:
    story.step("It does not open without both: no rule is asked here, only the cryptography")
    story.refused(lambda c: activation.open_activation(c, act), "quorum_not_met")
    one = story.act(lambda c: approval.approve(c, act, "legal-1", matters=[MATTER], confirms=["privilege"]))
    tell(f"legal-1 approves on their own token. Still missing: {_missing(one)}")
    tell("Legal alone, every check left out:")
    story.refused(lambda c: _force(c, act, ["legal-1"]), "glass_intact")
    two = story.act(lambda c: approval.approve(c, act, "it-1"))
    tell(f"it-1 approves on their own token. Still missing: {_missing(two)}")
    tell("IT alone, every check left out:")
    story.refused(lambda c: _force(c, act, ["it-1"]), "glass_intact")
    tell("One person twice, in the place of the other, every check left out:")
    story.refused(lambda c: _force(c, act, ["it-1"], also_as="legal-1"), "glass_intact")


def _force(console: Console, act: str, members: Sequence[str], also_as: str | None = None) -> None:
    """Try to open the first item with these members' shares, the station's HSM, and no check at all."""
    filed = activation.load_request(console, act)
    given = [a for a in activation.load_approvals(console, filed) if a.member in members]
    key = activation.key_name(act)
    opened = ceremony.open_shares(filed, given, lambda points: console.hsm.derive(key, points))
    shares = {member: items[0] for member, items in opened.items()}
    if also_as:
        shares[also_as] = shares[members[0]]
    item = filed.items[0]
    record = credential.record(console, credential.fold(console), item)
    rows = tables.rows(console.hsm, console.vault, tables.STATE)
    row = rows[credential.row_name(item.credential, item.version, item.item)]
    with console.machine.secret(envelope.unsealed_size(record)) as room:
        envelope.unseal_record(record, shares, row, room).release()


def _open(story: Story, act: str) -> None:
    story.step("With both approvals it opens, for one minute and four showings")
    opened = story.act(lambda c: activation.open_activation(c, act))
    tell(f"State: {opened['state']}, {opened['seconds_left']} seconds left")


def _release(story: Story, act: str, sealed: Mapping[str, bytearray]) -> None:
    story.step("The password is released, twice; both are counted")
    for _ in range(2):
        screen = Keep()
        shown = story.act(lambda c, s=screen: release(c, act, ADMIN, s))  # type: ignore[misc]
        _check(screen.seen == bytes(sealed[ADMIN]), "the password shown is the one sealed")
        tell(f"Shown and read back: {screen.seen.decode()}. Left: {_left(shown)}")


def _left(state: Object) -> str:
    budget = cast(dict[str, int], state["budget"])
    return f"{budget['left']} of {budget['releases']} showings"


def _hand_over_a_code(story: Story, act: str, sealed: Mapping[str, bytearray]) -> None:
    story.step("A one-time code crosses the air gap as a QR picture")
    screen = Keep()
    shown = story.act(lambda c: release(c, act, CODES, screen))
    picture = story.out / "one-time-code.png"
    picture.write_bytes(story.act(lambda c: c.codes.render(screen.seen.decode())))
    read = story.act(lambda c: c.codes.scan(picture.read_bytes()))
    _check(read == [sealed[CODES].decode().split()[0]], "the decoded code is the first of the list")
    tell(f"Drawn by one library, decoded from the pixels by another: {read[0]}. Left: {_left(shown)}",
         "(In the real mode no picture of a code is ever written to a disk.)")  # fmt: skip


def _killed(story: Story, act: str) -> None:
    story.step("The program is killed at the worst moment, just before the next code can be seen")
    before = _codes_left(story)
    story.place.close()
    process = os.fork()
    if process == 0:
        story.act(lambda c: release(c, act, CODES, Die()))
        os._exit(1)
    _, status = os.waitpid(process, 0)
    _check(os.WIFSIGNALED(status), "the process was killed")
    after = _codes_left(story)
    _check(after == before - 1, "the code of the killed process is gone")
    tell(f"Killed. Codes left: {before} before, {after} now: that code is burnt and never comes again.",
         "The journal says of it: perhaps shown, nobody knows; it counts.")  # fmt: skip


def _codes_left(story: Story) -> int:
    return cast(int, story.act(lambda c: credential.show(c, CODES))["codes_left"])


def _breaker(story: Story, act: str) -> None:
    story.step("The budget is used up: the breaker trips, and both roles must reset it")
    story.refused(lambda c: release(c, act, CODES, Keep()), "budget_used_up")
    one = story.act(lambda c: approval.second(c, act, "legal-2", "reset", 1))
    tell(f"legal-2 agrees. State: {one['state']}")
    two = story.act(lambda c: approval.second(c, act, "it-2", "reset", 1))
    tell(f"it-2 agrees. State: {two['state']}, {_left(two)}")
    story.act(lambda c: release(c, act, CODES, Keep()))
    tell("The third and last code of the request is handed over. A fourth was never approved:")
    story.refused(lambda c: release(c, act, CODES, Keep()), "budget_used_up")


def _ends_by_itself(story: Story, act: str) -> None:
    story.step("Time runs out while no process of ours is running")
    left = cast(int, story.act(lambda c: activation.show(c, act))["seconds_left"])
    station.lock(story.place.locked)
    story.place.close()
    tell(f"Locked; nothing runs. Waiting {left + 1} seconds.")
    time.sleep(left + 1)
    story.place.unlock("legal-ops-1")
    state = story.act(lambda c: activation.show(c, act))
    _check(state["state"] == "ended" and state["ended_why"] == "time", "it ended by itself")
    tell("Unlocked again. State: ended, because its time was over.")
    tell("The approvals are still stored. Without the request key, which is destroyed, they open nothing:")
    story.refused(lambda c: _force(c, act, ["legal-1", "it-1"]), "key_gone")


def _settle(story: Story, act: str) -> None:
    story.step("Whatever was shown must be rotated before the books can be closed")
    story.refused(lambda c: activation.close(c, act), "debts_owed")
    owed = cast(list[dict[str, Json]], story.act(lambda c: activation.show(c, act))["owed"])
    tell(*(f"Owed: rotation of {debt['credential']}" for debt in owed))
    secret = bytearray(b"set at the target by it-1 on the day after")
    story.act(lambda c: credential.rotate(c, ADMIN, bytearray(secret), sign_as="it-1"))
    tell(
        "it-1 seals the new password. It is a candidate until a second person confirms it; alone it-1 cannot:"
    )
    story.refused(lambda c: credential.confirm(c, ADMIN, "it-1", "login tested"), "second_person_needed")
    story.act(lambda c: credential.confirm(c, ADMIN, "it-2", "login tested, ticket CHG-4711"))
    closed = story.act(lambda c: activation.close(c, act))
    tell(
        "it-2 confirms with evidence from the target. The old version is destroyed.",
        f"State: {closed['state']}",
    )


def _prove(story: Story) -> None:
    story.step("Strangers can check the journal")
    verdict = story.act(lambda c: journal.verify(c, deep=True))
    _check(verdict["ok"] is True, f"the journal verifies: {verdict['findings']}")
    tell(f"Verified up to entry {cast(int, verdict['size']) - 1}, vouched until {verdict['vouched_until']}.")
    export = story.out / "export"
    story.act(lambda c: journal.export(c, export))
    key = str(story.act(journal.checkpoint)["key"])
    (story.out / "log-key.txt").write_text(key + "\n")
    tell("Exported. What verify.py says of it, in a Python that does not have this program:")
    status = _verify_elsewhere(export, key)
    _check(status == 0, f"verify.py says {status}")


def _verify_elsewhere(export: Path, key: str) -> int:
    """Run verify.py without our package: no .pth files are read (-S), only the folder of installed libraries."""
    libraries = sysconfig.get_path("platlib")
    start = f"import sys, runpy; sys.path.append({libraries!r}); sys.argv[:] = sys.argv[1:]; "
    start += "assert not __import__('importlib.util').util.find_spec('console'); "
    start += "runpy.run_path(sys.argv[0], run_name='__main__')"
    arguments = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        start,
        str(export / "verify.py"),
        str(export),
        "--key",
        key,
        "--deep",
    ]
    sys.stdout.flush()
    process = os.posix_spawn(sys.executable, arguments, {})
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _write_down(story: Story, act: str) -> None:
    story.step("One page for the file")
    page = story.out / "incident-summary.pdf"
    page.write_bytes(story.act(lambda c: incident_summary(c, act)))
    newest = story.act(journal.checkpoint)
    tell(f"{page.name}: who, why, when, what was shown, what is owed, and what the page does not prove.",
         f"Journal: {newest['size']} entries; twelve words: {' '.join(cast(list[str], newest['words']))}",
         f"Everything is in {story.folder}: station, pins.toml, out.")  # fmt: skip
    _print("\nDone. Every step did what it says.")
