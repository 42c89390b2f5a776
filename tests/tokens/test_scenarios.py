# SPDX-License-Identifier: Apache-2.0
"""What a keyholder lives through with their token, on every implementation: it works, or it is refused by name."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from console.adapters.hsm.person import PersonToken
from console.domain.errors import ConsoleError, Corrupt, Refused, Unavailable
from console.domain.keys import MECHANISMS, RSA_OAEP_SHA1, SIGNINGS, check_signature
from console.domain.policy.keyholder import TokenKeys
from tests.tokens.devices import EVERY_DAY, IMPLEMENTATIONS, Device
from tests.tokens.quorum import PAYLOAD, sealed_to

pytestmark = pytest.mark.real
PURPOSES = ("sign", "share", "read")
GONE = ("token_absent", "token_removed", "token_broken")
DIGEST = bytes(range(32))


@pytest.fixture
def known(device: Device) -> TokenKeys:
    """Enrol the token; return its keys."""
    with closing(device.token()) as enrolling:
        return enrolling.enrol(PURPOSES)


@pytest.fixture
def token(device: Device, known: TokenKeys) -> Iterator[PersonToken]:
    """Lend the enrolled token."""
    with closing(device.token(known)) as enrolled:
        yield enrolled


def signs(token: PersonToken, known: TokenKeys) -> bool:
    """Tell that the token makes signatures that hold."""
    check_signature(known.sign, token.sign("sign", DIGEST), DIGEST, signing=known.signing)
    return True


def refused(device: Device, known: TokenKeys, pin: str) -> ConsoleError:
    """Return why a signature with this PIN is refused."""
    with closing(device.token(known, pin=pin)) as token, pytest.raises(ConsoleError) as caught:
        token.sign("sign", DIGEST)
    return caught.value


def test_enrolment_keeps_what_the_token_proves(device: Device) -> None:
    with closing(device.token()) as token:
        made = token.prove(PURPOSES)
        again = token.prove(PURPOSES)
    assert {key.public for key in made.values()} == {key.public for key in again.values()}
    assert len({key.public for key in made.values()}) == 3
    assert all(key.sensitive and not key.extractable for key in made.values())
    assert made["sign"].mechanism in SIGNINGS
    assert made["share"].mechanism == made["read"].mechanism
    assert made["share"].mechanism in MECHANISMS
    assert made["share"].mechanism != RSA_OAEP_SHA1


def test_approve_and_open(token: PersonToken, known: TokenKeys) -> None:
    glass = sealed_to({"legal-1": (token, known)}, {"it": 2, "legal": 2}, {"it": 1, "legal": 1})
    legal, it = glass.approve("legal-1"), glass.approve("it-2")
    assert glass.open([legal, it]) == PAYLOAD
    with pytest.raises(Corrupt, match="glass_intact"):
        glass.open([legal])


def test_many_shares_in_one_login_and_many_logins(device: Device, token: PersonToken, known: TokenKeys) -> None:
    glass = sealed_to({"legal-1": (token, known)}, {"it": 1, "legal": 1}, {"it": 1, "legal": 1})
    opened = [glass.approve("legal-1") for _ in range(8)]  # more than a small token has sessions for, if any leaked
    assert glass.open([opened[-1], glass.approve("it-1")]) == PAYLOAD


def test_a_wrong_pin_is_named_and_the_right_one_works_after_it(
    device: Device, token: PersonToken, known: TokenKeys
) -> None:
    error = refused(device, known, "9" * len(device.pin))
    assert (type(error), error.code) == (Refused, "pin_wrong")
    assert error.facts["tries"] in ("many", "few", "last", "unknown")
    assert signs(token, known)


def test_a_pin_that_cannot_be_one_is_refused(device: Device, known: TokenKeys) -> None:
    assert refused(device, known, "").code == "pin_format"


def test_the_last_try_is_not_used_up_where_the_token_tells(device: Device, known: TokenKeys) -> None:
    if device.wrong_pins is None:
        pytest.skip("it never locks")
    codes = [refused(device, known, "9" * len(device.pin)).code for _ in range(device.wrong_pins - 1)]
    assert codes == ["pin_wrong"] * len(codes)
    if not device.tells_last_try:
        pytest.skip("it does not tell how many tries are left")
    for pin in (device.pin, "9" * len(device.pin)):
        assert refused(device, known, pin).code == "pin_last_try"


def test_a_locked_pin_is_named(device: Device, known: TokenKeys) -> None:
    if device.wrong_pins is None:
        pytest.skip("it never locks")
    device.spoil()
    error = refused(device, known, device.pin)
    assert (type(error), error.code) == (Refused, "pin_locked")


def test_taken_out_in_the_middle_and_put_in_again(device: Device, token: PersonToken, known: TokenKeys) -> None:
    if device.take_out is None or device.put_in is None:
        pytest.skip("it cannot be taken out")
    glass = sealed_to({"legal-1": (token, known)}, {"it": 1, "legal": 1}, {"it": 1, "legal": 1})
    assert signs(token, known)
    device.take_out()
    for _ in range(2):
        with pytest.raises(Unavailable) as caught:
            glass.approve("legal-1")
        assert caught.value.code in GONE
    device.put_in()
    assert glass.open([glass.approve("legal-1"), glass.approve("it-1")]) == PAYLOAD


def test_another_token_of_the_same_name_is_not_used(device: Device, known: TokenKeys) -> None:
    device.swap()
    error = refused(device, known, device.pin)
    assert (type(error), error.code) == (Unavailable, "other_token")
    assert error.facts["label"] == device.address.label


def test_a_token_that_hangs_is_given_up_in_time_and_works_again(device: Device, known: TokenKeys) -> None:
    if device.hang is None:
        pytest.skip("it cannot be made to hang")
    with closing(device.token(known, limit_s=3)) as token:
        assert signs(token, known)
        device.hang(True)
        with pytest.raises(Unavailable, match="token_broken"):
            token.sign("sign", DIGEST)
        device.hang(False)
        assert signs(token, known)


MIXED = [
    pytest.param(EVERY_DAY, id="every-day"),
    pytest.param(tuple(IMPLEMENTATIONS), marks=pytest.mark.long, id="all"),
]


@pytest.mark.parametrize("names", MIXED)
def test_a_quorum_of_different_makes(names: tuple[str, ...], short_path: Path) -> None:
    """Two groups, their members on different implementations; everybody is needed."""
    people: dict[str, tuple[PersonToken, TokenKeys]] = {}
    with ExitStack() as stack:
        for number, name in enumerate(names):
            folder = short_path / str(number)
            folder.mkdir()
            token = stack.enter_context(closing(stack.enter_context(IMPLEMENTATIONS[name](folder)).token()))
            group = ("it", "legal")[number % 2]
            people[f"{group}-{number // 2 + 1}"] = (token, token.enrol(PURPOSES))
        sizes = {group: sum(id_.startswith(group) for id_ in people) for group in ("it", "legal")}
        glass = sealed_to(people, sizes, sizes)
        approvals = [glass.approve(member) for member in people]
        assert glass.open(approvals) == PAYLOAD
        for left_out in range(len(approvals)):
            with pytest.raises(Corrupt, match="glass_intact"):
                glass.open([a for n, a in enumerate(approvals) if n != left_out])
