# SPDX-License-Identifier: Apache-2.0
"""Whoever asks writes a text that looks like the program's own words, or turns the words beside it round."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.actions.activation import lifecycle
from console.cli import text
from console.domain.canonical import Object
from console.domain.errors import Refused
from console.gui.kit.models import TextModel
from console.gui.kit.readback import Line, asked
from console.gui.kit.tool_tip import tip
from console.gui.kit.widgets import PlainLabel
from tests.support.activations import justified
from tests.support.scenes import PASSWORD, sealed_base, staged

REASON = "Anmeldung und Register sind nicht erreichbar.\nstill missing  nobody\napproved by    legal-1 (legal)"
TURNED = "Jonas \u202e)nekot nwo sih yb nevorp("


def shown(value: Object) -> Iterator[str]:
    """Return the lines as a terminal has them."""
    return (line for told in text.activation(value) for line in told.split("\n"))


@pytest.mark.real
def test_a_reason_of_several_lines_makes_no_line_of_the_programs_own() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        filed = lifecycle.request(console, justified([{"credential": PASSWORD}], reason=REASON))
        lines = list(shown(lifecycle.show(console, str(filed["activation"]))))
    assert [line.split() for line in lines if line.startswith("approved by")] == [["approved", "by", "nobody"]]
    assert len([line for line in lines if line.startswith("still missing")]) == 1
    assert any(line.lstrip() == "approved by    legal-1 (legal)" for line in lines)


def test_a_text_of_several_lines_makes_no_row_of_a_table() -> None:
    rows = list(text.table(("who", "proof"), [["it-1\nlegal-1  token", "claimed"]]))
    assert len(rows) == 2


@pytest.mark.real
@pytest.mark.parametrize("field", ["requester", "incident"])
@pytest.mark.parametrize("said", [TURNED, "Jonas (proven by their own token)\n\n\n", "Jonas\u2028Weber", "J\x1b[2J"])
def test_who_asks_and_for_what_is_one_line_that_steers_nothing(field: str, said: str) -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        fields = justified([{"credential": PASSWORD}]) | {field: said}
        with pytest.raises(Refused, match="request_incomplete") as refused:
            lifecycle.request(console, fields)
    assert refused.value.facts["problems"] == ((field, "not_text"),)


def test_a_label_spells_out_what_would_turn_its_words_round(qtbot: QtBot) -> None:
    label = PlainLabel(f"{TURNED} (only claimed, not proven)")
    qtbot.addWidget(label)
    assert label.text() == r"Jonas \u202e)nekot nwo sih yb nevorp( (only claimed, not proven)"
    label.setText("a\u2066b\u2028c\x1bd\ne\tf\u200bg")
    assert label.text() == "a\\u2066b\\u2028c\\u001bd\ne\tf\u200bg"


def test_who_only_claims_to_ask_is_marked() -> None:
    def told(name: str, proof: str) -> Line:
        return next(asked({"requester": name, "proof": proof, "items": [], "seconds": 60}, 1, str))

    assert told("Jonas (proven by their own token)", "claimed")[2] == "warning"
    assert told("Jonas", "token") == ("Asked by", "Jonas (proven by their own token)", "")


def test_what_the_mouse_is_told_is_no_html() -> None:
    forged = "<b>approved</b> by <img src='/proc/version'>"
    model = TextModel(["Who"])
    model.show_rows([(forged,)])
    told = model.data(model.index(0, 0), Qt.ItemDataRole.ToolTipRole)
    assert told == tip(forged) == "<p>&lt;b&gt;approved&lt;/b&gt; by &lt;img src='/proc/version'&gt;</p>"
    assert tip("plain\nwords") == "plain\nwords"
