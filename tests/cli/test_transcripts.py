# SPDX-License-Identifier: Apache-2.0
"""The command does exactly what its transcripts say, on a real station."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.transcript import Run, play

HERE = Path(__file__).parent / "transcripts"
SLOW = ("founding", "policy")


def odd_files(folder: Path) -> None:
    """Write the files that the transcripts name besides the examples."""
    request = (folder / "request.toml").read_text()
    one = re.sub(r"items = .*", 'items = [{ credential = "salesforce-emergency-admin" }]', request)
    (folder / "one-item.toml").write_text(one)
    second = one.replace("SSO und CRM", "Anmeldung und CRM").replace("läuft heute", "endet heute")
    (folder / "second.toml").write_text(second)
    home = folder / "home-it-2"
    shutil.copytree(folder / "tokens" / "it-2", home / "token")
    shutil.copy(folder / "tokens" / "it-2.pin-salt", home / "token.pin-salt")
    (home / "console.toml").write_text('[keyholder]\nid = "it-2"\nname = "Deniz Eren"\nrole = "it"\n')
    (folder / "secret.txt").write_text("sk-1234567890")
    config = (folder / "example-station.toml").read_text().replace('"drill"', '"real"', 1)
    config = config.replace("../tokens", "../tokens-real").replace("../mirror", "../mirror-real")
    (folder / "mirror-real").mkdir(mode=0o700)
    (folder / "hardware.toml").write_text(config)
    software = config.replace("accept_software = false", "accept_software = true")
    (folder / "software-keys.toml").write_text(software.replace("accept_software_keys = true", ""))
    (folder / "real.toml").write_text(software)
    (folder / "typo.toml").write_text(config.replace("idle_minutes", "idle_minuts"))
    (folder / "broken.toml").write_text(config.replace("[station]", "[station"))
    (folder / "fraction.toml").write_text(one.replace("minutes = 60", "minutes = 1.5"))
    (folder / "typo-change.toml").write_text("[rules]\nminuts_max = 60\n")
    (folder / "back.toml").write_text('[classes.privileged]\nit = 1\n\n[[remove]]\nmember = "it-2"\n')
    for name, text, mode in (
        ("wrong.toml", 'legal-1 = "000"', 0o600),
        ("open.toml", 'legal-1 = "123456"', 0o640),
        ("odd.toml", "legal-1 = 123456", 0o600),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(mode)


@pytest.fixture
def descriptor_42() -> Iterator[None]:
    """Hold a file on the disk of this source open at descriptor 42: the test's own folder may lie in memory."""
    with tempfile.TemporaryFile(dir=HERE) as file:
        os.dup2(file.fileno(), 42)
    yield
    os.close(42)


@pytest.mark.real
@pytest.mark.usefixtures("descriptor_42")
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(file.stem, marks=pytest.mark.long) if file.stem in SLOW else file.stem
        for file in sorted(HERE.glob("*.txt"))
    ],
)
def test_transcript(name: str, station: Path, command: Run) -> None:
    odd_files(station)
    play(HERE / f"{name}.txt", command)
