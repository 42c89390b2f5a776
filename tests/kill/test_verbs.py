# SPDX-License-Identifier: Apache-2.0
"""Kill -9 before every durable step of the other verbs: done wholly or not at all, and it can be done again."""

import pytest

from console.actions.activation import approval, lifecycle, release, stand_in
from console.actions.credential import versions
from console.actions.keyholder import sheet_status
from console.actions.policy import steps
from console.demo.station import card
from console.domain.errors import Refused
from tests.kill.plans import every, written
from tests.kill.victim import DENIED
from tests.support.activations import approve, approved_base, filed, opened_base, requested_base, rotated_base
from tests.support.aftermath import Victims, killed
from tests.support.scenes import PASSWORD, Scene, sealed_base
from tests.support.screens import Paper
from tests.support.sheets import (
    RECOVERABLE,
    kept_rotated_base,
    print_and_prove,
    recoverable_base,
    recovery_base,
    words_of,
)

pytestmark = [pytest.mark.real, pytest.mark.long]


def state(scene: Scene) -> str:
    with scene.console() as console:
        return str(lifecycle.show(console, scene.act)["state"])


def why(scene: Scene) -> object:
    """Return why the activation is over."""
    with scene.console() as console:
        return lifecycle.show(console, scene.act)["ended_why"]


def password_of(scene: Scene) -> bytes:
    """Return the password, through a whole new activation."""
    paper = Paper()
    with scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        approve(console, act, "legal-2", "it-1")
        lifecycle.open_activation(console, act)
        release.release(console, act, PASSWORD, paper)
    return paper.shown[0][1]


@every("request")
def test_request(victims: Victims, point: int) -> None:
    """A request that was not written down leaves no key behind; another one is filed and opens."""
    with killed(victims, "request", sealed_base(), point) as scene:
        with scene.console() as console:
            found = [entry.act for entry in console.journal.entries(type_="activation.requested")]
            keys = [name for name in console.hsm.keys() if name.startswith("open-")]
        assert keys == [f"open-{act}" for act in found]
        assert len(found) == written("request", "activation.requested", point)
        assert password_of(scene) == scene.sealed[PASSWORD]


@every("approve")
def test_approve(victims: Victims, point: int) -> None:
    """An approval counts once, or is given again."""
    with killed(victims, "approve", requested_base(), point) as scene:
        done = written("approve", "activation.approved", point)
        assert state(scene) == ("approved" if done else "requested")
        with scene.console() as console:
            if not done:
                approve(console, scene.act, "it-1")
            assert lifecycle.open_activation(console, scene.act)["state"] == "open"


@every("open")
def test_open(victims: Victims, point: int) -> None:
    """An activation is open, or is opened again; either way it releases."""
    with killed(victims, "open", approved_base(), point) as scene:
        done = written("open", "activation.opened", point)
        assert state(scene) == ("open" if done else "approved")
        paper = Paper()
        with scene.console() as console:
            if not done:
                lifecycle.open_activation(console, scene.act)
            release.release(console, scene.act, PASSWORD, paper)
        assert paper.shown == [(PASSWORD, scene.sealed[PASSWORD])]


@every("end")
def test_end(victims: Victims, point: int) -> None:
    """Once the key is gone nothing opens any more, and the next process writes the end down."""
    with killed(victims, "end", opened_base(), point) as scene:
        assert_over(scene, gone=point > 0)
        if point > 0:
            done = written("end", "activation.ended", point)
            assert (state(scene), why(scene)) == ("ended", "operator" if done else "key_gone")


@every("deny")
def test_deny(victims: Victims, point: int) -> None:
    """Once the key is gone nobody approves any more; whose word it was is known only with its entry."""
    with killed(victims, "deny", requested_base(), point) as scene:
        with scene.console() as console:
            assert (f"open-{scene.act}" in console.hsm.keys()) == (point == 0)
            if point == 0:
                approval.deny(console, scene.act, "legal-1", DENIED)
        done = point == 0 or written("deny", "activation.denied", point)
        assert (state(scene), why(scene)) == (("denied", "denied") if done else ("expired", "key_gone"))


@every("seal")
def test_seal(victims: Victims, point: int) -> None:
    """A credential is there and opens, or it is sealed again."""
    with killed(victims, "seal", sealed_base(), point) as scene:
        done = written("seal", "credential.sealed", point)
        with scene.console() as console:
            assert ("new-one" in versions.fold(console)) == done
            if not done:
                versions.seal(console, "new-one", "password", "standard", bytearray(b"first-secret"), card("new-one"))
            assert versions.show(console, "new-one")["state"] == "sealed"
        assert password_of(scene) == scene.sealed[PASSWORD]


