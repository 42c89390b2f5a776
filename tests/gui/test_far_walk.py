# SPDX-License-Identifier: Apache-2.0
"""An approval from another city, through both windows: the station's, and that of a keyholder's own console."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QListWidget, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from console.actions.activation import remote
from console.actions.station import lifecycle as station_actions
from console.demo.station import seal_samples
from console.domain.words import to_words
from console.gui.kit.picture_view import PictureView
from console.gui.own_window import make_own_window
from console.gui.shell.pictures import PicturesPanel
from console.settings import Settings
from tests.gui.hands import Hands, on_window
from tests.gui.leavings import everything, holders
from tests.support.activations import filed
from tests.support.stations import make_station, opened

pytestmark = [pytest.mark.real, pytest.mark.long]


def prepare(tmp_path: Path) -> tuple[Settings, dict[str, str], list[str]]:
    """File a request; put Ben's token into a console of his own, and the station's card beside it."""
    settings, pins = make_station(tmp_path)
    place = opened(settings, pins)
    seal_samples(place)
    with place.console() as console:
        filed(console, {"credential": "salesforce-emergency-admin"})
        (tmp_path / "card.bg").write_bytes(remote.pin_card(console, "legal-2")[1])
        words = to_words(console.policy.genesis)
    station_actions.lock(place.locked)
    place.close()
    home = tmp_path / "home"
    home.mkdir()
    token = next(tmp_path.glob("**/tokens/legal-2"))
    shutil.move(token, home / "token")
    shutil.move(token.with_name("legal-2.pin-salt"), home / "token.pin-salt")
    (home / "console.toml").write_text('[keyholder]\nid = "legal-2"\nname = "Ben Clausen"\nrole = "legal"\n')
    return settings, pins, words


def saved(hands: Hands, folder: Path, stem: str) -> str:
    """Look at the pictures that go round, save them as files, and close them."""
    hands.find(QPushButton, "Save as files")
    (panel,) = hands.window.findChildren(PicturesPanel)
    (view,) = panel.findChildren(PictureView)
    first = view.accessibleName()
    hands.qtbot.waitUntil(lambda: view.accessibleName() != first)
    hands.press("Pause")
    hands.press("On one")
    hands.press("Save as files")
    hands.read(f"Saved in {folder}")
    hands.press("Done")
    return str(folder / f"{stem}.bg")


def ask(qtbot: QtBot, settings: Settings, pins: dict[str, str], out: Path) -> str:
    with on_window(qtbot, settings) as hands:
        hands.unlock(0, pins["legal-1"], "Anna Berg")
        hands.find(QPushButton, "Request break-glass access")
        hands.window.choose("far")  # as by All actions: the one request that waits is meant
        hands.find(QRadioButton, "Ben Clausen (Legal)")
        hands.window.choose("approve")
        hands.press("Ask from far: somebody decides elsewhere")
        hands.press("Show the pictures")
        hands.read("Nobody is chosen.")
        hands.find(QRadioButton, "Ben Clausen (Legal)").setChecked(True)
        hands.read("Nothing is written down about how to reach this person.")
        hands.find(QLineEdit, "Folder, if you save it as files").setText(str(out))
        hands.picture("far")
        hands.press("Show the pictures")
        hands.read("For Ben Clausen alone.")
        hands.picture("pictures")
        file = saved(hands, out, "request-legal-2")
        hands.press("Show the pictures")
        hands.find(QPushButton, "Pause")
        hands.press("Lock now, Control L")
        hands.find(QListWidget, "Who are you?")
        return file


def answer(qtbot: QtBot, home: Path, pin: str, words: list[str], request: str) -> str:
    window, gestures = make_own_window(home.absolute())
    qtbot.addWidget(window)
    window.show()
    hands = Hands(qtbot, window)
    hands.read("This console knows no station yet.")
    hands.give("The station's card: file or pictures", str(home.parent / "card.bg"))
    hands.read("the card of a station")
    hands.press("Know this station")
    hands.read("The twelve words are missing.")
    hands.find(QLineEdit, "Its twelve words").setText(" ".join(words))
    hands.picture("own-pin")
    hands.press("Know this station")
    hands.read("This console knows its station now.")
    hands.read("▲  THIS IS A DRILL")
    hands.type_file("The request: file or pictures", str(home.parent / "card.bg"))
    hands.read("This is the card of a station. Here belongs: a request to a keyholder, sealed.")
    hands.press("Read it")
    hands.read("There is a problem")
    hands.give("The request: file or pictures", request)
    hands.read("you")
    hands.press("Read it")
    hands.pin(pin, "Ben Clausen")
    hands.read("You are asked to approve this request")
    hands.find(QRadioButton, "Ben Clausen (Legal)").setChecked(True)
    hands.find(QLineEdit, "Matter number, typed again").setText("M-2026-00117")
    hands.find(QCheckBox, "I confirm the privilege basis: Attorney-client.").setChecked(True)
    hands.picture("own-decide")
    hands.press("Approve")
    hands.pin(pin, "Ben Clausen")
    hands.read("Your answer is signed: approved.")
    hands.find(QLineEdit, "Folder, if you save it as files").setText(str(home))
    hands.press("Show the answer as pictures")
    hands.read("Only the station can read these pictures.")
    file = saved(hands, home, "answer")
    assert "INC-" in everything()
    assert window.banner.isVisible()  # above every page and picture
    gestures.lock("Locked because nobody was here for 5 minutes.")
    hands.read("Locked because nobody was here for 5 minutes.")
    # What is deleted goes with a later turn of the event loop.
    qtbot.waitUntil(lambda: not any(holders(word, window) for word in ("INC-", "SAML endpoint", "Anna Berg")))
    window.close()
    return file


def take(qtbot: QtBot, settings: Settings, pins: dict[str, str], file: str) -> None:
    with on_window(qtbot, settings) as hands:
        hands.unlock(0, pins["legal-1"], "Anna Berg")
        hands.find(QPushButton, "Request break-glass access")
        hands.window.choose("approve")
        hands.press("Ask from far: somebody decides elsewhere")
        hands.press("2. Their answer comes back")
        hands.give("Their answer: file or pictures", file)
        hands.read("the request that waits here: INC-")
        hands.press("Take it in")
        hands.read("It was not read yet.")
        hands.press("Say what it is")
        hands.read("The answer of Ben Clausen: approved.")
        hands.press("Take it in")
        hands.read("The answer is taken in. Still missing: 1 × IT.")


def test_an_approval_from_another_city(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, pins, words = prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    request = ask(qtbot, settings, pins, Path("out"))
    file = answer(qtbot, Path("home"), pins["legal-2"], words, request)
    take(qtbot, settings, pins, file)
