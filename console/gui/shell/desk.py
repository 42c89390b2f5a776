# SPDX-License-Identifier: Apache-2.0
"""What every gesture goes through: ask a PIN if one is needed, act in the worker, say what came of it, look again.

It also knows whether the station is locked. The lock wins over every question, showing and waiting.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer

from console.domain.errors import Cancelled, ConsoleError
from console.gui import snapshot as snapshots
from console.gui.kit.files import write_all
from console.gui.kit.widgets import Page
from console.gui.shell.busy_notice import Busy
from console.gui.shell.intake import Intake
from console.gui.shell.operator import Asked, Tries, WindowOperator
from console.gui.shell.pictures import HandOver, PicturesPanel
from console.gui.shell.pin_retry import Again, AtOnce, named
from console.gui.shell.restoration import Returning
from console.gui.shell.secret_display import WindowScreen
from console.gui.shell.station_words import running, session, session_behind_lock
from console.gui.shell.window import Window
from console.gui.shell.worker import Worker
from console.gui.snapshot import Snapshot, up_seconds
from console.language import say

if TYPE_CHECKING:
    from console.actions.console import Console

REFRESH_MS = 5000
C = TypeVar("C")
P = ParamSpec("P")
T = TypeVar("T")


class Shown(Protocol):
    """A screen that shows a snapshot of the unlocked station, or nothing."""

    def present(self, snapshot: Snapshot) -> None: ...
    def forget(self) -> None: ...


class Audience:
    """Everything that shows snapshots."""

    def __init__(self) -> None:
        self._all: list[Shown] = []
        self._new: list[Shown] = []

    def add(self, screens: Sequence[Shown]) -> None:
        """Let these show every snapshot from the next one on."""
        self._all += screens
        self._new += screens

    def present(self, snapshot: Snapshot) -> None:
        """Show it to all; those that come while this goes on are shown it by whoever makes them."""
        self._new = []
        for screen in tuple(self._all):
            screen.present(snapshot)

    def present_to_new(self, snapshot: Snapshot | None) -> None:
        """Show what all others show to those that came since."""
        came, self._new = self._new, []
        if snapshot is not None:
            for screen in came:
                screen.present(snapshot)

    def forget(self) -> None:
        """Show nothing any more."""
        for screen in self._all:
            screen.forget()


@dataclass(frozen=True)
class Hands:
    """What a gesture works with."""

    window: Window
    worker: Worker
    operator: WindowOperator
    screen: WindowScreen
    pictures: PicturesPanel
    intake: Intake

    def show_pictures(self, title: str, told: str, sent: HandOver, folder: str) -> None:
        """Show what goes out in the place of the page until somebody closes it; its files go into ``folder``."""

        def save() -> None:
            try:
                where = write_all(folder, sent.files())
            except ConsoleError as error:
                say_error(self.pictures, error)
            else:
                self.pictures.say_done(
                    say("Saved in {where}: one file {stem}.bg, and every picture.", where=where, stem=sent.stem)
                )

        self.window.interrupt(self.pictures)
        self.pictures.present(title, told, sent.pictures, save)


class Desk(QObject):
    """One for the life of the window."""

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self.hands = hands
        self.snapshot: Snapshot | None = None
        self.warnings = 0
        """How many the last check of readiness found in this sitting: it takes too long to look each time."""
        self.on_locked: Callable[[], None] = lambda: None
        self.on_lost: Callable[[], None] = lambda: None
        self._after_look: Callable[[], None] | None = None
        self.audience = Audience()
        self._is_looking = False
        self._unlocked = False
        self.returning = Returning(hands.window, hands.worker)
        self._busy = Busy()
        self.stops: list[Callable[[], object]] = []
        """What calls off a long work: the lock does, which it would hold up."""
        self._ends: list[float] = []
        self._refresh, self._tick = QTimer(self), QTimer(self)
        self._refresh.timeout.connect(self.look)
        self._tick.timeout.connect(self._show_session)

    def show_on(self, *screens: Shown) -> None:
        """Let these screens show every snapshot from the next one on."""
        self.audience.add(screens)

    def act(
        self,
        page: Page,
        title: str,
        action: "Callable[[Console], T]",
        done: Callable[[T], None],
        *,
        failed: Callable[[ConsoleError], bool] = lambda _: False,
        pin_of: str = "",
        why: str = "",
        new_pin: bool = False,
        ends_lease: bool = False,
    ) -> None:
        """Run an action; ``failed`` returns whether it has shown the error itself; ``ends_lease`` as the worker has it.

        ``pin_of`` types the PIN before it begins; ``new_pin``: chooses it, twice the same.
        """

        def start() -> None:
            self.hands.worker.run(
                title,
                action,
                partial(self._done, done),
                partial(self._failed, page, failed, again),
                ends_lease=ends_lease,
            )

        again = Again("" if new_pin else pin_of, why, start)
        self._begin(page, pin_of, why, start, new_pin=new_pin)

    def act_locked(
        self,
        page: Page,
        title: str,
        action: Callable[[Any], T],
        done: Callable[[T], None],
        *,
        pin_of: str = "",
        why: str = "",
        failed: Callable[[ConsoleError], bool] = lambda _: False,
        all_pins: Sequence[Asked] = (),
        try_pin: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Run an action that works on the locked station, on a keyholder's own console, or before there is any.

        ``all_pins``: whose PINs are asked before it begins; ``try_pin`` raises in the worker where one is wrong.
        """

        def start() -> None:
            self.hands.worker.run_locked(
                title, action, partial(self._done, done), partial(self._failed, page, failed, again)
            )

        again = Again(pin_of, why, start)
        tries = AtOnce(self.hands.worker, self.hands.operator, try_pin, partial(say_error, page)).tries
        self._begin(page, pin_of, why, start, all_pins=all_pins, tries=tries)

    def unlocked(self) -> None:
        """Begin to look at the station, and go on looking."""
        self._unlocked = True
        self._refresh.start(REFRESH_MS)
        self._tick.start(1000)
        self.look()

    def look(self) -> None:
        """Take a new snapshot, unless one is on its way."""
        if self._unlocked and not self._is_looking:
            self._is_looking = True
            look = partial(snapshots.take, before=self.snapshot)
            self.hands.worker.run("", look, self._present, self._look_failed)

    def look_then(self, then: Callable[[], None]) -> None:
        """Call ``then`` as soon as the screens show what the action has changed."""
        self._after_look = then

    def locked(self) -> None:
        """Show nothing of the station any more, whatever is going on: only how long what is open still has."""
        before = self.snapshot
        self.returning.leave(before)
        self._unlocked, self._is_looking, self._after_look = False, False, None
        self._busy.untell()
        self._refresh.stop()
        self._ends = [up_seconds() + before.seconds_left(v) for v in running(before)] if before else []
        self.hands.operator.shut()
        self.hands.screen.shut()
        self.hands.pictures.close_it()
        for stop in self.stops:
            stop()
        self.hands.intake.close_it()
        self.audience.forget()
        self.returning.empty()
        self.snapshot, self.warnings = None, 0
        # From here on: what a screen saves as it forgets was asked for before, and says nothing any more.
        self.hands.worker.new_sitting()
        for page in self.hands.window.pages.all_made().values():
            if isinstance(page, Page):
                page.messages.clear()
        self.hands.window.strip.forget()
        self._show_session()
        self.on_locked()

    def _begin(
        self,
        page: Page,
        pin_of: str,
        why: str,
        start: Callable[[], None],
        *,
        new_pin: bool = False,
        all_pins: Sequence[Asked] = (),
        tries: Tries = lambda _, right, __: right(),
    ) -> None:
        if self.hands.worker.is_busy or self.hands.operator.is_asking:
            self._busy.tell(page, self.hands.worker.doing)
            return
        self.hands.operator.is_shut = self.hands.screen.is_shut = False
        page.messages.clear()
        if all_pins:
            self.hands.operator.ask_all(all_pins, start, tries)
        elif pin_of and new_pin:
            self.hands.operator.ask_new(pin_of, start)
        elif pin_of:
            self.hands.operator.ask(pin_of, why, start)
        else:
            start()

    def _done(self, done: Callable[[T], None], result: T) -> None:
        self.hands.operator.forget()
        self._busy.untell()
        done(result)
        self.look()

    def _failed(
        self, page: Page, failed: Callable[[ConsoleError], bool], again: Again, error: ConsoleError | Cancelled
    ) -> None:
        self.hands.operator.forget()
        self._busy.untell()
        if isinstance(error, Cancelled) or not failed(error):
            say_error(page, named(error, self.hands.operator))
            again.ask_if_mistyped(error, page, self.hands.operator)
        if _is_locked(error):
            self._lost()
        self.look()

    def _present(self, snapshot: Any) -> None:
        self._is_looking = False
        if not self._unlocked:
            return
        self.snapshot = snapshot
        self.audience.present(snapshot)
        self._show_session()
        then, self._after_look = self._after_look, None
        if then is not None:
            then()

    def _lost(self) -> None:
        """Another face has locked the station, or its idle limit has."""
        if self._unlocked:
            self.locked()
            self.on_lost()

    def _look_failed(self, error: ConsoleError | Cancelled) -> None:
        self._is_looking = False
        if _is_locked(error):
            self._lost()
        elif isinstance(error, ConsoleError) and error.code != "station_in_use":
            page = self.hands.window.page
            if isinstance(page, Page):
                say_error(page, error)

    def _show_session(self) -> None:
        strip = self.hands.window.strip
        if self.snapshot is not None:
            strip.show_session(session(self.snapshot))
        else:
            strip.show_session(session_behind_lock([round(end - up_seconds()) for end in self._ends]))


def call(action: Callable[Concatenate[C, P], T], *given: P.args, **named: P.kwargs) -> Callable[[C], T]:
    """Return an action with what it is given: only what it acts on is missing, which the worker has."""
    return lambda console: action(console, *given, **named)


def _is_locked(error: ConsoleError | Cancelled) -> bool:
    return isinstance(error, ConsoleError) and error.code == "station_locked"


def say_error(page: Page, error: ConsoleError | Cancelled) -> None:
    """Explain an error on a page, where it stays until the next gesture."""
    from console.gui.explanations import explain

    told = explain(error)
    page.say_problem(told.what, told.now)


def problems_of(error: ConsoleError) -> list[tuple[str, str]]:
    """Return (field, sentence) for each field that an error finds wrong."""
    from console.wording import problem

    found = error.facts.get("problems", ())
    pairs = found if isinstance(found, tuple) else ()
    matter = str(error.facts.get("matter", ""))
    return [(str(field), problem(str(field), str(code), matter)) for field, code in pairs]
