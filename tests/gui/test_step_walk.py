# SPDX-License-Identifier: Apache-2.0
"""A change of people or rules, signed on a keyholder's own console in its window; real tokens."""

import shutil
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from console.actions.keyholder import enrolment
from console.actions.policy import steps
from console.domain.words import to_words
from console.gui.kit import theme
from console.gui.own_window import make_own_window
from console.settings import load_toml
from tests.gui.hands import Hands
from tests.support.stations import make_station, opened

pytestmark = [pytest.mark.real, pytest.mark.long]
CHANGE = Path(__file__).parents[2] / "resources" / "examples" / "change.toml"


def test_a_change_is_read_and_signed_far_away(qtbot: QtBot, tmp_path: Path) -> None:
    settings, pins = make_station(tmp_path)
    home = tmp_path / "home"
    home.mkdir()
    shutil.copytree(tmp_path / "tokens" / "legal-2", home / "token")
    shutil.copy(tmp_path / "tokens" / "legal-2.pin-salt", home / "token.pin-salt")
    (home / "console.toml").write_text('[keyholder]\nid = "legal-2"\nname = "Ben Clausen"\nrole = "legal"\n')
    place = opened(settings, pins)
    with place.console() as console:
        proposed = steps.propose_change(console, load_toml(CHANGE.read_bytes(), "change.toml"))
        id_ = str(proposed["proposal"])
        (tmp_path / "change.bg").write_bytes(enrolment.bundle(console, id_))
        words = to_words(console.policy.genesis)

    theme.apply(theme.application())
    window, _ = make_own_window(home)
    qtbot.addWidget(window)
    window.show()
    hands = Hands(qtbot, window)
    hands.read("This console knows no station yet.")
    window.choose("step")
    hands.press("Read the change")
    hands.read("Nothing is chosen.")
    hands.give("The change: file or pictures", str(tmp_path / "change.bg"))
    hands.press("Read the change")
    hands.read("There is a problem")
    hands.find(QLineEdit, "The station's twelve words").setText(" ".join(words))
    hands.press("Read the change")
    hands.read("Change number 2")
    hands.find(QLineEdit, "The change: file or pictures").setText("/media/usb/change.bg")
    hands.picture("own-change")
    hands.find(QLineEdit, "Folder, if you save the signature as files").setText(str(tmp_path / "out"))
    hands.press("Sign this change")
    hands.pin(pins["legal-2"], "Ben Clausen")
    hands.press("Save as files")
    hands.read(f"Saved in {tmp_path / 'out'}")
    answer = tmp_path / "out" / f"legal-2-{id_}.bg"
    window.close()
    with place.console() as console:
        taken = enrolment.take_answer(console, id_, answer.read_bytes())
        assert taken["missing"]["legal"] == proposed["missing"]["legal"] - 1  # type: ignore[call-overload,index,operator]
    place.locked.keepers.stop()
    place.close()
