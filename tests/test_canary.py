# SPDX-License-Identifier: Apache-2.0
"""A whole emergency with secrets that cannot be mistaken, and a search for them wherever they must not be."""

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from console.actions.activation import lifecycle
from console.actions.console import Console
from console.actions.sealed import tables
from console.actions.station.lifecycle import open_database_key
from console.adapters.journal.database import open_database
from console.domain import keys
from console.domain.canonical import decode_object
from console.domain.record import counsel
from console.domain.sealed import envelope
from console.settings import read
from console.wiring.logs import first_origin
from tests.support.activations import justified
from tests.support.scenes import UNLOCKER, Scene, pins_of, sealed_base, staged, station_pin
from tests.support.waits import wait_until_left

pytestmark = pytest.mark.real

PROJECT = Path(__file__).parent.parent
PASSWORD, CODES = "canary-password", "canary-codes"
REASON = "Kanarienvogelgrund: das Register schweigt seit heute Mittag."
NOT_SEARCHED = ("pins.toml",)  # the throw-away station's own
MEMBERS = ("legal-1", "legal-2", "it-1", "it-2")

Forms = dict[str, list[re.Pattern[bytes]]]


def forms(value: bytes) -> list[re.Pattern[bytes]]:
    """Return what to search for: the bytes, in hexadecimal digits, and in base64 at each of its three offsets."""
    texts = [value, value.hex().encode(), value.hex().upper().encode()]
    for offset in range(3):
        whole = base64.b64encode(bytes(offset) + value)
        texts.append(whole[(0, 2, 3)[offset] : len(whole) // 4 * 4 - 4])
    texts += [text.translate(bytes.maketrans(b"+/", b"-_")) for text in texts[3:]]
    edge = rb"(?<![0-9A-Za-z+/])%b(?![0-9A-Za-z+/])" if len(value) < 10 else rb"%b"
    return [re.compile(edge % re.escape(text)) for text in dict.fromkeys(texts) if len(text) >= 6]


def found(canaries: Forms, data: bytes) -> list[str]:
    """Return the names of the canaries that stand in some bytes."""
    return [name for name, patterns in canaries.items() if any(pattern.search(data) for pattern in patterns)]


LIBRARIES = ("PATH", "BREAKGLASS_SOFTHSM", "LD_LIBRARY_PATH")


@dataclass
class Watch:
    """Looks over every process's shoulder: its arguments and its environment, as often as it can."""

    seen: dict[int, set[bytes]] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._over.wait(0.005):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    arguments = (process / "cmdline").read_bytes()
                    if b"console" in arguments:
                        environment = (process / "environ").read_bytes()
                        self.seen.setdefault(int(process.name), set()).update((arguments, environment))
                except OSError:
                    continue


@dataclass
class Emergency:
    """What was run, what it said, and where the canaries may not be."""

    scene: Scene
    secrets: dict[str, bytes]
    talk: list[bytes] = field(default_factory=list)

    def run(self, *arguments: str, given: bytes = b"") -> dict[str, object]:
        """Run one command; return its result."""
        return self._run([*arguments, "--json"], given, ())

    def release(self, act: str, name: str) -> bytes:
        """Release a secret through a pipe; return it."""
        return self.shown("activation", "release", act, name)

    def shown(self, *arguments: str) -> bytes:
        """Run a command that shows something through a pipe; return that."""
        reading, writing = os.pipe()
        self._run([*arguments, "--out", str(writing), "--json"], b"", (writing,))
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            return pipe.read()

    def _run(self, arguments: list[str], given: bytes, descriptors: tuple[int, ...]) -> dict[str, object]:
        folder = self.scene.folder
        command = [
            sys.executable,
            "-m",
            "console",
            *arguments,
            "--station",
            str(self.scene.home),
            "--pins",
            str(folder / "pins.toml"),
        ]
        # Where the libraries were unpacked, if they were not installed.
        kept = {name: os.environ[name] for name in LIBRARIES if name in os.environ}
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            cwd=PROJECT,
            pass_fds=descriptors,
            check=False,
            env={"HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), **kept},
        )
        self.talk += [done.stdout, done.stderr]
        assert done.returncode == 0, done.stdout + done.stderr
        value: dict[str, object] = json.loads(done.stdout)
        return value


def canary(name: str) -> bytes:
    return f"CANARY-{name}-{secrets.token_hex(12)}".encode()


@pytest.fixture
def emergency() -> Iterator[Emergency]:
    with staged(sealed_base()) as scene:
        for name in ("home", "tmp"):
            (scene.folder / name).mkdir()
        values = {name: canary(name) for name in ("password", "rotated", "key")}
        values |= {f"code {n}": canary(f"code{n}") for n in range(3)}
        values |= {name: canary(name) for name in ("counsel", "title", "draft")}
        values["seed"] = base64.b32encode(secrets.token_bytes(20))
        yield Emergency(scene, values)


def test_the_search_finds_what_is_there() -> None:
    """In each form, in the middle of something else, and base64 at any offset."""
    value = canary("control")
    canaries = {"it": forms(value)}
    for shown in (value, value.hex().encode(), *(base64.b64encode(b"x" * n + value + b"yz") for n in range(3))):
        assert found(canaries, b"before " + shown + b" after") == ["it"]
    assert found({"pin": forms(b"012345")}, b'{"pin":"012345"}') == ["pin"]
    assert found(canaries, b"nothing of the kind") == []


def test_nothing_secret_lies_anywhere(emergency: Emergency) -> None:
    """Before, during and after: disk, second medium, temporary files, talk, arguments, environments, the journal."""
    scene = emergency.scene
    sealed = {name: value for name, value in scene.sealed.items() if name != "idp-recovery-codes"}
    known = {**emergency.secrets, **sealed, "seed bytes": base64.b32decode(emergency.secrets["seed"])}
    canaries: Forms = {name: forms(value) for name, value in {**known, **all_pins(scene), **keys_of(scene)}.items()}
    private: Forms = {"reason": forms(REASON.encode())}
    with Watch() as watch:
        seal(emergency)
        write_down(emergency)
        before = hits({**canaries, **private}, scene)
        act = open_activation(emergency)
        assert emergency.release(act, PASSWORD) == known["password"]
        assert emergency.release(act, CODES) == known["code 0"]
        canaries |= {name: forms(value) for name, value in {**keys_of(scene), **shares_of(scene, act)}.items()}
        during = hits({**canaries, **private}, scene)
        assert known["counsel"] in emergency.shown("record", "read", "--keyholder", "legal-1")
        emergency.run("activation", "end", act)
        emergency.run("credential", "rotate", PASSWORD, "--from", "-", given=known["rotated"])
        emergency.run("journal", "verify", "--deep")
        after = hits({**canaries, **private}, scene)
        emergency.run("journal", "export", str(scene.folder / "export"))
        rows = rows_of(scene)
        emergency.run("station", "lock")
        wait_until_left(scene.home)
    assert before == during == after == {}
    assert hits(canaries, scene) == {}
    assert found(canaries, b"\n".join(emergency.talk)) == []
    assert found({**canaries, **private}, b"\n".join(rows)) == []
    assert found(canaries, b"\n".join(text for texts in watch.seen.values() for text in texts)) == []
    assert len(watch.seen) > 5, "the watch saw no process"
    assert "reason" in {name for names in hits(private, scene).values() for name in names}, "not even where it may be"


def seal(emergency: Emergency) -> None:
    known = emergency.secrets
    codes = b"\n".join(known[f"code {n}"] for n in range(3))
    for name, kind, secret in (
        (PASSWORD, "password", known["password"]),
        ("canary-key", "api-key", known["key"]),
        (CODES, "codes", codes),
        ("canary-totp", "totp", known["seed"]),
    ):
        emergency.run(
            "credential",
            "seal",
            "--name",
            name,
            "--kind",
            kind,
            "--class",
            "standard",
            "--from",
            "-",
            "--target",
            "the canary's cage",
            "--account",
            "canary",
            "--rotate",
            "seal another",
            given=secret,
        )


def write_down(emergency: Emergency) -> None:
    """Write a note for counsel, and leave a draft of another one."""
    known = emergency.secrets
    for verb, text in ((("add", "note"), "counsel"), (("draft", "save"), "draft")):
        fields = {"title": known["title"].decode(), "text": known[text].decode(), "matter": "M-2026-00117"}
        given = as_toml(fields).encode()
        emergency.run("record", *verb, "--track", "counsel", "--file", "-", given=given)


def open_activation(emergency: Emergency) -> str:
    file = emergency.scene.folder / "home" / "request.toml"
    file.write_text(as_toml(justified([{"credential": PASSWORD}, {"credential": CODES, "codes": 2}], reason=REASON)))
    act = str(emergency.run("activation", "request", "--file", str(file), "--as", UNLOCKER)["activation"])
    file.unlink()
    for member in ("legal-1", "it-1"):
        emergency.run("activation", "approve", act, "--keyholder", member, "--matter", "M-2026-00117")
    emergency.run("activation", "open", act)
    return act


def as_toml(fields: Mapping[str, object]) -> str:
    """Return a request as TOML; JSON's texts, numbers and lists of these are TOML too."""
    lines = [f"{name} = {_toml(value)}" for name, value in fields.items()]
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


# --- what else is secret ----------------------------------------------------------------------------------


def all_pins(scene: Scene) -> dict[str, bytes]:
    """Return everybody's PIN, stretched and not, and the station's."""
    pins: dict[str, bytes] = {"station PIN": station_pin()}
    for member, pin in pins_of(scene.folder).items():
        salt = (scene.folder / "tokens" / f"{member}.pin-salt").read_bytes()
        pins[f"PIN of {member}"] = pin.encode()
        pins[f"stretched PIN of {member}"] = bytes(envelope.stretch(bytearray(pin.encode()), salt))
    return pins


def keys_of(scene: Scene) -> dict[str, bytes]:
    """Return what the HSM seals: item secrets, opening keys, the key of the journal."""
    keys: dict[str, bytes] = {}
    with scene.console() as console:
        for kind in (tables.STATE, tables.OPENING_KEYS):
            rows = tables.rows(console.hsm, console.vault, kind)
            keys |= {f"{kind} {name}": value for name, value in rows.items()}
        keys |= counsel_keys(console)
        keys["database key"] = bytes(open_database_key(console.vault, console.hsm, console.policy.roster))
    return keys


def counsel_keys(console: Console) -> dict[str, bytes]:
    """Return what counsel's notes are sealed to, with a reader's token."""
    wraps = [counsel.Wrap.parse(console.vault.read(name)) for name in console.vault.names("counsel/")]
    mine = [each for each in wraps if each.reader == "legal-1"]
    reader = console.policy.roster.member("legal-1")
    assert reader.read is not None
    open_ = partial(keys.open_sealed, partial(console.token("legal-1").decapsulate, "read"), reader.read)
    secrets = counsel.unwrap(mine, open_) if mine else []
    return {f"counsel key {n}": secret for n, secret in enumerate(secrets)}


def shares_of(scene: Scene, act: str) -> dict[str, bytes]:
    """Return everybody's shares of the items of a request."""
    dealt: dict[str, bytes] = {}
    with scene.console() as console:
        items = lifecycle.load_request(console, act).items
        files = [f"records/{item.credential}/{item.version:06d}-{item.item:03d}.json" for item in items]
        records = [decode_object(console.vault.read(file)) for file in files]
        for member in MEMBERS:
            sealed = [envelope.sealed_share(record, member) for record in records]
            point = console.policy.roster.member(member).share
            derive = partial(console.token(member).decapsulate, "share")
            shares = keys.open_sealed(derive, point, [(blob, info) for *_, blob, info in sealed])
            dealt |= {f"share {n} of {member}": share for n, share in enumerate(shares)}
    return dealt


def hits(canaries: Forms, scene: Scene) -> dict[str, list[str]]:
    """Return the files in which a canary stands."""
    files = [path for path in scene.folder.rglob("*") if path.is_file() and path.name not in NOT_SEARCHED]
    read_ = ((path.relative_to(scene.folder).as_posix(), path.read_bytes()) for path in files)
    looked = {name: found(canaries, data) for name, data in read_ if data.strip(b"\0")}
    return {name: names for name, names in looked.items() if names}


def rows_of(scene: Scene) -> Iterable[bytes]:
    """Return every value in every table of the journal, opened with its key."""
    settings = read(scene.home)
    with scene.console() as console:
        key = open_database_key(console.vault, console.hsm, console.policy.roster)
        mode = console.policy.roster.mode
    copy = scene.folder / "copy.db"
    shutil.copy(scene.home / "journal.db", copy)
    database = open_database(copy, key, first_origin(settings), mode)
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
    rows = [row for name in names for row in database.execute(f"SELECT * FROM {name}")]
    database.close()
    copy.unlink()
    assert rows
    return [value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row]