@every("rotate")
def test_rotate(victims: Victims, point: int) -> None:
    """Before its confirmation a new version costs nothing: the old one opens."""
    with killed(victims, "rotate", sealed_base(), point) as scene:
        done = written("rotate", "credential.sealed", point)
        with scene.console() as console:
            assert versions.show(console, PASSWORD)["candidate"] == (2 if done else None)
        assert password_of(scene) == scene.sealed[PASSWORD]
        with scene.console() as console:
            if not done:
                versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
            versions.confirm(console, PASSWORD, "it-2", "ticket 17")
        assert password_of(scene) == b"second-secret"


@every("confirm")
def test_confirm(victims: Victims, point: int) -> None:
    """Either version opens, the one that the journal calls current; the replaced one is burnt by the next process."""
    with killed(victims, "confirm", rotated_base(), point) as scene:
        done = written("confirm", "credential.confirmed", point)
        with scene.console() as console:
            rows = versions.unburnt(console)
            assert (f"{PASSWORD}/1/0" in rows, f"{PASSWORD}/2/0" in rows) == (not done, True)
        assert password_of(scene) == (b"second-secret" if done else scene.sealed[PASSWORD])


@every("seal_kept")
def test_seal_kept(victims: Victims, point: int) -> None:
    """What is sealed stands in the escrow; what was cut is sealed again, and then it does too."""
    with killed(victims, "seal_kept", recovery_base(), point) as scene:
        with scene.console() as console:
            if not written("seal_kept", "credential.sealed", point):
                versions.seal(console, "new-one", "password", "standard", bytearray(b"first-secret"), card("new-one"))
        assert_kept(scene)


@every("request_kept")
def test_request_kept(victims: Victims, point: int) -> None:
    """The opening key of every request that was written down stands in the escrow."""
    with killed(victims, "request_kept", recovery_base(), point) as scene:
        assert_kept(scene)
        assert password_of(scene) == scene.sealed[PASSWORD]
        assert_kept(scene)


@every("confirm_kept")
def test_confirm_kept(victims: Victims, point: int) -> None:
    """Either version opens, and the escrow has what the table has."""
    with killed(victims, "confirm_kept", kept_rotated_base(), point) as scene:
        done = written("confirm_kept", "credential.confirmed", point)
        assert_kept(scene)
        assert password_of(scene) == (b"second-secret" if done else scene.sealed[PASSWORD])


@every("print_sheets")
def test_print_sheets(victims: Victims, point: int) -> None:
    """A set that was cut counts for nothing; another one is printed and read back."""
    with killed(victims, "print_sheets", sealed_base(), point) as scene, scene.console() as console:
        assert steps.proposals(console) == []
        _, proposal = print_and_prove(console, scene.folder / "out", ["legal"])
        assert [step.id for step in steps.proposals(console)] == [proposal]


@every("use_sheets")
def test_use_sheets(victims: Victims, point: int) -> None:
    """Spent once the entry says so, and never without it."""
    with killed(victims, "use_sheets", recoverable_base(), point) as scene:
        done, paper = written("use_sheets", "recovery.used", point), Paper()
        with scene.console() as console:
            assert lifecycle.show(console, scene.act)["recovered"] == (["legal"] if done else [])
            if not done:
                stand_in.use(console, scene.act, "legal", words_of(scene)["legal"], "it-2")
            lifecycle.open_activation(console, scene.act)
            release.release(console, scene.act, RECOVERABLE, paper)
        assert paper.shown == [(RECOVERABLE, scene.sealed[RECOVERABLE])]


def assert_kept(scene: Scene) -> None:
    """The station's sheets open all that a new HSM would need."""
    with scene.console() as console:
        sheet_status.drill(console, "station", words_of(scene)["station"])


def assert_over(scene: Scene, *, gone: bool) -> None:
    paper = Paper()
    with scene.console() as console:
        if not gone:
            release.release(console, scene.act, PASSWORD, paper)
            assert paper.shown
            return
        with pytest.raises(Refused) as refused:
            release.release(console, scene.act, PASSWORD, paper)
        assert refused.value.code in ("key_gone", "activation_state")
        assert not paper.shown
