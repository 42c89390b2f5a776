# SPDX-License-Identifier: Apache-2.0
"""The station file ``station.toml``, read once into frozen settings; an unknown key is an error.

``[station]``, ``[hsm]`` and ``[[keyholder]]`` say where things are; ``[classes]`` and ``[rules]`` only propose the
policy at ``station init``: from genesis on, what the founders signed holds, whatever stands here.
"""

import os
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from itertools import count
from pathlib import Path
from typing import Any, TypeVar, cast

from console.domain.errors import ConsoleError, Misused, Refused, Unavailable
from console.domain.keyholder.names import RESTORING
from console.language import LANGUAGES, SYSTEM

FILE_NAME = "station.toml"
OWN_FILE_NAME = "console.toml"
DRAFT_NAME = "founding.json"
"""What the set-up guide was told until the station is founded; no secret is in it."""
T = TypeVar("T")

EMBEDDED = "softhsm"
"""The module name of the embedded default: SoftHSM2 with a folder for each token, PIN stretched by Argon2id."""
KEY_FILE = "software"
"""The module name of a software key file in a folder, for a person who has no module."""
IN_SOFTWARE = (EMBEDDED, KEY_FILE)


@dataclass(frozen=True)
class StationSection:
    """Who and where this station is."""

    organisation: str
    name: str
    mode: str
    mirror: Path
    idle_minutes: int = 15
    accept_software_keys: bool | None = None
    language: str = SYSTEM


@dataclass(frozen=True)
class HsmSection:
    """The station's own HSM."""

    module: str = EMBEDDED
    token: str = "station"  # noqa: S105 - a label, not a secret
    folder: Path | None = None
    accept_software: bool = False


@dataclass(frozen=True)
class KeyholderSection:
    """A person and where their token is found.

    ``init``: what the module is told at its start (NSS: its folder). ``away``: at a console of their own, never here.
    ``also``: the labels of other keys that may be on the token; whatever these open is accepted by name.
    """

    id: str
    name: str
    role: str
    module: str = EMBEDDED
    token: str = ""
    folder: Path | None = None
    init: str = ""
    away: bool = False
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Typed in pieces, a name would not be the one that is read back from the file.
        for name, value in vars(self).items():
            object.__setattr__(self, name, _composed(value) if isinstance(value, str) else value)

    @property
    def is_software(self) -> bool:
        """Say whether the token is files on a disk, which can be copied."""
        return self.module in IN_SOFTWARE


@dataclass(frozen=True)
class RulesSection:
    """The rules that ``station init`` proposes; times in minutes."""

    matter_pattern: str
    jurisdictions: tuple[str, ...]
    ranges: tuple[str, ...] = ()
    legal_confirms: tuple[str, ...] = ("privilege",)
    privilege_classes: tuple[str, ...] = ()
    minutes_max: int = 240
    minutes_hard_max: int = 480
    releases_max: int = 12
    releases_hard_max: int = 48
    request_valid_minutes: int = 240
    showing_seconds: int = 120


@dataclass(frozen=True)
class Settings:
    """The station file, checked."""

    folder: Path
    station: StationSection
    hsm: HsmSection
    keyholders: tuple[KeyholderSection, ...]
    classes: Mapping[str, Mapping[str, int]]
    own_console: Mapping[str, tuple[str, ...]]
    rules: RulesSection

    @property
    def origin(self) -> str:
        """The first part of the log's origin (C2SP tlog-checkpoint): organisation/station."""
        return f"{self.station.organisation}/{self.station.name}"

    def check_accepted(self, member: str, *, is_software: bool) -> None:
        """Raise ``Refused`` (software_key_refused) for software where the station wants people's keys in hardware.

        Unless the station file says it, only a drill takes keys in software.
        """
        said = self.station.accept_software_keys
        if is_software and not (self.station.mode == "drill" if said is None else said):
            raise Refused("software_key_refused", member=member)

    def keyholder(self, id_: str) -> KeyholderSection:
        """Return where a person's token is, the last place if there are several; raises as ``places``."""
        return self.places(id_)[-1]

    def places(self, id_: str) -> list[KeyholderSection]:
        """Return where a person's tokens are.

        ``Refused``: unknown_member (names everybody who is known), keyholder_away (somewhere else).
        """
        found = [section for section in self.keyholders if section.id == id_]
        if not found:
            known = dict.fromkeys(section.id for section in self.keyholders)
            raise Refused("unknown_member", member=id_, known=", ".join(known))
        here = [section for section in found if not section.away]
        if not here:
            raise Refused("keyholder_away", member=id_)
        return here

    def present(self) -> tuple[KeyholderSection, ...]:
        """Return one section for each person whose token is here, for choosing from."""
        return tuple({section.id: section for section in self.keyholders if not section.away}.values())

    def is_away(self, id_: str) -> bool:
        """Say whether this person has a console of their own and no token here."""
        found = [section.away for section in self.keyholders if section.id == id_]
        return bool(found) and all(found)

    def on_own_disk(self) -> frozenset[str]:
        """Return what lies in the station's own folder and goes with it: ``hsm``, ``token:ID``."""
        places = {"hsm": (self.hsm.module, self.hsm.folder or self.folder / "hsm")}
        for section in self.keyholders:
            places[f"token:{section.id}"] = (section.module, section.folder or self.folder / "tokens" / section.id)
        home = self.folder.resolve()
        return frozenset(
            name
            for name, (module, folder) in places.items()
            if module in IN_SOFTWARE and folder.resolve().is_relative_to(home)
        )


