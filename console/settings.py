# SPDX-License-Identifier: Apache-2.0
"""The station file ``station.toml``, read once into frozen settings; an unknown key is an error.

``[station]``, ``[hsm]`` and ``[[keyholder]]`` say where things are; ``[classes]`` and ``[rules]`` only propose the
policy at ``station init``: from genesis on, what the founders signed holds, whatever stands here.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, cast

from console.domain.errors import Refused, Unavailable

FILE_NAME = "station.toml"
T = TypeVar("T")

EMBEDDED = "softhsm"
"""The module name of the embedded default: SoftHSM2 with a folder for each token, PIN stretched by Argon2id."""


@dataclass(frozen=True)
class StationSection:
    """Who and where this station is."""

    organisation: str
    name: str
    mode: str
    mirror: Path
    idle_minutes: int = 15


@dataclass(frozen=True)
class HsmSection:
    """The station's own HSM."""

    module: str = EMBEDDED
    token: str = "station"  # noqa: S105 - a label, not a secret
    folder: Path | None = None
    accept_software: bool = False


@dataclass(frozen=True)
class KeyholderSection:
    """A person and where their token is found."""

    id: str
    name: str
    role: str
    module: str = EMBEDDED
    token: str = ""
    folder: Path | None = None


@dataclass(frozen=True)
class RulesSection:
    """The rules that ``station init`` proposes; times in minutes."""

    matter_pattern: str
    jurisdictions: tuple[str, ...]
    ranges: tuple[str, ...] = ()
    legal_confirms: tuple[str, ...] = ("privilege",)
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

    def keyholder(self, id_: str) -> KeyholderSection:
        """Return where a person's token is; ``Refused`` (unknown_member) names everybody who is."""
        for section in self.keyholders:
            if section.id == id_:
                return section
        raise Refused("unknown_member", member=id_, known=", ".join(k.id for k in self.keyholders))


def read(folder: Path) -> Settings:
    """Return the settings of the station in ``folder``; ``Unavailable`` (no_station) if there is none."""
    file = folder / FILE_NAME
    if not file.is_file():
        raise Unavailable("no_station", folder=str(folder))
    return parse(file.read_bytes(), folder)


def parse(data: bytes, folder: Path) -> Settings:
    """Return the settings of a station file whose relative paths start at ``folder``."""
    value = load_toml(data, FILE_NAME)
    known = {"station", "hsm", "keyholder", "classes", "rules"}
    _refuse_unknown(FILE_NAME, set(value) - known)
    classes = {name: dict(section) for name, section in value.get("classes", {}).items()}
    own_console = {name: tuple(section.pop("own_console", ())) for name, section in classes.items()}
    return Settings(
        folder=folder,
        station=_section(StationSection, value.get("station", {}), "station", folder),
        hsm=_section(HsmSection, value.get("hsm", {}), "hsm", folder),
        keyholders=tuple(
            _section(KeyholderSection, row, "keyholder", folder) for row in value.get("keyholder", [])
        ),
        classes=cast(Mapping[str, Mapping[str, int]], classes),
        own_console=own_console,
        rules=_section(RulesSection, value.get("rules", {}), "rules", folder),
    )


def load_toml(data: bytes, name: str) -> dict[str, Any]:
    """Return the table of a TOML file; ``Refused`` (toml_wrong) with the line when it does not parse."""
    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused("toml_wrong", file=name, why=str(error)) from error


def _section(kind: type[T], value: Mapping[str, Any], name: str, folder: Path) -> T:
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
        return tuple(item)
    if kind in (str, int, bool) and type(item) is kind:
        return item
    raise Refused("settings_type", field=name)


def _refuse_unknown(section: str, unknown: Iterable[str]) -> None:
    names = sorted(unknown)
    if names:
        raise Refused("unknown_keys", section=section, keys=", ".join(names))
