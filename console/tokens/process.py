# SPDX-License-Identifier: Apache-2.0
"""The life of a token process: load one module, then serve a person, or unlock the station and serve it."""

import os
import select
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from console.domain.errors import Unavailable
from console.tokens import wire
from console.tokens.answering import answered, ends_process
from console.tokens.failures import in_our_words
from console.tokens.folder import TokenFolder
from console.tokens.keeper import Keeper
from console.tokens.module import Module
from console.tokens.p11raw import RawModule
from console.tokens.person import Person
from console.tokens.request import Answer, Request, Verb
from console.tokens.station import Station

TICK_MS = 1000


class Process:
    """One module, one thread; what can be asked changes with what was asked before."""

    def __init__(self) -> None:
        self._verbs: Mapping[str, Verb] = {"load": self._load}
        self._module: Module | None = None
        self._folder: TokenFolder | None = None
        self._station: Station | None = None
        self._keeper: Keeper | None = None  # who takes over from the pipe

    def serve(self, reading: int, writing: int) -> None:
        """Answer on a pipe until its other end is gone, or become the keeper."""
        poll = select.poll()
        poll.register(reading, select.POLLIN)
        while self._keeper is None:
            asked = poll.poll(TICK_MS)
            self._sweep()  # before the request: a key whose time is over answers nothing any more
            if not asked:
                continue
            frame = wire.read(wire.reader_of(reading))
            if frame is None:
                return
            answer = answered(self._verbs, frame, in_our_words)
            wire.write(wire.writer_of(writing), answer)
            if ends_process(answer):
                return
        os.close(reading)
        os.close(writing)
        self._keeper.serve()

    def close(self) -> None:
        """Log out and let the module free its secrets."""
        if self._module is not None:
            self._module.raw.finalize()
        if self._folder is not None:
            self._folder.close()

    def _load(self, request: Request) -> Answer:
        folder = request.head.get("folder")
        reserved = request.head.get("reserved")
        if folder is not None and not Path(str(folder)).is_dir():
            # Never made by looking for it: it may lie on a stick that is not plugged in.
            raise Unavailable("token_absent", label=Path(str(folder)).name)
        kept = TokenFolder(Path(str(folder))) if folder is not None else None
        try:
            with kept.prepared() if kept else nullcontext():
                raw = RawModule(request.text("module"), None if reserved is None else str(reserved))
        except OSError as error:
            if kept and error.errno:
                # Its folder, on a disk that is full or read-only: a driver that cannot be loaded has no number.
                raise Unavailable("not_written", path=str(folder), why=os.strerror(error.errno)) from error
            raise Unavailable("module_missing", why=str(error)) from error
        self._folder = kept
        # SoftHSM raises a flag after a wrong PIN but never locks: our own folders have no last try.
        guard = kept.acting if kept else nullcontext
        self._module = Module(raw, guard, counts_tries=kept is None)
        self._verbs = {**Person(self._module).verbs(), "unlock": partial(self._unlock, self._module)}
        return Answer()

    def _unlock(self, module: Module, request: Request) -> Answer:
        token = module.find(request.text("label"), {}).token
        self._station = Station(module, token, request.tail, request.text("member"))
        self._verbs = {**self._station.verbs(), "keep": partial(self._keep, self._station)}
        return Answer()

    def _keep(self, station: Station, request: Request) -> Answer:
        self._keeper = Keeper(station, Path(request.text("socket")), request.number("idle_s"))
        return Answer()

    def _sweep(self) -> None:
        if self._station is not None:
            self._station.sweep()