def read(folder: Path) -> Settings:
    """Return the settings of the station in ``folder``; ``Unavailable`` (no_station) if there is none."""
    file = folder / FILE_NAME
    if not file.is_file():
        raise Unavailable("no_station", folder=str(folder))
    return parse(file.read_bytes(), folder)


def without_station(folder: Path, section: KeyholderSection) -> Settings:
    """Return settings for a computer that has no station and no vault: only where one person's token is."""
    nothing = StationSection(organisation="", name="", mode="", mirror=folder)
    rules = RulesSection(matter_pattern="", jurisdictions=())
    return Settings(folder, nothing, HsmSection(), (section,), {}, {}, rules)


def parse(data: bytes, folder: Path) -> Settings:
    """Return the settings of a station file whose relative paths start at ``folder``."""
    value = load_toml(data, FILE_NAME)
    known = {"station", "hsm", "keyholder", "classes", "rules"}
    _refuse_unknown(FILE_NAME, set(value) - known)
    sections = _table(value.get("classes", {}), "classes")
    classes = {name: dict(_table(section, f"classes.{name}")) for name, section in sections.items()}
    own_console = {name: _groups(section.pop("own_console", []), name) for name, section in classes.items()}
    return Settings(
        folder=folder,
        station=_station(value.get("station", {}), folder),
        hsm=_section(HsmSection, value.get("hsm", {}), "hsm", folder),
        keyholders=tuple(
            _section(KeyholderSection, row, "keyholder", folder)
            for row in _list(value.get("keyholder", []), "keyholder")
        ),
        classes=cast(Mapping[str, Mapping[str, int]], classes),
        own_console=own_console,
        rules=_section(RulesSection, value.get("rules", {}), "rules", folder),
    )


def language(folder: Path) -> str:
    """Return the language that a station file asks for; what the system says where there is none or it is wrong."""
    try:
        return read(folder).station.language
    except ConsoleError:
        return SYSTEM


def is_own(folder: Path) -> bool:
    """Say whether a folder is a keyholder's own console."""
    return (folder / OWN_FILE_NAME).is_file()


def is_begun(folder: Path) -> bool:
    """Say whether a folder is a station or an own console; a founding that the guide has not finished is neither."""
    is_cut = (folder / DRAFT_NAME).is_file() and not (folder / "genesis.json").is_file()
    return is_own(folder) or ((folder / FILE_NAME).is_file() and not is_cut)


def lacks_module(folder: Path) -> bool:
    """Say whether a station was put back and its embedded security module is missing: sheets make a new one."""
    if not (folder / RESTORING).is_file() or not (folder / FILE_NAME).is_file():
        return False
    hsm = read(folder).hsm
    return hsm.module == EMBEDDED and not (hsm.folder or folder / "hsm").exists()


def read_own(folder: Path) -> KeyholderSection:
    """Return whose own console is in ``folder``; ``Unavailable`` (no_console) if there is none.

    Its file ``console.toml`` has one section ``[keyholder]``, with the keys of ``[[keyholder]]`` in a station file.
    """
    file = folder / OWN_FILE_NAME
    if not is_own(folder):
        raise Unavailable("no_console", folder=str(folder))
    value = load_toml(file.read_bytes(), OWN_FILE_NAME)
    _refuse_unknown(OWN_FILE_NAME, set(value) - {"keyholder"})
    return _section(KeyholderSection, value.get("keyholder", {}), "keyholder", folder)


def load_toml(data: bytes, name: str) -> dict[str, Any]:
    """Return the table of a TOML file; ``Refused`` (toml_wrong) with the line when it does not parse."""
    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        why = "it is not text" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Refused("toml_wrong", file=name, why=why) from error


