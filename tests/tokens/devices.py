# SPDX-License-Identifier: Apache-2.0
"""Independent PKCS#11 implementations, each started in a folder of its own and ended with the test.

What is not there is skipped, with the reason. Nothing outside the folder changes: daemons that insist on places of
their own get them in a mount namespace.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from console.adapters.hsm.person import PersonToken, found_software_token
from console.adapters.hsm.process import KEY_FILE, TokenAddress
from console.domain.policy.keyholder import TokenKeys
from tests.support.keyfiles import make_key_file
from tests.support.softhsm import MODULE as SOFTHSM
from tests.support.waits import answers, wait_until
from tests.tokens.daemons import (
    END_S,
    found,
    free_ports,
    library,
    listens,
    needs,
    needs_file,
    needs_mounts,
    run,
    running,
    said,
    until_done,
)
from tests.tokens.virtual_card import make_card

NOTICED_S = 1.0  # pcscd looks for cards every 0.4 s
SO_PIN = "87654321"


@dataclass(frozen=True)
class Device:
    """One token of one implementation; what it cannot do is None."""

    address: TokenAddress
    pin: str
    environment: Mapping[str, str]
    wrong_pins: int | None
    """So many wrong PINs lock it; None: it never locks."""
    swap: Callable[[], None]
    """Put another token of the same label and serial number in its place."""
    tells_last_try: bool = False
    enter: tuple[str, ...] = ()
    """What other programs must be started with to see it."""
    take_out: Callable[[], None] | None = None
    put_in: Callable[[], None] | None = None
    hang: Callable[[bool], None] | None = None
    disk: Path | None = None
    """What a copy of the disk has of it; None: nothing."""
    restarted: Callable[[], None] = field(default=lambda: None)
    """Let the implementation read its folder again, after it was put back from a copy."""

    def token(
        self, known: TokenKeys | None = None, *, pin: str | None = None, limit_s: float | None = None
    ) -> PersonToken:
        """Return the person's token, in a token process of its own."""
        typed = self.pin if pin is None else pin
        return PersonToken(
            self.address,
            "legal-1",
            lambda _: bytearray(typed.encode()),
            environment=self.environment,
            known=known,
            limit_s=limit_s,
        )

    def spoil(self) -> None:
        """Lock its PIN, elsewhere: this program would not use up the last try."""
        tool = [*self.enter, "pkcs11-tool", "--module", str(self.address.module), "--token-label", self.address.label]
        wrong = [*tool, "--login", "--pin", "9" * len(self.pin), "--list-objects"]
        for _ in range((self.wrong_pins or 0) + 1):
            environment = {**os.environ, **self.environment}
            subprocess.run(wrong, env=environment, capture_output=True, timeout=30, check=False)


# --- SoftHSM2: the embedded default -----------------------------------------------------------------------


@contextmanager
def softhsm(folder: Path) -> Iterator[Device]:
    """SoftHSM2, as the program itself keeps it."""
    pin, place = "4711-4711", folder / "token"
    address = TokenAddress(SOFTHSM, "legal-1", place)
    needs_file(SOFTHSM)
    found_software_token(address, bytearray(b"so-pin-so-pin"), bytearray(pin.encode()), environment={})

    def swap() -> None:
        place.rename(folder / "first")
        found_software_token(address, bytearray(b"so-pin-so-pin"), bytearray(pin.encode()), environment={})

    yield Device(
        address,
        pin,
        {},
        None,
        swap,
        disk=place,
        take_out=lambda: _move(place, folder / "away"),
        put_in=lambda: _move(folder / "away", place),
    )


def _move(source: Path, target: Path) -> None:
    source.rename(target)


# --- a software key file ----------------------------------------------------------------------------------


@contextmanager
def key_file(folder: Path) -> Iterator[Device]:
    """A software key file, whose PIN costs next to nothing here."""
    pin, place = "a phrase of my own", folder / "keys"
    address = TokenAddress(KEY_FILE, "legal-1", place)
    make_key_file(place, pin)

    def swap() -> None:
        place.rename(folder / "first")
        make_key_file(place, pin)

    yield Device(
        address,
        pin,
        {},
        None,
        swap,
        disk=place,
        take_out=lambda: _move(place, folder / "away"),
        put_in=lambda: _move(folder / "away", place),
    )


# --- NSS --------------------------------------------------------------------------------------------------


@contextmanager
def nss(folder: Path) -> Iterator[Device]:
    """NSS softokn, the token inside Firefox; it wants to be told its folder at the start."""
    needs("certutil")
    pin, place = "nss-4711", folder / "nss"
    _new_nss(place, pin)
    told = f"configdir='sql:{place}' certPrefix='' keyPrefix='' secmod='secmod.db' flags= "
    address = TokenAddress(library("libsoftokn3.so"), "NSS Certificate DB", reserved=told)

    def swap() -> None:
        place.rename(folder / "first")
        _new_nss(place, pin)

    yield Device(address, pin, {}, None, swap, disk=place)


