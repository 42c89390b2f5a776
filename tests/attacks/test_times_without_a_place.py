# SPDX-License-Identifier: Apache-2.0
"""One person names a time that no clock here can show: the others still see, decide and open what they must."""

import time
from collections.abc import Iterator
from typing import cast

import pytest
from PySide6.QtWidgets import QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from console.actions.activation import lifecycle
from console.cli import text
from console.domain.canonical import Json
from console.gui.phrases import moment, precise
from console.settings import read
from tests.gui.hands import on_window
from tests.support.activations import justified, requested_base
from tests.support.scenes import PASSWORD, pins_of, staged

FIRST, LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"


@pytest.fixture(autouse=True)
def east_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("named", [FIRST, LAST, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_every_time_that_can_be_named_can_be_said(named: str) -> None:
    for said in (text.when(named), moment(named), precise(named)):
        assert "UTC" in said


@pytest.mark.real
def test_the_window_still_shows_what_waits(qtbot: QtBot) -> None:
    with staged(requested_base()) as scene:
        with scene.console() as console:
            fields = justified([{"credential": PASSWORD}]) | {"deadline_at_risk": LAST}
            fields["outage"] = [{**row, "first_seen": FIRST} for row in cast(list[dict[str, Json]], fields["outage"])]
            filed = lifecycle.request(console, fields)
            assert list(text.activation(lifecycle.show(console, str(filed["activation"]))))
        with on_window(qtbot, read(scene.home)) as hands:
            hands.pins = pins_of(scene.folder)
            hands.find(QPushButton, "Request break-glass access")
            hands.window.choose("approve")
            hands.find(QRadioButton, "Carla Dietz (IT)")
            hands.read("Deadline at risk")
