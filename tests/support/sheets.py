# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets that were printed and read back, and stations whose sheets are in force."""

import functools
import json
import re
import secrets
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from console.actions.console import Console
from console.actions.credential import versions
from console.actions.keyholder import recovery
from console.actions.policy import steps
from console.adapters.slip39 import WordSheets
from console.demo.station import card
from console.wiring.station import press
from tests.support.activations import approve, filed
from tests.support.scenes import PASSWORD, Base, Scene, for_a_while, keep, sealed_base, staged


class Listening(WordSheets):
    """The sheets of a test: it remembers the words that were printed."""

    def __init__(self) -> None:
        self.printed: list[list[list[str]]] = []

    def split(
        self, secret: bytes, groups: Sequence[tuple[int, int]], identifier: int, random: Callable[[int], bytes]
    ) -> list[list[list[str]]]:
        """Split, and remember."""
        self.printed = super().split(secret, groups, identifier, random)
        return self.printed


SLOTS = {"legal": (2, 2), "it": (1, 1), "station": (2, 2)}


RECOVERABLE, NEW_CODES = "recoverable", "new-codes"


def print_and_prove(console: Console, folder: Path, slots: Sequence[str]) -> tuple[dict[str, list[list[str]]], str]:
    """Print these sets into a folder and read them back; return the words per slot, and the proposal."""
    folder.mkdir(exist_ok=True)
    words: dict[str, list[list[str]]] = {}
    for slot in slots:
        listening = Listening()
        heard = replace(console, sheets=listening)
        recovery.print_sheets(heard, slot, *SLOTS[slot], 1, press(str(folder), drill=True))
        words[slot] = [sheet for group in listening.printed for sheet in group]
        proposal = recovery.prove(console, slot, words[slot])["proposal"]
    return words, str(proposal)


def sign_step(console: Console, proposal: str) -> None:
    """Sign a proposal by as many as it takes."""
    for member in ("legal-1", "legal-2", "it-1"):
        steps.sign(console, proposal, member)


@functools.cache
def recovery_base() -> Base:
    """A station whose sheets are all in force, with a password and codes sealed since; the words lie beside it."""
    with staged(sealed_base()) as scene:
        with scene.console() as console:
            words, proposal = print_and_prove(console, scene.folder / "printed", list(SLOTS))
            sign_step(console, proposal)
        sealed = {RECOVERABLE: secrets.token_hex(12).encode(), NEW_CODES: b"11111111\n22222222"}
        with scene.console() as console:
            for name, kind, class_ in ((RECOVERABLE, "password", "privileged"), (NEW_CODES, "codes", "standard")):
                versions.seal(console, name, kind, class_, bytearray(sealed[name]), card(name))
        (scene.folder / "words.json").write_text(json.dumps(words))
        return replace(keep(scene, "recovery", ""), sealed=scene.sealed | sealed)


def words_of(scene: Scene) -> dict[str, list[list[str]]]:
    """Return the words of each slot's sheets."""
    return words_in(scene.folder)


def words_in(folder: Path) -> dict[str, list[list[str]]]:
    """Return the words that lie beside a station."""
    return cast(dict[str, list[list[str]]], json.loads((folder / "words.json").read_text()))


@functools.cache
def kept_rotated_base() -> Base:
    """The same as ``recovery_base``, with a candidate for the older password that waits."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
        return keep(scene, "kept-rotated", "")


@for_a_while
def recoverable_base() -> Base:
    """The same, with a request for that password that IT has approved."""
    with staged(recovery_base()) as scene:
        with scene.console() as console:
            act = filed(console, {"credential": RECOVERABLE})
            approve(console, act, "it-1")
        return keep(scene, "recoverable", act)


def sheet_of(page: Path) -> str:
    """Return the words on a printed sheet, in the order of their numbers, as a person would type them."""
    text = subprocess.run(["pdftotext", "-layout", page, "-"], capture_output=True, check=True).stdout.decode()
    numbered = {int(n): word for n, word in re.findall(r"(?<!\S)(\d{1,2}) +([a-z]{4,8})(?!\S)", text)}
    return " ".join(numbered[n] for n in range(1, 34))
