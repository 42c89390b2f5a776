# SPDX-License-Identifier: Apache-2.0
"""The floor of ``sealing.py``: what was asked of tokens, done again with python-pkcs11 alone in this one process.

One session stays open on the station's token; a person's is opened, logged in and closed for each operation.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pkcs11
from pkcs11 import KDF, Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass

from console.adapters.machine import write_durably
from tests.benchmarks.journal_core import Floor
from tests.benchmarks.performance import timed

STATION = "station"
WRITES = frozenset({"make_key", "destroy_key", "set_anchor"})
ENTRY_BYTES = 900


@dataclass(frozen=True)
class Operation:
    """One thing asked of a token."""

    who: str
    verb: str
    key: str = ""
    data: bytes = b""
    points: tuple[bytes, ...] = ()
    ms: float = field(default=0.0, compare=False)

    @property
    def guarded(self) -> bool:
        """Tell whether the folder guard stands around it: a person's login, or a write."""
        return self.who != STATION or self.verb in WRITES


@dataclass
class Owed:
    """What a verb must make durable besides what its tokens write."""

    commits: int = 0
    """Appends to the journal."""
    copies: int = 0
    """Those of them that are critical: copied to the second medium before the answer."""
    files: list[int] = field(default_factory=list)
    """The sizes of the station's files, each written on two media."""


class Bare:
    """The same tokens in this process: what somebody would write who has only python-pkcs11."""

    def __init__(self, module: Path, folder: Path, pins: Mapping[str, bytearray], labels: Mapping[str, str]) -> None:
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(configuration)
        library = pkcs11.lib(str(module))
        self._pins = {who: pin.decode() for who, pin in pins.items()}
        self._tokens = {who: library.get_token(token_label=label) for who, label in labels.items()}
        self._station = self._tokens[STATION].open(rw=True, user_pin=self._pins[STATION])
        self._folder = folder / "tokens"
        self._journal = Floor(folder)
        self._media = [folder / "first", folder / "second"]
        for medium in self._media:
            medium.mkdir()

    def replay(self, operations: Sequence[Operation], owed: Owed) -> tuple[float, float]:
        """Do these again; return the milliseconds of the operations alone, and with all that must be durable."""
        bare = synced = 0.0
        for operation in operations:
            before = time.time_ns()
            bare += timed(partial(self._do, operation))
            written = self._written_since(before) if operation.guarded else []
            synced += timed(partial(_sync, written))
        return bare, bare + synced + timed(partial(self._keep, owed))

    def _keep(self, owed: Owed) -> None:
        for _ in range(owed.commits):
            self._journal.commit(bytes(ENTRY_BYTES))
        for _ in range(owed.copies):
            _append(self._media[1] / "mirror", bytes(ENTRY_BYTES))
        for number, size in enumerate(owed.files):
            for medium in self._media:
                write_durably(medium / f"file-{number}", bytes(size))

    def _written_since(self, wall_ns: int) -> list[Path]:
        # The file system's clock ticks every 4 ms.
        return [path for path in self._folder.rglob("*") if path.stat().st_mtime_ns > wall_ns - 4_000_000]

    def _do(self, operation: Operation) -> None:
        if operation.who == STATION:
            _STATION_VERBS[operation.verb](self._station, operation)
            return
        writes = operation.verb == "remember"
        with self._tokens[operation.who].open(user_pin=self._pins[operation.who], rw=writes) as session:
            _PERSON_VERBS[operation.verb](session, operation)


def _append(path: Path, data: bytes) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(data)
        os.fsync(file.fileno())


def _sync(paths: Sequence[Path]) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def _key(session: Any, operation: Operation) -> Any:
    return session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=operation.key)


def _sign(session: Any, operation: Operation) -> None:
    key = _key(session, operation)
    if key.key_type == KeyType.EC_EDWARDS:
        key.sign(operation.data, mechanism=Mechanism.EDDSA)
    else:
        key.sign(operation.data[:32], mechanism=Mechanism.ECDSA)


