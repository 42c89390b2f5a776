# SPDX-License-Identifier: Apache-2.0
"""A keyholder's own console beside a station, each in a folder of its own, on real SoftHSM2 tokens."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.actions.activation import lifecycle, remote
from console.actions.console import Console
from console.actions.own_console import answer as actions
from console.actions.own_console.answer import OwnConsole
from console.domain.activation import ceremony
from console.domain.activation.ceremony import Approval
from console.domain.canonical import Object, to_base64
from console.domain.errors import ConsoleError
from console.domain.handoff import errand
from console.domain.words import to_words
from console.wiring.own_console import own_console
from tests.support.scenes import Scene, pins_of
from tests.support.stations import Pins

MATTER = "M-2026-00117"
REASON = "Der Schriftsatz ist nur über den Notzugang auffindbar."


@dataclass(frozen=True)
class Home:
    """A person's own console: its folder, and the person who types PINs."""

    folder: Path
    operator: Pins

    def copied(self, name: str) -> "Home":
        """Return a copy of it as it is now, token included."""
        return Home(Path(shutil.copytree(self.folder, self.folder.with_name(name))), self.operator)

    @contextmanager
    def console(self) -> Iterator[OwnConsole]:
        """Lend it; the token process ends with it, as with a command."""
        with own_console(self.folder, self.operator) as own:
            yield own


def home_of(scene: Scene, member: str, *, take_along: bool = True) -> Home:
    """Make a console at home for a member of a station; their token goes with them."""
    home = scene.folder / f"home-{member}"
    home.mkdir(mode=0o700)
    token, salt = scene.folder / "tokens" / member, scene.folder / "tokens" / f"{member}.pin-salt"
    shutil.copytree(token, home / "token")
    shutil.copy(salt, home / "token.pin-salt")
    if take_along:
        shutil.rmtree(token)
    role = member.partition("-")[0]
    (home / "console.toml").write_text(f'[keyholder]\nid = "{member}"\nname = "{member}"\nrole = "{role}"\n')
    return Home(home, Pins(pins_of(scene.folder)))


def pinned_home(scene: Scene, console: Console, member: str, *, take_along: bool = True) -> Home:
    """Make a console at home that has pinned the station by its card and its words."""
    home = home_of(scene, member, take_along=take_along)
    _, card = remote.pin_card(console, member)
    with home.console() as own:
        actions.pin(own, card, to_words(console.policy.genesis))
    return home


def answered(home: Home, data: bytes, matters: Sequence[str] = (MATTER,)) -> bytes:
    """Return the answer of somebody who agrees."""
    with home.console() as own:
        return actions.agree(own, actions.read(own, data), matters)[1]


def asked(console: Console, act: str, member: str, **options: object) -> bytes:
    """Return the request as it goes out."""
    return remote.request_code(console, act, member, **options)[1]  # type: ignore[arg-type]


def taken(console: Console, act: str, answer: bytes) -> Object:
    """Take an answer at the station."""
    return remote.approval_scan(console, act, answer)


def refusal(console: Console, act: str, answer: bytes) -> ConsoleError:
    """Return why an answer is not taken."""
    with pytest.raises(ConsoleError) as refused:
        taken(console, act, answer)
    return refused.value


def made(
    console: Console, filed_as: str, member: str, blob: bytes | None = None, decision: str = "deny", **other: object
) -> bytes:
    """Return what a member really signs, sealed as an answer; blob and checkpoint are as hostile as they like."""
    request, newest = lifecycle.load_request(console, filed_as), console.journal.checkpoint()
    fields: dict[str, object] = {
        "checkpoint": {"size": newest.size, "root": to_base64(newest.root)},
        "matters": [MATTER],
        "confirms": ["privilege"],
        "reason": REASON,
        **other,
    }
    said = ceremony.statement(request, console.policy, member, decision, blob=blob, **fields)  # type: ignore[arg-type]
    given = Approval(said, blob, console.token(member).sign("sign", ceremony.statement_digest(said)))
    return errand.seal_answer(given, request, bytes(8)).encode()
