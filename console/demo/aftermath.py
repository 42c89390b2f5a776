# SPDX-License-Identifier: Apache-2.0
"""After the hour: it ends by itself, is settled, proven to strangers, and survives the loss of its journal."""

import os
import sys
import sysconfig
import time
from pathlib import Path
from typing import cast

from console.actions.activation import approval
from console.actions.activation import lifecycle as activation
from console.actions.activation.release import release
from console.actions.credential import versions
from console.actions.document.summary import incident_summary
from console.actions.journal import reading, renewal
from console.actions.station import lifecycle as station
from console.demo.emergency import REQUEST, force
from console.demo.story import ADMIN, AFTER_ALARM, MATTER, Keep, Story, check, state_of, tell, words
from console.domain.canonical import Json
from console.domain.moment import here, local_and_utc
from console.language import say
from console.wording import alarm

NEXT: dict[str, Json] = {
    **REQUEST,
    "incident": "INC-2026-0043",
    "items": [{"credential": AFTER_ALARM}],
    "releases": 1,
    "reason": "The journal of the station is gone, and the model must answer tonight all the same.",
    "harm_if_delayed": "The hearing is tomorrow at nine, and the brief is not finished.",
}


def tell_it(story: Story, act: str) -> None:
    """Tell how the emergency ends, and how the next one begins under a new journal."""
    _ends_by_itself(story, act)
    _settle(story, act)
    _prove(story)
    _write_down(story, act)
    _lose_the_journal(story)


def _ends_by_itself(story: Story, act: str) -> None:
    story.step(say("Time runs out while no process of ours is running"))
    left = cast(int, story.act(lambda c: activation.show(c, act))["seconds_left"])
    station.lock(story.place.locked)
    story.place.close()
    tell(say("Locked; nothing runs. Waiting {seconds} seconds.", seconds=left + 1))
    time.sleep(left + 1)
    story.place.unlock("legal-ops-1")
    state = story.act(lambda c: activation.show(c, act))
    check(state["state"] == "ended" and state["ended_why"] == "time", "it ended by itself")
    tell(
        say("Unlocked again. State: {state}, because its time was over.", state=state_of(state)),
        say("The approvals are still stored. Without the request key, which is destroyed, they open nothing:"),
    )
    story.refused(lambda c: force(c, act, ["legal-1", "it-1"]), "key_gone")


def _settle(story: Story, act: str) -> None:
    story.step(say("Whatever was shown must be changed before the activation can be completed"))
    story.refused(lambda c: activation.close(c, act), "debts_owed")
    owed = cast(list[dict[str, Json]], story.act(lambda c: activation.show(c, act))["owed"])
    tell(*(say("Still to be changed: {credential}", credential=debt["credential"]) for debt in owed))
    secret = bytearray(b"set at the target by it-1 on the day after")
    story.act(lambda c: versions.rotate(c, ADMIN, bytearray(secret), sign_as="it-1"))
    tell(say("it-1 seals the new password. A second person must confirm it; alone it-1 cannot:"))
    story.refused(lambda c: versions.confirm(c, ADMIN, "it-1", "login tested"), "second_person_needed")
    story.act(lambda c: versions.confirm(c, ADMIN, "it-2", "login tested, ticket CHG-4711"))
    closed = story.act(lambda c: activation.close(c, act))
    check(closed["state"] == "closed", "the activation is completed")
    tell(
        say("it-2 confirms with evidence from the target. The old version is destroyed."),
        say("State: {state}", state=state_of(closed)),
    )


def _prove(story: Story) -> None:
    story.step(say("Strangers can check the journal"))
    verdict = story.act(lambda c: reading.verify(c, deep=True))
    check(verdict["ok"] is True, f"the journal verifies: {verdict['findings']}")
    tell(
        say(
            "Verified up to entry {entry}, vouched until {time}.",
            entry=cast(int, verdict["size"]) - 1,
            time=local_and_utc(here(str(verdict["vouched_until"]))),
        )
    )
    export = story.out / "export"
    story.act(lambda c: reading.export(c, export))
    key = str(story.act(reading.checkpoint)["key"])
    (story.out / "log-key.txt").write_text(key + "\n")
    tell(say("Exported. What verify.py says of it, in a Python that does not have this program:"))
    status = _verify_elsewhere(export, key)
    check(status == 0, f"verify.py says {status}")


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
    story.step(say("One page for the file"))
    page = story.out / "incident-summary.pdf"
    page.write_bytes(story.act(lambda c: incident_summary(c, act)))
    newest = story.act(reading.checkpoint)
    tell(
        say("{page}: who, why, when, what was shown, what is owed, and what the page does not prove.", page=page.name),
        say("Journal: {size} entries; twelve words: {words}", size=newest["size"], words=words(newest)),
    )


def _lose_the_journal(story: Story) -> None:
    story.step(say("Somebody deletes the journal. The alarm goes off, and the next emergency still goes on"))
    (story.settings.folder / "journal.db").unlink()
    story.refused(lambda c: activation.request(c, NEXT, sign_as="legal-ops-1"), "journal_alarm")
    proposal = story.act(renewal.propose)
    found = cast(dict[str, Json], proposal["found"])
    tell(
        say("Alarm: {why}.", why=alarm(cast(list[str], proposal["alarm"]))),
        say("The copy on the second medium still has all {size} entries.", size=found["size"]),
    )
    begun = proposal
    for member in ("legal-2", "it-1"):
        begun = story.act(lambda c, m=member: renewal.sign(c, str(proposal["renewal"]), m))  # type: ignore[misc]
    check(begun["in_force"] is True, "the new journal has begun")
    tell(
        say("legal-2 and it-1 sign: a new journal begins, and says again what stands."),
        say("The alarm stays in it for ever."),
    )
    _next_emergency(story)


def _next_emergency(story: Story) -> None:
    filed = story.act(lambda c: activation.request(c, NEXT, sign_as="legal-ops-1"))
    act, screen = str(filed["activation"]), Keep()
    story.act(lambda c: approval.approve(c, act, "legal-2", matters=[MATTER], confirms=["privilege"]))
    story.act(lambda c: approval.approve(c, act, "it-2"))
    story.act(lambda c: activation.open_activation(c, act))
    story.act(lambda c: release(c, act, AFTER_ALARM, screen))
    check(screen.seen == bytes(story.sealed[AFTER_ALARM]), "the key shown is the one sealed")
    ended = story.act(lambda c: activation.end(c, act))
    tell(
        say("A request, two approvals, and {credential} is shown.", credential=AFTER_ALARM),
        say("State: {state}; what was shown is still to be changed.", state=state_of(ended)),
        say("Everything is in {folder}: station, mirror, home-legal-1, pins.toml, out.", folder=story.folder),
    )
