# SPDX-License-Identifier: Apache-2.0
"""The last step: neither journal nor reserve takes an entry; two accept, codes are given, and it is told afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from console.actions.activation import release
from console.actions.console import Console
from console.actions.journal import reading
from console.actions.paper import mode as papermode
from console.adapters.journal.recorder import Recorder
from console.domain.errors import Corrupt, Refused, Unavailable
from tests.support.activations import opened_base, used
from tests.support.journals import log_full
from tests.support.scenes import CODES, PASSWORD, Scene, staged
from tests.support.screens import Paper

pytestmark = pytest.mark.real


@pytest.fixture
def scene() -> Iterator[Scene]:
    with staged(opened_base()) as lent:
        yield lent


@contextmanager
def nothing_records(scene: Scene, console: Console) -> Iterator[None]:
    """Let the log write nothing, and take the second medium away."""
    assert isinstance(console.journal, Recorder)
    mirror, away = scene.folder / "mirror", scene.folder / "unplugged"
    mirror.rename(away)
    try:
        with log_full(console.journal):
            yield
    finally:
        away.rename(mirror)


def test_two_of_two_groups_accept_and_codes_are_given(scene: Scene) -> None:
    paper = Paper()
    with scene.console() as console:
        papermode.reserve(console, 3)
        assert used(console, scene.act) == 0
        with nothing_records(scene, console):
            with pytest.raises(Refused, match="paper_not_accepted"):
                release.release(console, scene.act, CODES, paper)
            papermode.accept(console, "legal-1")
            with pytest.raises(Refused, match="already_accepted"):
                papermode.accept(console, "legal-1")
            papermode.accept(console, "legal-2")
            with pytest.raises(Refused, match="paper_not_accepted"):
                release.release(console, scene.act, CODES, paper)
            told = papermode.accept(console, "it-1")
            assert (told["missing"], told["serial"]) == ([], 1)
            with pytest.raises(Refused, match="paper_codes_only"):
                release.release(console, scene.act, PASSWORD, paper)
            assert paper.shown == []
            for _ in range(2):
                assert release.release(console, scene.act, CODES, paper)["on_paper"]
    codes = scene.sealed[CODES].split()
    assert [secret for _, secret in paper.shown] == codes[:2]
    with scene.console() as console:
        (mode,) = console.journal.entries(type_=papermode.PAPER_MODE)
        assert (mode.body["serial"], mode.body["given"]) == (1, 2)
        assert papermode.present(console) is None and papermode.next_serial(console) == 2
        # Should the journal be lost: the used one is not out.
        assert papermode.outstanding(console, None) == [(2, 3)]
        assert used(console, scene.act) == 2
        release.release(console, scene.act, CODES, paper)
        assert paper.shown[-1][1] == codes[2]
        verdict = reading.verify(console, deep=True)
        assert verdict["ok"], verdict["findings"]


def test_each_printing_of_blank_forms_is_an_entry_and_used_numbers_are_not_printed_again(scene: Scene) -> None:
    with scene.console() as console:
        with pytest.raises(Refused, match="paper_none_reserved"):
            papermode.forms(console)
        papermode.reserve(console, 1)
        name, pdf = papermode.forms(console, papermode.reserve(console, 2))
        assert name == "paper-forms-2-3.pdf" and pdf.startswith(b"%PDF")
        with nothing_records(scene, console):
            with pytest.raises(Unavailable, match="write_on_paper"):
                papermode.forms(console)
            papermode.accept(console, "legal-1")
            papermode.accept(console, "it-1")
    with scene.console() as console:
        assert papermode.forms(console)[0] == "paper-forms-2-3.pdf"
        printed = [entry.body for entry in console.journal.entries(type_=papermode.PRINTED)]
        assert printed == [{"first": 2, "last": 3}] * 2


def test_what_a_crash_left_of_the_telling_is_not_told_twice(scene: Scene) -> None:
    with scene.console() as console, nothing_records(scene, console):
        papermode.accept(console, "legal-1")
        papermode.accept(console, "it-1")
        release.release(console, scene.act, CODES, Paper())
        (note,) = console.hsm.held("paper")
    with scene.console() as console:
        told = len(list(console.journal.entries(type_="release.intended")))
        console.hsm.hold("paper", note)
    with scene.console() as console:
        assert len(list(console.journal.entries(type_=papermode.PAPER_MODE))) == 1
        assert len(list(console.journal.entries(type_="release.intended"))) == told == 1
        assert console.hsm.held("paper") == []


def test_the_budget_counts_what_was_given_on_paper(scene: Scene) -> None:
    paper = Paper()
    with scene.console() as console, nothing_records(scene, console):
        papermode.accept(console, "legal-1")
        papermode.accept(console, "it-1")
        for _ in range(4):
            release.release(console, scene.act, CODES, paper)
        with pytest.raises((Refused, Unavailable)):
            release.release(console, scene.act, CODES, paper)
    assert len(paper.shown) == 4


def test_it_is_refused_while_anything_takes_entries(scene: Scene) -> None:
    with scene.console() as console:
        with pytest.raises(Refused, match="still_recorded"):
            papermode.accept(console, "legal-1")
        assert isinstance(console.journal, Recorder)
        with log_full(console.journal), pytest.raises(Refused, match="still_recorded"):
            papermode.accept(console, "legal-1")


def test_a_forged_acceptance_gives_nothing(scene: Scene) -> None:
    paper = Paper()
    with scene.console() as console, nothing_records(scene, console):
        papermode.accept(console, "legal-1")
        mode = papermode.present(console)
        assert mode is not None
        forged = mode.accepting("it-1", dict(mode.accepted)["legal-1"])
        console.hsm.hold("paper", forged.encode())
        with pytest.raises(Corrupt, match="signature_wrong"):
            release.release(console, scene.act, CODES, paper)
    assert paper.shown == []