def _derive(session: Any, operation: Operation) -> None:
    key = _key(session, operation)
    for point in operation.points:
        secret = key.derive_key(
            KeyType.GENERIC_SECRET,
            256,
            mechanism_param=(KDF.NULL, None, point),
            capabilities=MechanismFlag(0),
            template={Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True},
        )
        _ = secret[Attribute.VALUE]
        secret.destroy()


def _list_keys(session: Any, _: Operation) -> None:
    for key in list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})):
        _ = key.label


def _make_key(session: Any, operation: Operation) -> None:
    curve = pkcs11.util.ec.encode_named_curve_parameters("secp256r1")
    parameters = session.create_domain_parameters(KeyType.EC, {Attribute.EC_PARAMS: curve}, local=True)
    public, _ = parameters.generate_keypair(store=True, label=operation.key, capabilities=MechanismFlag.DERIVE)
    _ = public[Attribute.EC_POINT]


def _destroy_key(session: Any, operation: Operation) -> None:
    for found in list(session.get_objects({Attribute.LABEL: operation.key})):
        found.destroy()


def _find_key(session: Any, operation: Operation) -> None:
    _key(session, operation)


def _anchors(session: Any, _: Operation) -> list[Any]:
    found = list(session.get_objects({Attribute.CLASS: ObjectClass.DATA}))
    return [data for data in found if data[Attribute.LABEL].startswith("anchor") and data[Attribute.VALUE]]


def _spool_heads(session: Any, _: Operation) -> list[Any]:
    found = list(session.get_objects({Attribute.CLASS: ObjectClass.DATA}))
    return [data for data in found if data[Attribute.LABEL].startswith("spool") and data[Attribute.VALUE]]


def _set_anchor(session: Any, operation: Operation) -> None:
    old = _anchors(session, operation)
    number = max((int(str(data[Attribute.LABEL])[-12:]) for data in old), default=0) + 1
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.DATA,
            Attribute.TOKEN: True,
            Attribute.PRIVATE: True,
            Attribute.LABEL: f"anchor-{number:012d}",
            Attribute.VALUE: operation.data,
        }
    )
    for data in old:
        data.destroy()


def _read_pin(session: Any, _: Operation) -> None:
    for data in list(session.get_objects({Attribute.LABEL: "genesis"})):
        _ = data[Attribute.VALUE]


def _nothing(_: Any, __: Operation) -> None:
    """Who unlocked is known to the keeper, not to the token."""


def _remembered(session: Any, operation: Operation) -> list[Any]:
    found = list(session.get_objects({Attribute.CLASS: ObjectClass.DATA, Attribute.LABEL: operation.key}))
    for each in found:
        _ = each[Attribute.VALUE]
    return found


def _remember(session: Any, operation: Operation) -> None:
    old = list(session.get_objects({Attribute.CLASS: ObjectClass.DATA, Attribute.LABEL: operation.key}))
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.DATA,
            Attribute.TOKEN: True,
            Attribute.LABEL: operation.key,
            Attribute.VALUE: operation.data,
        }
    )
    for each in old:
        each.destroy()


_PERSON_VERBS: Mapping[str, Callable[[Any, Operation], object]] = {
    "sign": _sign,
    "derive": _derive,
    "remembered": _remembered,
    "remember": _remember,
}
_STATION_VERBS: Mapping[str, Callable[[Any, Operation], object]] = {
    **_PERSON_VERBS,
    "keys": _list_keys,
    "make_key": _make_key,
    "destroy_key": _destroy_key,
    "keep_key": _find_key,
    "spool_head": _spool_heads,
    "paper_mode": _nothing,
    "anchor": _anchors,
    "set_anchor": _set_anchor,
    "pinned": _read_pin,
    "unlocked_by": _nothing,
}
