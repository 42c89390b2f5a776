# SPDX-License-Identifier: Apache-2.0
"""``activation use``, ``credential drift`` and ``station attest-time`` as scripts and people meet them."""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.cli.main import run
from console.domain.payload.usage import TLS_CONTENT
from tests.cli.conftest import no_window
from tests.cli.keyboard import Keyboard, typing
from tests.cli.transcript import Result, Run
from tests.support.keys import CERTIFICATE, HOTP, HOTP_CODES, RSA_KEY, keys_base
from tests.support.scenes import Scene, staged

pytestmark = pytest.mark.real

Breakglass = Callable[..., Result]


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    with staged(keys_base()) as lent:
        yield lent


@pytest.fixture
def breakglass(scene: Scene, command: Run) -> Breakglass:
    """Return how to run the command on this station with everybody's PINs."""
    options = ["--station", str(scene.home), "--pins", str(scene.folder / "pins.toml")]
    return lambda *arguments, stdin=b"": command([*arguments, *options], stdin)


def claims(folder: Path, **more: object) -> str:
    said: dict[str, object] = {"sub": "emergency@example.org", "aud": "https://login", "exp": int(time.time()) + 180}
    file = folder / "claims.json"
    file.write_text(json.dumps({**said, **more}))
    return str(file)


def test_a_jwt_goes_to_stdout_and_what_was_signed_to_stderr(
    scene: Scene, breakglass: Breakglass, tmp_path: Path
) -> None:
    result = breakglass("activation", "use", scene.act, RSA_KEY, "--jwt", claims(tmp_path), "--kid", "k1", "--out", "-")
    assert (result.status, result.stdout.count(".")) == (0, 2)
    assert 'About to sign (RS256): {"alg":"RS256","typ":"JWT","kid":"k1"}' in result.stderr
    assert '"sub":"emergency@example.org"' in result.stderr
    assert "showings left" in result.stderr
    lines = scene.sealed[RSA_KEY].decode().splitlines()[1:-1]
    assert [line for line in lines if line in result.stdout + result.stderr] == []


@pytest.mark.parametrize(("typed", "status"), [("sign", 0), ("yes", 130)])
def test_a_person_reads_it_first_and_types_a_word(
    scene: Scene, keyboard: Keyboard, capfd: pytest.CaptureFixture[str], tmp_path: Path, typed: str, status: int
) -> None:
    """Called off, nothing is signed and nothing counts."""
    argv = ["activation", "use", scene.act, RSA_KEY, "--jwt", claims(tmp_path), "--out", "-"]
    argv += ["--station", str(scene.home)]
    answers = [("Type sign to go on", f"{typed}\n")]
    assert typing(keyboard, answers, lambda: run(argv, open_window=no_window, tty=keyboard.name)) == status
    said = capfd.readouterr()
    assert '"sub":"emergency@example.org"' in said.err
    assert bool(said.out) == (status == 0)


def test_a_tls_answer_goes_to_a_descriptor(scene: Scene, breakglass: Breakglass, tmp_path: Path) -> None:
    file, (reading, writing) = tmp_path / "challenge", os.pipe()
    file.write_bytes(TLS_CONTENT + bytes(48))
    result = breakglass(
        "activation",
        "use",
        scene.act,
        CERTIFICATE,
        "--tls-challenge",
        str(file),
        "--alg",
        "ecdsa_secp256r1_sha256",
        "--out",
        str(writing),
        "--json",
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        signature = pipe.read()
    said = json.loads(result.stdout)
    assert (said["used"], said["for"], said["outcome"]) == (CERTIFICATE, "tls", "shown")
    assert signature[0] == 0x30


@pytest.mark.parametrize(
    ("more", "alg", "code"),
    [
        ({}, "none", "use_algorithm"),
        ({"exp": 4_000_000_000}, "RS256", "claims_wrong"),
        ({}, "ES256", "key_of_another_kind"),
    ],
)
def test_what_is_not_signed(
    scene: Scene, breakglass: Breakglass, tmp_path: Path, more: dict[str, object], alg: str, code: str
) -> None:
    file, (reading, writing) = claims(tmp_path, **more), os.pipe()
    result = breakglass(
        "activation", "use", scene.act, RSA_KEY, "--jwt", file, "--alg", alg, "--out", str(writing), "--json"
    )
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b""
    assert (result.status, json.loads(result.stdout)["error"]["code"]) == (1, code)


def test_a_drift_by_command(breakglass: Breakglass) -> None:
    said = json.loads(breakglass("credential", "drift", HOTP, "--shown", HOTP_CODES[3].decode(), "--json").stdout)
    assert (said["offset"], said["next"]) == (3, 4)
    assert "codes" in breakglass("credential", "drift", HOTP, "--shown", HOTP_CODES[4].decode()).stdout


def test_the_time_by_command(breakglass: Breakglass) -> None:
    people = ("--keyholder", "legal-1", "--keyholder", "it-2")
    now = datetime.fromtimestamp(time.time(), UTC)
    at = f"{now:%Y-%m-%d %H:%M:%SZ}"
    said = json.loads(breakglass("station", "attest-time", *people, "--time", at, "--json").stdout)
    assert said["groups"] == ["it", "legal"]
    here = now.astimezone().replace(tzinfo=None).isoformat(timespec="seconds")
    assert "attested" in breakglass("station", "attest-time", *people, "--time", here).stdout
    wrong = breakglass("station", "attest-time", *people, "--time", "soon")
    assert (wrong.status, "no date and time" in wrong.stderr) == (1, True)
