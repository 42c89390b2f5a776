# SPDX-License-Identifier: Apache-2.0
"""People and rules changed while a keyholder's console was at home; and classes decided there only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import pytest

from console.actions.activation import approval, lifecycle, release, remote
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.own_console import answer as actions
from console.actions.policy import steps as policy_actions
from console.demo import station
from console.domain.canonical import Json, to_base64
from console.domain.errors import ConsoleError, Refused
from console.domain.handoff import errand
from console.domain.handoff.errand import Errand
from console.domain.policy import rules as policy
from console.domain.policy.rules import Policy
from console.domain.words import to_words
from tests.support.activations import filed
from tests.support.remote import MATTER, Home, answered, asked, pinned_home, taken
from tests.support.scenes import PASSWORD, UNLOCKER, Scene, sealed_base, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real
HOME_CLASS = "privileged"


def changed(scene: Scene, releases_max: int) -> None:
    """Change a rule and a class, signed by as many of each group as any class asks."""
    with scene.console() as console:
        rules = replace(console.policy.rules, releases_max=releases_max)
        roster = replace(console.policy.roster, own_console={HOME_CLASS: ("legal",)})
        proposal = policy_actions.propose(console, Policy(roster, rules), "it-2")["proposal"]
    for member in ("it-2", "legal-1", "legal-2"):
        with scene.console() as console:
            policy_actions.sign(console, str(proposal), member)


@dataclass(frozen=True)
class Setting:
    """A station on its second policy, and two consoles of it-1: as it was pinned, and one that came along."""

    scene: Scene
    behind: Home
    ahead: Home
    before: Errand
    """What was asked under the first policy."""

    def asked_again(self, console: Console, **edits: Json) -> bytes:
        """Return it with other fields, signed and sealed by the station."""
        body = {**self.before.body, **edits}
        made = Errand(body, console.hsm.sign("request", errand.signed_digest(body)))
        return errand.seal_errand(made, console.policy.roster.member("it-1"), bytes(8)).encode()


@pytest.fixture(scope="module")
def setting() -> Iterator[Setting]:
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            behind = pinned_home(scene, console, "it-1")
            data, reader = (asked(console, filed(console, {"credential": PASSWORD}), "it-1"), behind.copied("reader"))
            with reader.console() as own:
                before = actions.read(own, data).errand
        changed(scene, 11)
        with scene.console() as console:
            assert console.policy.number == 2
            ahead = behind.copied("ahead")
            answered(ahead, asked(console, filed(console, {"credential": PASSWORD}), "it-1"))
        yield Setting(scene, behind, ahead, before)


def refusal(home: Home, data: bytes) -> ConsoleError:
    with home.console() as own, pytest.raises(ConsoleError) as refused:
        actions.read(own, data)
    return refused.value


def test_a_console_that_is_behind_is_brought_up_inside_the_request(setting: Setting) -> None:
    home = setting.behind.copied("brought-up")
    with setting.scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        data = asked(console, act, "it-1", since=1)
        assert taken(console, act, answered(home, data))["missing"] == {"it": 0, "legal": 1}
    with home.console() as own:
        assert actions.describe_pinned(own)["policy"] == 2
        assert actions.pinned(own).rules.releases_max == 11


def test_a_console_that_is_too_far_behind_says_from_where_to_begin(setting: Setting) -> None:
    """The station believes that it is up to date, and leaves the steps out."""
    with setting.scene.console() as console:
        act = filed(console, {"credential": PASSWORD})
        error = refusal(setting.behind, asked(console, act, "it-1", since=2))
    assert (error.code, error.facts) == ("console_behind", {"known": 1, "since": 2})


def test_a_card_brings_a_console_up_too(setting: Setting) -> None:
    home = setting.behind.copied("carded")
    with setting.scene.console() as console, home.console() as own:
        _, card = remote.pin_card(console, "it-1")
        assert actions.pin(own, card, to_words(console.policy.genesis))["policy"] == 2


def test_a_station_put_back_to_an_older_policy_is_refused(setting: Setting) -> None:
    """A copy of the whole station from before, its HSM included, asks under the rules that were replaced."""
    with setting.scene.console() as console:
        error = refusal(setting.ahead, setting.asked_again(console))
    assert (error.code, error.facts) == ("policy_downgrade", {"known": 2, "told": 1})


def test_a_request_from_before_a_change_is_not_approved_elsewhere(setting: Setting) -> None:
    """The station takes the step along, and asks for what was filed before it all the same."""
    with setting.scene.console() as console:
        (step,) = [console.vault.read(name).decode() for name in console.vault.names(policy_actions.STEPS)]
        data = setting.asked_again(console, steps=[step], policy=to_base64(console.policy.hash))
    error = refusal(setting.behind.copied("before"), data)
    assert (error.code, error.facts) == ("request_before_change", {"asked": 1, "now": 2})


def test_a_policy_that_its_steps_do_not_lead_to_is_refused(setting: Setting) -> None:
    with setting.scene.console() as console:
        data = setting.asked_again(console, policy=to_base64(console.policy.hash))
    assert refusal(setting.behind.copied("differs"), data).code == "errand_policy_differs"


# --- classes that are decided at home only ----------------------------------------------------------------


def test_a_class_decided_at_home_only(setting: Setting) -> None:
    """Legal's local approval and local word are refused; from home both people count, and the glass opens."""
    scene, secret = setting.scene, b"only-from-home"
    with scene.console() as console:
        card = station.card("at-home")
        versions.seal(console, "at-home", "password", HOME_CLASS, bytearray(secret), card, sign_as=UNLOCKER)
        act = filed(console, {"credential": "at-home"})
        with pytest.raises(Refused, match="own_console_needed"):
            approval.approve(console, act, "legal-1", matters=[MATTER])
        rows = cast(list[dict[str, Json]], remote.missing(console, act)["people"])
        assert {row["member"]: row["own_console_only"] for row in rows if row["group"] == "legal"} == {
            "legal-1": True,
            "legal-2": True,
        }
        approval.approve(console, act, "it-2", matters=[MATTER])
        homes = {member: pinned_home(scene, console, member) for member in ("legal-1", "legal-2")}
        for member, home in homes.items():
            taken(console, act, answered(home, asked(console, act, member)))
        lifecycle.open_activation(console, act)
        paper = Paper()
        release.release(console, act, "at-home", paper)
        assert paper.shown[0][1] == secret
        with pytest.raises(Refused, match="own_console_needed"):
            approval.second(console, act, "legal-2", "extend", 60)


def test_a_misspelt_group_is_refused(setting: Setting) -> None:
    """It would silently ask for nothing."""
    with setting.scene.console() as console:
        for own in ({HOME_CLASS: ("Legal",)}, {"privilege": ("legal",)}):
            with pytest.raises(Refused, match="own_console_groups"):
                policy.check_roster(replace(console.policy.roster, own_console=own))
