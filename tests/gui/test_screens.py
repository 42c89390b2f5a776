# SPDX-License-Identifier: Apache-2.0
"""Each screen alone: it shows a state and reports a gesture; and everything in it has a name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDateTimeEdit,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from console.gui import phrases
from console.gui.kit import theme
from console.gui.kit.widgets import Page
from console.gui.pages.activation.approve import ApproveScreen
from console.gui.pages.activation.board import BoardScreen
from console.gui.pages.activation.clock import ClockScreen
from console.gui.pages.activation.request import RequestScreen
from console.gui.pages.activation.session import SessionScreen
from console.gui.pages.activation.usage import UseScreen
from console.gui.pages.backup.upkeep import UpkeepScreen
from console.gui.pages.credential.confirm import ConfirmScreen
from console.gui.pages.credential.seal import SealScreen
from console.gui.pages.credential.vault import VaultScreen
from console.gui.pages.journal.entries import JournalScreen
from console.gui.pages.journal.entry import EntryScreen
from console.gui.pages.journal.filters import Query
from console.gui.pages.keyholder.people import PeopleScreen
from console.gui.pages.keyholder.sheets import SheetsScreen
from console.gui.pages.station.unlock import UnlockScreen
from console.gui.shell.operator import PinPanel
from console.gui.shell.secret_display import SecretPanel
from console.gui.snapshot import Snapshot
from console.settings import KeyholderSection
from console.wording import problem
from tests.gui.views import JUSTIFICATION, activation, item, snapshot

SECTIONS = (KeyholderSection("legal-1", "Anna Berg", "legal"), KeyholderSection("ops-1", "Eva Falk", "operator"))
GENESIS = {"words": ["one", "two"], "unsigned": []}


def texts(page: QWidget) -> str:
    QApplication.processEvents()  # What was just added is shown by the next turn of the event loop.
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page))


def press(qtbot: QtBot, page: QWidget, name: str) -> None:
    QApplication.processEvents()
    (found,) = [b for b in page.findChildren(QPushButton) if b.accessibleName() == name and b.isVisibleTo(page)]
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def named(page: QWidget, kind: type[Any], name: str) -> Any:
    (found,) = [w for w in page.findChildren(kind) if w.accessibleName() == name]
    return found


def with_name(page: QWidget, kind: type[Any], name: str) -> Any:
    """Return the one that can be seen: the same person may be offered in more than one part of a page."""
    (found,) = [w for w in page.findChildren(kind) if w.accessibleName() == name and w.isVisibleTo(page)]
    return found


VAULT = {"stale": False, "openable_by": {"legal": ["legal-1"], "it": ["it-1"]}}


def test_what_owes_a_new_version_leads_and_a_new_credential_steps_back(qtbot: QtBot) -> None:
    page = VaultScreen()
    qtbot.addWidget(page)
    asked: list[str] = []
    page.rotate_asked.connect(asked.append)
    page.confirm_asked.connect(asked.append)
    first, second = ({**row, **VAULT, "kind": "password"} for row in snapshot().credentials)
    second = {**second, "state": "sealed"}
    page.present(replace(snapshot(), credentials=(first, second)))
    assert with_name(page, QPushButton, "Seal a new credential").weight == "primary"
    page.present(replace(snapshot(), credentials=(first, {**second, "state": "exposed"})))
    assert with_name(page, QPushButton, "Seal a new credential").weight == ""
    assert "idp-codes owes a new version" in texts(page)
    press(qtbot, page, "Seal the new version of idp-codes")
    page.present(replace(snapshot(), credentials=(first, {**second, "state": "exposed", "candidate": 2})))
    press(qtbot, page, "Confirm the new version of idp-codes")
    assert asked == ["idp-codes", "idp-codes"]


def test_what_lacks_on_the_use_card_and_a_bad_name_are_said_at_their_fields_before_a_pin(qtbot: QtBot) -> None:
    page = SealScreen()
    shown(qtbot, page)
    page.present(snapshot())
    page.begin(None, "legal-1")
    for edit in page.secret.findChildren(QLineEdit):
        edit.setText("Kranich-7-Ufer!")
    named(page, QLineEdit, "Name").setText("CRM Admin")
    named(page, QLineEdit, "System").setText("CRM")
    with qtbot.assertNotEmitted(page.seal_asked):
        press(qtbot, page, "Seal it")
    for lead in (
        "Name: Small letters, digits, hyphens; a letter first.",
        "Account: It is missing or empty.",
        "How to change it: It is missing or empty.",
    ):
        press(qtbot, page, lead)
    assert page.focusWidget() is named(page, QPlainTextEdit, "How to change it")
    named(page, QLineEdit, "Name").setText("crm-rescue")
    named(page, QLineEdit, "Account").setText("rescue")
    named(page, QPlainTextEdit, "How to change it").setPlainText("Set a new one.")
    with qtbot.waitSignal(page.seal_asked):
        press(qtbot, page, "Seal it")
    assert "missing or empty" not in texts(page)


def shown(qtbot: QtBot, page: Page) -> Page:
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


# --- unlock -----------------------------------------------------------------------------------------------


def test_unlock_reports_who(qtbot: QtBot) -> None:
    page = UnlockScreen("org/name", SECTIONS)
    shown(qtbot, page)
    page.show_genesis(GENESIS)
    page.findChildren(QListWidget)[0].setCurrentRow(1)
    with qtbot.waitSignal(page.unlock_asked) as heard:
        press(qtbot, page, "Unlock")
    assert heard.args == ["ops-1"]


def test_an_unsigned_genesis_names_who_is_missing_and_is_signed(qtbot: QtBot) -> None:
    page = UnlockScreen("org/name", SECTIONS)
    shown(qtbot, page)
    page.show_genesis(
        {
            "words": ["one"],
            "unsigned": ["legal-1"],
            "mode": "real",
            "classes": {"standard": {"legal": 1}},
            "members": [{"id": "legal-1", "name": "Anna Berg", "role": "legal", "assurance": "hardware"}],
            "rules": {"seconds_max": 3600},
            "warnings": [{"what": "no_spare", "subject": "legal"}],
        }
    )
    assert "Mind: Legal has no spare person: whoever loses one token locks its credentials." in texts(page)
    assert "Anna Berg (legal-1): Legal, keys in hardware" in texts(page)
    assert "Not yet signed by: Anna Berg" in texts(page)
    with qtbot.waitSignal(page.sign_asked) as heard:
        press(qtbot, page, "Sign the founding document")
    assert heard.args == ["legal-1"]


# --- board ------------------------------------------------------------------------------------------------


def test_board_says_what_is_going_on(qtbot: QtBot) -> None:
    page = BoardScreen()
    shown(qtbot, page)
    page.present(snapshot())
    assert "Nothing is open" in texts(page)
    owed = [{"debt": "rotation", "credential": "crm-admin", "version": 1}]
    page.present(snapshot(activation(), activation("open"), activation("ended", owed=owed)))
    told = texts(page)
    for words in (
        "Waiting for approvals",
        "Still missing: 1 × IT, 1 × Legal",
        "OPEN",
        "Showings: 1 of 4 used, 3 left",
        "Still to be changed: crm-admin",
        "expires in 1:00:00",
        "open for 1:00:00",
    ):
        assert words in told


def test_board_leads_to_the_task_that_can_be_done(qtbot: QtBot) -> None:
    page = BoardScreen()
    shown(qtbot, page)
    page.present(snapshot(activation()))
    with qtbot.waitSignal(page.task_asked) as heard:
        press(qtbot, page, "Approve or deny: INC-1")
    assert heard.args == ["approve", "act-123456"]


def test_board_calls_what_is_over_by_its_incident_and_time(qtbot: QtBot) -> None:
    page, act = BoardScreen(), "01890a5d-ac96-774b-bcce-b302099a8058"
    shown(qtbot, page)
    closed = activation("closed", activation=act, category="idp-down")
    page.present(replace(snapshot(over=(closed,)), incidents={act: "INC-7"}))
    asked = phrases.moment("2023-06-30T03:34:18Z")
    assert f"INC-7 · Identity provider down · {asked} · " in texts(page)
    page.present(snapshot(over=(closed,)))  # Its number was erased.
    assert f"\nIdentity provider down · {asked} · " in texts(page)


def test_board_keeps_its_buttons_while_only_time_passes(qtbot: QtBot) -> None:
    page = BoardScreen()
    shown(qtbot, page)
    page.present(snapshot(activation()))
    texts(page)
    (before,) = [b for b in page.findChildren(QPushButton) if b.accessibleName().startswith("Approve")]
    page.present(snapshot(activation(seconds_left=10)))
    assert before.isVisible()
    assert "expires in 00:10" in texts(page)


# --- request ----------------------------------------------------------------------------------------------


def filled(qtbot: QtBot) -> RequestScreen:
    page = RequestScreen()
    shown(qtbot, page)
    page.present(snapshot())
    for name, text in (("Incident number", "INC-2"), ("Matter numbers", "M-1, M-2"), ("System", "idp")):
        named(page, QLineEdit, name).setText(text)
    named(page, QPlainTextEdit, "Reason").setPlainText("Nobody can sign in")
    named(page, QPlainTextEdit, "What was tried instead").setPlainText("one\n\n two ")
    named(page, QCheckBox, "idp-codes (one-time codes, 7 left) · was shown before, must be changed").setChecked(True)
    named(page, QAbstractSpinBox, "How many codes of idp-codes").setValue(2)
    named(page, QCheckBox, "DE").setChecked(True)
    return page


def test_request_reports_the_fields_of_the_file(qtbot: QtBot) -> None:
    page = filled(qtbot)
    with qtbot.waitSignal(page.file_asked) as heard:
        press(qtbot, page, "File the request")
    fields, signs = heard.args
    assert signs is False
    assert fields["matters"] == ["M-1", "M-2"]
    assert fields["items"] == [{"credential": "idp-codes", "codes": 2}]
    assert fields["alternatives_tried"] == ["one", "two"]
    assert (fields["requester"], fields["minutes"], fields["jurisdictions"]) == ("ops-1", 60, ["DE"])
    assert fields["outage"][0]["first_seen"].endswith("Z")
    assert "deadline_at_risk" not in fields
    assert "used_from" not in fields


def test_request_keeps_everything_when_something_is_wrong(qtbot: QtBot) -> None:
    page = filled(qtbot)
    before = page.form.values()
    problems = [("harm_if_delayed", "it says nothing."), ("outage", "each needs all."), ("used_from", "no range.")]
    page.show_problems("Not complete.", "Mend it.", problems)
    page.present(snapshot(activation()))
    assert page.form.values() == before
    told = texts(page)
    assert "It says nothing." in told
    assert told.count("It is missing or empty.") == 2  # symptom and how, but not system
    press(qtbot, page, "Harm if it waits: it says nothing.")
    assert named(page, QPlainTextEdit, "Harm if it waits").hasFocus()


def test_what_names_nothing_in_an_outage_is_said_at_its_own_field(qtbot: QtBot) -> None:
    page = filled(qtbot)
    for name, text in (("What is seen", "x"), ("How it was checked", "twice")):
        named(page, QLineEdit, name).setText(text)
    page.show_problems("Not complete.", "Mend it.", [("outage", problem("outage", "outage_names_nothing"))])
    assert texts(page).count("It names nothing: at least two letters or a digit are needed.") == 1
    press(qtbot, page, "What is seen: it names nothing: at least two letters or a digit are needed.")
    assert named(page, QLineEdit, "What is seen").hasFocus()


def test_what_is_wrong_with_a_field_goes_as_soon_as_it_is_mended(qtbot: QtBot) -> None:
    page = filled(qtbot)
    for name in ("What is seen", "How it was checked"):
        named(page, QLineEdit, name).setText("it times out")
    named(page, QPlainTextEdit, "Harm if it waits").setPlainText("x")
    assert "Everything is answered." in texts(page)
    page.show_problems("Not complete.", "Mend it.", [("harm_if_delayed", "it says nothing."), ("minutes", "too long.")])
    assert "Everything is answered." not in texts(page)
    press(qtbot, page, "To be mended: Harm if it waits")
    named(page, QPlainTextEdit, "Harm if it waits").setPlainText("The time limit runs out")
    assert "It says nothing." not in texts(page) and "Too long." in texts(page)
    named(page, QSpinBox, "Minutes open").setValue(30)
    assert "Too long." not in texts(page)
    assert "Everything is answered." in texts(page)


def test_request_counts_what_is_still_empty_and_leads_there(qtbot: QtBot) -> None:
    page = filled(qtbot)
    assert "7 of 10 answered" in texts(page)
    press(qtbot, page, "Still empty: Harm if it waits")
    assert named(page, QPlainTextEdit, "Harm if it waits").hasFocus()
    named(page, QPlainTextEdit, "Harm if it waits").setPlainText("The time limit runs out")
    named(page, QCheckBox, "DE").setChecked(False)
    assert named(page, QPushButton, "Still empty: Jurisdictions").isVisible()
    named(page, QCheckBox, "DE").setChecked(True)
    for name in ("What is seen", "How it was checked"):
        named(page, QLineEdit, name).setText("it times out")
    assert "Everything is answered." in texts(page)


def test_request_says_the_deadline_as_it_will_be_read(qtbot: QtBot) -> None:
    page = filled(qtbot)
    named(page, QCheckBox, "A deadline is at risk").setChecked(True)
    named(page, QDateTimeEdit, "Deadline").setDateTime(QDateTime(2027, 1, 31, 22, 15, 0))
    assert phrases.moment(page.form.values()["deadline_at_risk"]) in texts(page)
    page.show_problems("Not complete.", "Mend it.", [("deadline_at_risk", "it has passed.")])
    assert "It has passed." in texts(page)


def test_a_filed_request_leaves_an_empty_form(qtbot: QtBot) -> None:
    fresh, page = RequestScreen(), filled(qtbot)
    qtbot.addWidget(fresh)
    fresh.present(snapshot())
    named(page, QCheckBox, "A deadline is at risk").setChecked(True)
    for field in page.findChildren(QComboBox):
        field.setCurrentIndex(field.count() - 1)
    for number in page.findChildren(QSpinBox):
        number.setValue(2)
    for moment in page.findChildren(QDateTimeEdit):
        moment.setDateTime(QDateTime(2027, 1, 31, 22, 15, 0))
    page.filed()
    left, empty = page.form.values(), fresh.form.values()
    assert {**left, "outage": []} == {**empty, "outage": []}
    assert left["outage"][0]["first_seen"] < "2027"
    assert (left["outage"][0]["system"], left["outage"][0]["checked_by"]) == ("", ["ops-1"])
    assert "0 of 10 answered" in texts(page)


# --- approve ----------------------------------------------------------------------------------------------


def approving(qtbot: QtBot, **changes: Any) -> ApproveScreen:
    page = ApproveScreen()
    shown(qtbot, page)
    page.present(snapshot(activation(**changes)))
    return page


def test_approve_reads_the_request_back_as_plain_text(qtbot: QtBot) -> None:
    page = approving(qtbot, items=[item("crm-admin", "password", exposed=True), item("idp-codes", "codes")])
    told = texts(page)
    for words in (
        "Eva Falk (proven by unlocking the station)",
        "crm-admin: password (class standard). It was shown before",
        "idp-codes: 1 one-time code (class standard)",
        "60 minutes, 4 showings in all",
        "<b>Frist</b> läuft ab",
        "Attorney-client",
        "idp: times out",
        "Still missing: 1 × IT, 1 × Legal",
    ):
        assert words in told
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in page.findChildren(QLabel))


def test_approve_asks_for_the_matter_and_the_privilege_basis(qtbot: QtBot) -> None:
    page = approving(qtbot)
    heard: list[tuple[object, ...]] = []
    page.approve_asked.connect(lambda *said: heard.append(said))
    press(qtbot, page, "Approve")
    assert "Nobody is chosen." in texts(page)
    confirming = "I confirm the privilege basis: Attorney-client."
    press(qtbot, page.messages, "Matter number, typed again")
    assert page.window().focusWidget().accessibleName() == "Matter number, typed again"
    press(qtbot, page.messages, confirming)
    assert page.window().focusWidget() is named(page, QCheckBox, confirming)
    assert named(page, QCheckBox, confirming).isVisible()
    with_name(page, QRadioButton, "Anna Berg (Legal)").setChecked(True)
    press(qtbot, page, "Approve")
    assert "The matter number was not typed." in texts(page)
    named(page, QLineEdit, "Matter number, typed again").setText("M-1")
    press(qtbot, page, "Approve")
    assert "The privilege basis is not confirmed." in texts(page)
    named(page, QCheckBox, "I confirm the privilege basis: Attorney-client.").setChecked(True)
    press(qtbot, page, "Approve")
    assert heard == [("act-123456", "legal-1", ["M-1"], ["privilege"])]


def test_it_confirms_no_privilege_and_the_requester_is_not_offered(qtbot: QtBot) -> None:
    page = approving(qtbot, requester="legal-1")
    assert {b.accessibleName() for b in page.findChildren(QRadioButton)} == {"Carla Dietz (IT)"}
    with_name(page, QRadioButton, "Carla Dietz (IT)").setChecked(True)
    assert not named(page, QCheckBox, "I confirm the privilege basis: Attorney-client.").isVisible()


def test_legal_confirms_in_words_what_this_request_says(qtbot: QtBot) -> None:
    page = approving(qtbot, justification={**JUSTIFICATION, "privilege": "none"})
    with_name(page, QRadioButton, "Anna Berg (Legal)").setChecked(True)
    assert with_name(page, QCheckBox, "I confirm that no privilege is claimed.").isVisible()
    page.present(snapshot(activation(activation="act-2")))
    with_name(page, QRadioButton, "Anna Berg (Legal)").setChecked(True)
    box = with_name(page, QCheckBox, "I confirm the privilege basis: Attorney-client.")
    assert not box.isChecked()


def test_what_was_typed_for_one_request_does_not_approve_another(qtbot: QtBot) -> None:
    page = ApproveScreen()
    shown(qtbot, page)
    page.present(snapshot(activation(), activation(activation="act-2")))
    with_name(page, QRadioButton, "Carla Dietz (IT)").setChecked(True)
    named(page, QLineEdit, "Matter number, typed again").setText("M-1")
    page.choose("act-2")
    assert not with_name(page, QRadioButton, "Carla Dietz (IT)").isChecked()
    assert named(page, QLineEdit, "Matter number, typed again").text() == ""


def test_what_one_keyholder_typed_is_gone_for_the_next(qtbot: QtBot) -> None:
    page = approving(qtbot)
    with_name(page, QRadioButton, "Anna Berg (Legal)").setChecked(True)
    named(page, QLineEdit, "Matter number, typed again").setText("M-1")
    page.decided()
    assert not with_name(page, QRadioButton, "Anna Berg (Legal)").isChecked()
    assert named(page, QLineEdit, "Matter number, typed again").text() == ""


def test_deny_stands_apart_asks_twice_and_reports_the_reason(qtbot: QtBot) -> None:
    page = approving(qtbot)
    assert "Deny" not in [b.accessibleName() for b in page.findChildren(QPushButton) if b.isVisibleTo(page)]
    press(qtbot, page, "Deny it")
    with_name(page, QRadioButton, "Carla Dietz (IT)").setChecked(True)
    named(page, QPlainTextEdit, "Reason").setPlainText("The service desk is back.")
    press(qtbot, page, "Deny")
    with qtbot.waitSignal(page.deny_asked) as heard:
        press(qtbot, page, "Yes, deny it: the request is over")
    assert heard.args == ["act-123456", "it-1", "The service desk is back."]


# --- session ----------------------------------------------------------------------------------------------


def session(qtbot: QtBot, state: str, **changes: Any) -> SessionScreen:
    page = SessionScreen()
    shown(qtbot, page)
    page.present(snapshot(activation(state, **changes)))
    return page


@pytest.mark.parametrize(
    ("state", "name", "signal"),
    [
        ("approved", "Open now", "open_asked"),
        ("open", "End the session / Yes, end it: nothing more can be shown", "end_asked"),
        ("ended", "Complete the activation", "close_asked"),
    ],
)
def test_session_reports_what_can_be_done_now(qtbot: QtBot, state: str, name: str, signal: str) -> None:
    page = session(qtbot, state)
    with qtbot.waitSignal(getattr(page, signal)) as heard:
        for step in name.split(" / "):
            press(qtbot, page, step)
    assert heard.args == ["act-123456"]


def test_session_says_what_is_covered_at_first(qtbot: QtBot) -> None:
    covered = "“Show once” leads to the secret, still covered. One more press there uncovers it."
    codes = [item("idp-codes", "codes", 1)]
    assert covered in texts(session(qtbot, "open"))
    assert covered not in texts(session(qtbot, "open", items=codes))


def test_session_releases_what_is_left(qtbot: QtBot) -> None:
    page = session(qtbot, "open", shown={"crm-admin": 2, "idp-codes": 1})
    assert "crm-admin   (password, shown 2 times)" in texts(page)
    assert "idp-codes   (one-time codes, 1 of 1 taken)" in texts(page)
    assert [b for b in page.findChildren(QPushButton) if b.accessibleName() == "Show next code: idp-codes"] == []
    with qtbot.waitSignal(page.release_asked) as heard:
        press(qtbot, page, "Show once: crm-admin")
    assert heard.args == ["act-123456", "crm-admin"]


def test_a_frozen_session_says_why_and_both_roles_can_reset(qtbot: QtBot) -> None:
    waiting = {"decision": "reset", "amount": 4, "missing": ["it"]}
    page = session(qtbot, "frozen", frozen_why="budget", seconding=[waiting])
    told = texts(page)
    press(qtbot, page, "More time, more showings")
    press(qtbot, page, "Reset the showings")
    assert "Choose which keyholder agrees." in texts(page)
    assert "4 showings more: agreed by one role, still missing: IT." in told
    assert "All showings are used." in told
    with_name(page, QRadioButton, "Carla Dietz (IT)").setChecked(True)
    with qtbot.waitSignal(page.second_asked) as heard:
        press(qtbot, page, "Reset the showings")
    assert heard.args == ["act-123456", "it-1", "reset", 0]


def test_what_cannot_be_undone_is_asked_twice(qtbot: QtBot) -> None:
    page = session(qtbot, "open")
    heard: list[str] = []
    page.end_asked.connect(heard.append)
    press(qtbot, page, "End the session")
    press(qtbot, page, "No, go back")
    press(qtbot, page, "End the session")
    assert heard == []


def test_a_session_warns_while_approvers_can_still_be_reached(qtbot: QtBot) -> None:
    page = session(qtbot, "open", warnings=["ends_soon", "last_release"])
    assert "Less than ten minutes are left." in texts(page)
    assert "One showing is left. Call one keyholder" in texts(page)
    page.present(snapshot(activation("open")))
    assert "Call one keyholder" not in texts(page)


def test_an_ended_session_says_what_is_owed(qtbot: QtBot) -> None:
    page = session(
        qtbot, "ended", ended_why="time", owed=[{"debt": "rotation", "credential": "crm-admin", "version": 1}]
    )
    assert "Its time was over; it ended by itself." in texts(page)
    assert "Still to be changed: crm-admin" in texts(page)


# --- journal ----------------------------------------------------------------------------------------------


def page_of(first: int, last: int) -> list[dict[str, Any]]:
    rest: dict[str, Any] = {
        "time": "2026-11-23T13:05:00.000Z",
        "surely": {"not_before": None, "not_after": None, "brief": "no outside clock"},
        "type": "a.b",
        "who": "Eva Falk (ops-1)",
        "people": {},
        "proof": "unlock",
        "act": None,
        "body": {},
    }
    return [{"seq": seq, **rest} for seq in range(first, last - 1, -1)]


def test_journal_turns_pages_by_number(qtbot: QtBot) -> None:
    page = JournalScreen()
    shown(qtbot, page)
    page.show_page(page_of(499, 300), 500, 300)
    assert "Entries 499 to 300 of 500" in texts(page)
    with qtbot.waitSignal(page.page_asked) as heard:
        press(qtbot, page, "Older")
    assert heard.args == [Query(before=300)]
    page.show_page(page_of(299, 100), 500, 100)
    with qtbot.waitSignal(page.page_asked) as heard:
        press(qtbot, page, "Newer")
    assert heard.args == [Query()]


def test_journal_seeks_while_somebody_types(qtbot: QtBot) -> None:
    page = JournalScreen()
    page.filters.set_people([("legal-1", "Anna Berg")])
    shown(qtbot, page)
    search, whose = page.findChildren(QLineEdit)[0], page.findChildren(QComboBox)[1]
    with qtbot.waitSignal(page.page_asked) as heard:
        QTest.keyClicks(search, "idp")
    assert heard.args == [Query("idp")]
    with qtbot.waitSignal(page.page_asked) as heard:
        whose.setCurrentIndex(1)
    assert heard.args == [Query("idp", person="legal-1")]
    page.show_page([], 500, 0)
    assert "No such entry among 500" in texts(page)
    with qtbot.waitSignal(page.page_asked):
        QTest.keyClicks(search, " codes")
        page.show_page(page_of(499, 300), 500, 300)  # an answer to what was asked before stops no search


def test_journal_says_the_verdict_in_words(qtbot: QtBot) -> None:
    page = JournalScreen()
    shown(qtbot, page)
    verdict = {"ok": True, "size": 20, "root": "abc=", "vouched_until": "2026-11-23T13:05:00.000Z", "findings": []}
    page.show_verdict(verdict, [])
    assert "Verified up to entry 19, vouched until 2026-11-23" in texts(page)
    page.show_verdict({**verdict, "ok": False}, ["Entry 3: an entry was changed."])
    assert "Entry 3: an entry was changed." in texts(page)


def test_journal_says_what_the_chosen_entry_is_and_shows_it_by_button_key_and_double_click(qtbot: QtBot) -> None:
    page = JournalScreen()
    shown(qtbot, page)
    with qtbot.assertNotEmitted(page.entry_asked):
        press(qtbot, page, "Show this entry, Enter")
    assert "There is no entry here to choose." in texts(page)
    page.show_page(page_of(499, 300), 500, 300)
    (table,) = page.findChildren(QTableView)
    assert "Entry 499: a.b, by Eva Falk (ops-1), " in texts(page)
    click(table, 2)
    assert "Entry 497: a.b" in texts(page)
    ways: list[Callable[[], object]] = [
        lambda: press(qtbot, page, "Show this entry, Enter"),
        lambda: QTest.keyClick(table, Qt.Key.Key_Return),
        lambda: click(table, 2, twice=True),
    ]
    for way in ways:
        with qtbot.waitSignal(page.entry_asked) as heard:
            way()
        assert heard.args == [497]


def click(table: QTableView, row: int, *, twice: bool = False) -> None:
    at = table.visualRect(table.model().index(row, 3)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    if twice:
        QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_fresh_visit_begins_at_the_newest_entry_and_coming_back_goes_on(qtbot: QtBot) -> None:
    page = JournalScreen()
    shown(qtbot, page)
    page.show_page(page_of(499, 300), 500, 300)
    press(qtbot, page, "Older")
    search = page.findChildren(QLineEdit)[0]
    with qtbot.waitSignal(page.page_asked):
        QTest.keyClicks(search, "idp")
    page.show_page(page_of(499, 300), 500, 300)
    page.go_to(250)
    page.show_page(page_of(250, 51), 500, 51)
    page.keep(249)
    with qtbot.waitSignal(page.page_asked) as heard:
        page.visit()
    assert heard.args == [Query("idp", before=251)]
    page.show_page(page_of(250, 51), 500, 51)
    assert "Entry 249: " in texts(page)
    with qtbot.waitSignal(page.page_asked) as heard:
        page.visit()
    assert heard.args == [Query()]
    page.show_page(page_of(499, 300), 500, 300)
    assert "Entry 499: " in texts(page)


def test_a_search_in_force_is_said_and_one_key_clears_it(qtbot: QtBot) -> None:
    page = JournalScreen()
    shown(qtbot, page)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.show_page(page_of(499, 300), 500, 300)
    assert "A search is in force." not in texts(page)
    search, when = page.findChildren(QLineEdit)[0], page.findChildren(QComboBox)[2]
    ways: list[Callable[[], object]] = [lambda: QTest.keyClicks(search, "idp"), lambda: when.setCurrentIndex(1)]
    for seek in ways:
        with qtbot.waitSignal(page.page_asked):
            seek()
        page.show_page(page_of(400, 380), 500, 300)
        assert "A search is in force." in texts(page)
        page.resize(430, 700)  # so little is left on a small screen with large text
        qtbot.waitUntil(lambda: page.findChildren(QScrollArea)[0].horizontalScrollBar().maximum() == 0)
        search.setFocus()
        with qtbot.waitSignal(page.page_asked) as heard:
            QTest.keyClick(search, Qt.Key.Key_Escape)
        assert heard.args == [Query()]
        page.show_page(page_of(499, 300), 500, 300)
        assert "A search is in force." not in texts(page)
        assert search.hasFocus() and search.text() == "" and when.currentIndex() == 0
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert page.findChildren(QTableView)[0].hasFocus()


@pytest.mark.parametrize("height", [520, 800])
def test_the_list_and_its_button_are_seen_without_scrolling(qtbot: QtBot, height: int) -> None:
    page = JournalScreen()
    qtbot.addWidget(page)
    page.resize(1000, height)
    page.show()
    page.show_page(page_of(499, 300), 500, 300)
    (table,) = page.findChildren(QTableView)
    (show,) = (b for b in page.findChildren(QPushButton) if b.accessibleName() == "Show this entry, Enter")
    qtbot.waitUntil(lambda: 0 < show.mapTo(page, show.rect().bottomLeft()).y() <= height - 8)
    assert table.height() > height - 360


def test_an_entry_names_people_and_cuts_no_signature(qtbot: QtBot) -> None:
    page = EntryScreen()
    qtbot.addWidget(page)
    page.resize(640, 560)
    page.show()
    (row,) = page_of(12, 12)
    body = {"member": "p-1a2b", "to": ["p-1a2b", "p-3c4d"], "signature": "MEUCIQDx" * 60}
    page.show_entry(
        {
            **row,
            "type": "activation.approved",
            "body": body,
            "people": {"p-1a2b": "Carla Dietz (it-1)"},
            "fields": {},
            "committed": [],
            "proven": None,
            "erased": None,
            "track": "facts",
        },
        30,
    )
    told = texts(page)
    assert "Eva Falk (ops-1)" in told and "Carla Dietz (it-1), p-3c4d" in told
    assert "MEUCIQDx" * 60 in told.replace("\u200b", "")
    (scroll,) = page.findChildren(QScrollArea)
    qtbot.waitUntil(lambda: scroll.verticalScrollBar().maximum() > 0)
    assert scroll.horizontalScrollBar().maximum() == 0


# --- all --------------------------------------------------------------------------------------------------


def present(page: Any, view: Snapshot) -> Page:
    page.present(view)
    return page  # type: ignore[no-any-return]


EVERY: dict[str, Callable[[], Page]] = {
    "unlock": lambda: UnlockScreen("org/name", SECTIONS),
    "board": lambda: present(BoardScreen(), snapshot(activation(), activation("open"))),
    "request": lambda: present(RequestScreen(), snapshot()),
    "approve": lambda: present(ApproveScreen(), snapshot(activation(), activation(activation="act-2"))),
    "session": lambda: present(SessionScreen(), snapshot(activation("open"))),
    "journal": JournalScreen,
    "people": PeopleScreen,
    "use": UseScreen,
    "sheets": SheetsScreen,
    "vault": VaultScreen,
    "seal": SealScreen,
    "confirm": ConfirmScreen,
    "upkeep": UpkeepScreen,
    "clock": ClockScreen,
    "pin": PinPanel,
    "secret": SecretPanel,
}
CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QListWidget, QTableView)
INNER = ("qt_spinbox_lineedit", "qt_calendar_calendarview")


@pytest.fixture(scope="module")
def dressed(qapp: Any) -> None:
    theme.apply(qapp)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.usefixtures("dressed")
def test_every_control_has_a_name_and_a_size_to_hit(qtbot: QtBot, name: str) -> None:
    page = shown(qtbot, EVERY[name]())
    for kind in CONTROLS:
        for control in page.findChildren(kind):
            if control.objectName() in INNER or not control.isVisible():
                continue
            told = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
            # Qt names a combo box by its value (its label stands in a relation), and its own corner button not at all.
            is_known = isinstance(control, QComboBox) or "Corner" in control.metaObject().className()
            assert told or is_known, control
            if isinstance(control, QAbstractButton) and told:
                assert control.height() >= 24, told
