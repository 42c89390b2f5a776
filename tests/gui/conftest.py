# SPDX-License-Identifier: Apache-2.0
"""A real station for the walks of the window: founded once, with a sample credential of every kind sealed."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from console.actions.station import lifecycle as station_actions
from console.demo.station import seal_samples
from console.gui.kit import verb
from console.settings import Settings
from tests.support.stations import make_station, opened


@pytest.fixture(autouse=True)
def hears_keys_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walks need not wait at each grave button; test_conventions.py has tests of that, and other windows do."""
    monkeypatch.setattr(verb, "GRAVE_MS", 0)


@dataclass(frozen=True)
class Sample:
    """A locked station, everybody's PIN, and what was sealed."""

    settings: Settings
    pins: dict[str, str]
    sealed: dict[str, str]

    @property
    def codes(self) -> list[str]:
        """The one-time codes that were sealed, in order."""
        return self.sealed["idp-recovery-codes"].split()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder: Path = tmp_path_factory.mktemp("window")
    settings, pins = make_station(folder)
    place = opened(settings, pins)
    sealed = seal_samples(place)
    station_actions.lock(place.locked)
    place.close()
    return Sample(settings, pins, {name: secret.decode() for name, secret in sealed.items()})


REQUEST_LINES = {
    "Incident number": "INC-2026-0042",
    "Matter numbers": "M-2026-00117",
    "System": "identity provider",
    "What is seen": "SAML endpoint times out",
    "How it was checked": "browser and phone, two networks",
}
REQUEST_TEXTS = {
    "Reason": "Single sign-on and the CRM have not answered since 14:05.",
    "Harm if it waits": "The time limit for the appeal ends today at midnight.",
    "What was tried instead": "service desk call 14:20\ndelegated login refused 14:31",
}


@pytest.fixture
def request_texts() -> tuple[dict[str, str], dict[str, str]]:
    """What goes into the one-line and into the longer fields of the request, by their names."""
    return REQUEST_LINES, REQUEST_TEXTS


@pytest.fixture
def alarmed(tmp_path: Path) -> Sample:
    """A locked station whose journal was put back to what it was before the credentials were sealed."""
    settings, pins = make_station(tmp_path)
    older = tmp_path / "older.db"
    shutil.copy(settings.folder / "journal.db", older)
    place = opened(settings, pins)
    sealed = seal_samples(place)
    station_actions.lock(place.locked)
    place.close()
    for left in settings.folder.glob("journal.db-*"):
        left.unlink()
    shutil.copy(older, settings.folder / "journal.db")
    return Sample(settings, pins, {name: secret.decode() for name, secret in sealed.items()})