def _new_nss(place: Path, pin: str) -> None:
    place.mkdir()
    password = place / "password"
    password.write_text(pin + "\n")
    run(["certutil", "-N", "-d", f"sql:{place}", "-f", str(password)])
    password.unlink()


# --- TPM --------------------------------------------------------------------------------------------------


@contextmanager
def tpm(folder: Path) -> Iterator[Device]:
    """tpm2-pkcs11 on a TPM in software, behind its resource manager; too many wrong PINs lock the whole TPM."""
    needs("swtpm", "swtpm_setup", "dbus-daemon", "tpm2-abrmd", "pkcs11-tool")
    address = TokenAddress(library("libtpm2_pkcs11.so"), "tpm-token")
    store, state, pin = folder / "store", folder / "state", "tpm-4711"
    environment = {
        "TPM2_PKCS11_STORE": str(store),
        "TPM2_PKCS11_TCTI": "tabrmd:bus_type=session",
        "TSS2_LOG": "all+NONE",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={folder}/bus",
        "HOME": str(folder),
    }
    state.mkdir()
    run(["swtpm_setup", "--tpm2", "--tpmstate", str(state), "--overwrite"])
    with _tpm_daemons(folder, state, environment):
        _new_tpm_store(address, store, pin, environment)

        def swap() -> None:
            store.rename(folder / "first")
            _new_tpm_store(address, store, pin, environment)

        yield Device(address, pin, environment, 3, swap, disk=store)


@contextmanager
def _tpm_daemons(folder: Path, state: Path, environment: Mapping[str, str]) -> Iterator[None]:
    port = free_ports(2)
    bind = "bindaddr=127.0.0.1"
    with ExitStack() as stack:
        chip = [
            "swtpm",
            "socket",
            "--tpm2",
            "--tpmstate",
            f"dir={state}",
            "--flags",
            "not-need-init,startup-clear",
            "--server",
            f"type=tcp,port={port},{bind}",
            "--ctrl",
            f"type=tcp,port={port + 1},{bind}",
        ]
        stack.enter_context(running(chip, folder / "swtpm.log", lambda: listens(port + 1)))
        bus = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={folder}/bus"]
        stack.enter_context(running(bus, folder / "bus.log", lambda: answers(folder / "bus")))
        manager = ["tpm2-abrmd", "--session", "--allow-root", f"--tcti=swtpm:host=127.0.0.1,port={port}"]
        stack.enter_context(running(manager, folder / "abrmd.log", lambda: True, environment))
        yield


def _new_tpm_store(address: TokenAddress, store: Path, pin: str, environment: Mapping[str, str]) -> None:
    store.mkdir()
    tool = ["pkcs11-tool", "--module", str(address.module)]
    new = [*tool, "--slot-index", "0", "--init-token", "--label", address.label, "--so-pin", SO_PIN]
    until_done(new, environment)  # the resource manager needs a moment on the bus
    run([*tool, "--slot-index", "0", "--init-pin", "--so-pin", SO_PIN, "--pin", pin, "--login"], environment)


# --- opencryptoki -----------------------------------------------------------------------------------------


@contextmanager
def opencryptoki(folder: Path) -> Iterator[Device]:
    """The software token of opencryptoki, with a PIN that counts; its daemon insists on fixed places."""
    needs("pkcsslotd", "pkcs11-tool", "unshare", "nsenter")
    needs_mounts()
    address, pin = TokenAddress(library("libopencryptoki.so"), "ock-token"), "ock-4711"
    data, places = folder / "lib", folder / "run"
    places.mkdir()
    run(["cp", "-a", "/var/lib/opencryptoki", str(data)])
    for name in ("", *(token.name for token in data.iterdir())):
        (folder / "lock" / name).mkdir(mode=0o770)
    run(["chgrp", "-R", "pkcs11", str(folder / "lock")])
    inside = (
        f"mount --make-rprivate / && mount -t tmpfs tmpfs /dev/shm && mount --bind {places} /run && "
        f"mount --bind {data} /var/lib/opencryptoki && mkdir -p /run/lock/opencryptoki && "
        f"mount --bind {folder}/lock /var/lock/opencryptoki && mkdir -p /run/opencryptoki && exec sleep infinity"
    )
    room = ["unshare", "--mount", "--ipc", "sh", "-c", inside]
    with (
        running(room, folder / "room.log", (places / "opencryptoki").exists) as target,
        _children_inside(target, folder) as enter,
        ExitStack() as daemon,
    ):
        tool = [*enter, "pkcs11-tool", "--module", str(address.module), "--slot", "3"]

        def start() -> None:
            command = [*enter, "pkcsslotd", "-f"]
            daemon.enter_context(running(command, folder / "slotd.log", (places / "pkcsslotd.pid").exists))

        def new() -> None:
            until_done([*tool, "--init-token", "--label", address.label, "--so-pin", SO_PIN])
            login = ["--login", "--login-type", "so", "--so-pin", SO_PIN]
            run([*tool, *login, "--init-pin", "--pin", pin])

        def restart() -> None:
            daemon.close()
            run([*enter, "sh", "-c", "rm -f /dev/shm/* /run/pkcsslotd.pid"])
            start()
            until_done([*tool, "--list-mechanisms"])

        start()
        new()
        yield Device(address, pin, {}, 3, new, disk=data, restarted=restart, tells_last_try=True, enter=tuple(enter))