def with_keyholder(data: bytes, section: KeyholderSection, folder: Path) -> bytes:
    """Return the station file with one more section at its end, everything before it letter by letter.

    A person may have several: where they keep several tokens, or kept the one before. The public keys decide.
    """
    if section in parse(data, folder).keyholders:
        return data
    made = data.rstrip() + b"\n\n" + keyholder_toml(section, folder).encode()
    if section not in parse(made, folder).keyholders:
        raise Misused("settings_rendered", member=section.id)
    return made


def place_for(known: Settings, present: Collection[str], asked: KeyholderSection) -> KeyholderSection:
    """Return where a newcomer's token is, with an id (``asked.id`` may be empty); ``present`` are the roster's ids.

    Whoever was enrolled before and does not stand in the roster yet goes on with the token of that time. A token in
    software gets a folder that no other token has, unless one is named.
    """
    for section in known.keyholders:
        is_same = (section.name, section.role, section.module) == (asked.name, asked.role, asked.module)
        is_meant = asked.id in ("", section.id) and asked.token in ("", section.token) and not asked.folder
        if is_same and is_meant and section.id not in present and not section.away:
            return section
    taken = {section.id for section in known.keyholders} | set(present)
    id_ = asked.id or next(free for n in count(1) if (free := f"{asked.role}-{n}") not in taken)
    if asked.module not in IN_SOFTWARE or asked.folder:
        return replace(asked, id=id_)
    number = sum(section.id == id_ for section in known.keyholders) + 1
    name = id_ if number == 1 else f"{id_}-{number}"
    return replace(asked, id=id_, folder=(known.folder / "tokens" / name).resolve())


def own_toml(section: KeyholderSection, folder: Path) -> bytes:
    """Return the file ``console.toml`` of a keyholder's own console."""
    return keyholder_toml(section, folder, head="[keyholder]").encode()


def keyholder_toml(section: KeyholderSection, folder: Path, *, head: str = "[[keyholder]]") -> str:
    """Return a person's section as it stands in the station file."""
    lines = [head]
    for field in fields(section):
        value = getattr(section, field.name)
        if value != field.default:
            lines.append(f"{field.name} = {_toml(_relative(value, folder))}")
    return "\n".join([*lines, ""])


def _relative(value: object, folder: Path) -> object:
    return os.path.relpath(value, folder) if isinstance(value, Path) else value


def _toml(value: object) -> str:
    # JSON's texts and booleans are TOML's (v1.0.0), but for one control character that TOML wants escaped too.
    import json  # Only the set-up guide writes; to load it costs every start a millisecond.

    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _station(section: object, folder: Path) -> StationSection:
    found = _section(StationSection, section, "station", folder)
    if found.language not in LANGUAGES:
        raise Refused("language_unknown", language=found.language, known=", ".join(LANGUAGES))
    return found


def _table(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused("settings_type", field=name)
    return value


def _list(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("settings_type", field=name)
    return value


def _groups(value: object, class_: str) -> tuple[str, ...]:
    return cast(tuple[str, ...], _typed(tuple[str, ...], value, f"classes.{class_}.own_console", Path()))


def _section(kind: type[T], section: object, name: str, folder: Path) -> T:
    value = _table(section, name)
    by_name = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    _refuse_unknown(name, set(value) - set(by_name))
    required = {n for n, f in by_name.items() if f.default is MISSING}
    lacking = required - set(value)
    if lacking:
        raise Refused("settings_missing", section=name, fields=", ".join(sorted(lacking)))
    return kind(**{n: _typed(by_name[n].type, item, f"{name}.{n}", folder) for n, item in value.items()})


def _typed(kind: Any, item: object, name: str, folder: Path) -> object:
    if kind in (Path, Path | None) and isinstance(item, str):
        return (folder / item).resolve()
    if kind == tuple[str, ...] and isinstance(item, list) and all(isinstance(text, str) for text in item):
        return tuple(_composed(text) for text in item)
    if kind is str and isinstance(item, str):
        return _composed(item)
    if kind in (int, bool) and type(item) is kind:
        return item
    if kind == bool | None and type(item) is bool:
        return item
    raise Refused("settings_type", field=name)


def _composed(text: str) -> str:
    """Return a text in NFC, which documents that are signed have: not every keyboard types it so."""
    if text.isascii():
        return text
    import unicodedata  # Most station files need none of its tables.

    return unicodedata.normalize("NFC", text)


def _refuse_unknown(section: str, unknown: Iterable[str]) -> None:
    names = sorted(unknown)
    if names:
        raise Refused("unknown_keys", section=section, keys=", ".join(names))
