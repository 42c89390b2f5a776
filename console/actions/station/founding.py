# SPDX-License-Identifier: Apache-2.0
"""What a station file proposes at a founding, and whether a station can be founded with it at all."""

from collections.abc import Mapping, Sequence

from console.domain.errors import Misused, Refused
from console.domain.keyholder import names
from console.domain.policy import keyholder
from console.domain.policy import rules as policy
from console.domain.policy.keyholder import Member
from console.domain.policy.roster import check_people
from console.domain.policy.rules import Policy, Roster, Rules
from console.settings import EMBEDDED, KEY_FILE, KeyholderSection, Settings


def check_settings(settings: Settings) -> None:
    """Raise ``Refused`` for a station file that no station can be founded with; nobody needs to have typed a PIN.

    Codes: as ``naming`` and ``policy.check``; settings_type, settings_text, software_hsm_in_real_mode,
    software_key_refused, key_or_person_twice.
    """
    _check_names(settings)
    _check_places(settings)
    check_people([(section.id, section.name) for section in settings.keyholders])
    try:
        # Keys do not exist yet. All else that people will sign is there, and can be held against the rules.
        _ = propose(settings, "", [_stand_in(section) for section in settings.keyholders], {}).genesis
    except Misused as error:
        raise Refused("settings_text") from error


def propose(settings: Settings, vault: str, members: Sequence[Member], station_keys: Mapping[str, str]) -> Policy:
    """Return roster and rules as the station file proposes them; raises as ``policy.check``."""
    section = settings.rules
    groups = tuple(sorted({m.role for m in members} - set(keyholder.WITHOUT_GROUP)))
    assurance = "software" if settings.hsm.module == EMBEDDED else "hardware"
    roster = Roster(
        vault=vault,
        mode=settings.station.mode,
        epoch=1,
        groups=groups,
        classes=settings.classes,
        own_console=settings.own_console,
        members=tuple(members),
        station={**station_keys, "origin": settings.origin, "assurance": assurance},
    )
    rules = Rules(
        vault=vault,
        epoch=1,
        seconds_max=section.minutes_max * 60,
        seconds_hard_max=section.minutes_hard_max * 60,
        releases_max=section.releases_max,
        releases_hard_max=section.releases_hard_max,
        request_valid_seconds=section.request_valid_minutes * 60,
        showing_seconds=section.showing_seconds,
        jurisdictions=section.jurisdictions,
        matter_pattern=section.matter_pattern,
        ranges=section.ranges,
        legal_confirms=section.legal_confirms,
        privilege_classes=section.privilege_classes,
    )
    proposed = Policy(roster, rules)
    policy.check(proposed)
    return proposed


def _check_names(settings: Settings) -> None:
    names.check_organisation(settings.station.organisation)
    names.check_station(settings.station.name)
    names.check_label(settings.hsm.token)
    for section in settings.keyholders:
        names.check_person(section.id, section.name)
        names.check_label(section.token)


def _check_places(settings: Settings) -> None:
    if settings.station.mode not in policy.MODES:
        raise Refused("settings_type", field="station.mode")
    if settings.hsm.module == KEY_FILE:
        raise Refused("settings_type", field="hsm.module")
    if settings.station.mode == "real" and settings.hsm.module == EMBEDDED and not settings.hsm.accept_software:
        raise Refused("software_hsm_in_real_mode")
    for section in settings.keyholders:
        settings.check_accepted(section.id, is_software=section.is_software)


def _stand_in(section: KeyholderSection) -> Member:
    """Return a person with letters where the keys will be, each other ones."""
    sign, share = (f"{purpose} {section.id}".encode() for purpose in ("sign", "share"))
    return Member(section.id, section.name, section.role, sign, share, None, "")