@contextmanager
def _children_inside(target: int, folder: Path) -> Iterator[list[str]]:
    """Start the program's child processes in the namespace of a process, as if the whole machine were so."""
    enter = ["nsenter", "--target", str(target), "--mount", "--ipc"]
    python, shim = sys.executable, folder / "python"
    shim.write_text(f'#!/bin/sh\nexec {" ".join(enter)} {python} "$@"\n')
    shim.chmod(0o755)
    sys.executable = str(shim)
    try:
        yield enter
    finally:
        sys.executable = python


# --- a smart card -----------------------------------------------------------------------------------------


@contextmanager
def card_by_opensc(folder: Path) -> Iterator[Device]:
    """A PIV card through OpenSC."""
    with _card(folder, library("opensc-pkcs11.so"), "Card sign") as device:
        yield device


@contextmanager
def card_by_ykcs11(folder: Path) -> Iterator[Device]:
    """The same card as a YubiKey, through Yubico's module."""
    with _card(folder, library("libykcs11.so.2"), "YubiKey PIV #1234567") as device:
        yield device


@contextmanager
def _card(folder: Path, module: Path, label: str) -> Iterator[Device]:
    needs("pcscd", "unshare")
    needs_mounts()
    driver = found("/usr/lib/pcsc/drivers/serial", "libifdvpcd.so")
    port, pin = free_ports(2), "123456"  # the reader has a second slot
    environment = {"PCSCLITE_CSOCK_NAME": str(folder / "run" / "pcscd.comm"), "HOME": str(folder)}
    tool = ["pkcs11-tool", "--module", str(module), "--list-slots"]
    with _reader(folder, driver, port), Slot(folder, port, pin, lambda: label in said(tool, environment)) as slot:
        yield Device(
            TokenAddress(module, label),
            pin,
            environment,
            3,
            slot.swap,
            tells_last_try=True,
            take_out=slot.take_out,
            put_in=slot.put_in,
            hang=slot.hang,
        )


@contextmanager
def _reader(folder: Path, driver: Path, port: int) -> Iterator[None]:
    (folder / "run").mkdir()
    (folder / "none").mkdir()
    (folder / "reader.conf").write_text(
        f'FRIENDLYNAME "Yubico YubiKey CCID"\nDEVICENAME /dev/null:{port:#x}\nLIBPATH {driver}\nCHANNELID {port:#x}\n'
    )
    inside = (
        f"mount --make-rprivate / && mkdir -p /run/pcscd /etc/reader.conf.d && mount --bind {folder}/run /run/pcscd && "
        f"mount --bind {folder}/none /etc/reader.conf.d && exec pcscd --foreground --config {folder}/reader.conf"
    )
    command = ["unshare", "--mount", "sh", "-c", inside]
    with running(command, folder / "pcscd.log", lambda: listens(port, connect=False)):
        yield


class Slot:
    """The slot of the reader, and the cards that go into it."""

    def __init__(self, folder: Path, port: int, pin: str, seen: Callable[[], bool]) -> None:
        self._folder = folder
        self._seen = seen
        self._port = port
        self._pin = pin
        self._card = folder / "card-1.json"
        self._process: subprocess.Popen[bytes] | None = None
        make_card(self._card, pin)

    def __enter__(self) -> "Slot":
        self.put_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.take_out()

    def put_in(self) -> None:
        """Put the card in."""
        command = [sys.executable, "-m", "tests.tokens.virtual_card", str(self._card), str(self._port)]
        with (self._folder / "card.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        time.sleep(NOTICED_S)
        wait_until(self._seen, "the card is not seen")

    def take_out(self) -> None:
        """Take it out."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(END_S)
            self._process = None
            # Whoever asks a card that has just gone keeps the reader from noticing it.
            time.sleep(NOTICED_S)

    def swap(self) -> None:
        """Take another card of the same name and number."""
        self.take_out()
        other = self._folder / "card-2.json"
        make_card(other, self._pin, like=self._card)
        self._card = other
        self.put_in()

    def hang(self, stopped: bool) -> None:
        """Let the card give no answer any more, or go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP if stopped else signal.SIGCONT)


IMPLEMENTATIONS: Mapping[str, Callable[[Path], AbstractContextManager[Device]]] = {
    "SoftHSM2": softhsm,
    "key file": key_file,
    "NSS softokn": nss,
    "TPM (tpm2-pkcs11)": tpm,
    "opencryptoki": opencryptoki,
    "PIV card (OpenSC)": card_by_opensc,
    "PIV card (ykcs11)": card_by_ykcs11,
}
EVERY_DAY = ("SoftHSM2", "key file", "NSS softokn")
