# SPDX-License-Identifier: Apache-2.0
"""The durable steps of each verb, in order: where a kill can fall. The kill tests are generated from this table.

``docs/durable-steps.md`` says for people what each cut leaves behind. A verb that takes other steps than its row
here fails ``test_steps.py``, so neither page can go stale unseen.
"""

from dataclasses import dataclass

DATABASE, HSM, STATION, MIRROR, SCREEN = "database", "hsm", "station", "mirror", "screen"


@dataclass(frozen=True)
class Step:
    """One thing that is there afterwards, whatever happens: its medium, and what was done."""

    medium: str
    what: str

    def __str__(self) -> str:
        return f"{self.medium}: {self.what}"


def entry(type_: str) -> tuple[Step, ...]:
    """Return the steps of a critical entry: committed, then signed and anchored, then on the second medium."""
    return Step(DATABASE, type_), Step(HSM, "anchor"), Step(MIRROR, "entry")


def file(what: str) -> tuple[Step, ...]:
    """Return the steps of writing one of the station's files."""
    return Step(MIRROR, f"write {what}"), Step(STATION, f"write {what}")


BURN = (
    Step(HSM, "make state"),
    *file("state"),
    Step(HSM, "destroy state"),
    Step(MIRROR, "remove state"),
    Step(STATION, "remove state"),
)
FORGET = (
    *file("escrow"),
    Step(HSM, "make table"),
    *file("table"),
    Step(HSM, "destroy table"),
    Step(MIRROR, "remove table"),
    Step(STATION, "remove table"),
)
CLOSE = (Step(DATABASE, "close"),)
DRAFT_GONE = (Step(HSM, "destroy draft"), Step(MIRROR, "remove drafts"), Step(STATION, "remove drafts"))

VERBS: dict[str, tuple[Step, ...]] = {
    "release_code": (*entry("release.intended"), *BURN, Step(SCREEN, "show"), *entry("release.outcome"), *CLOSE),
    "release_password": (*entry("release.intended"), Step(SCREEN, "show"), *entry("release.outcome"), *CLOSE),
    "release_hotp": (*entry("release.intended"), *BURN, Step(SCREEN, "show"), *entry("release.outcome"), *CLOSE),
    "use_key": (*file("table"), *entry("release.intended"), Step(SCREEN, "show"), *entry("release.outcome"), *CLOSE),
    "drift": (*entry("credential.drift"), *BURN, *CLOSE),
    "attest_time": (*file("table"), *entry("clock.attested"), *CLOSE),
    "request": (
        Step(HSM, "make open"),
        *file("table"),
        Step(DATABASE, "activation.requested"),
        *CLOSE,
        Step(HSM, "anchor"),
        Step(MIRROR, "entry"),
    ),
    "approve": (
        *file("table"),
        *entry("activation.approved"),
        Step(DATABASE, "journal.head_taken"),
        *CLOSE,
        Step(HSM, "anchor"),
        Step(MIRROR, "entry"),
    ),
    "open": (*entry("activation.opened"), Step(HSM, "keep open"), *CLOSE),
    "end": (Step(HSM, "destroy open"), *entry("activation.ended"), *CLOSE),
    "deny": (Step(HSM, "destroy open"), *entry("activation.denied"), *CLOSE),
    "seal": (*file("cards"), *file("records"), *file("state"), *entry("credential.sealed"), *CLOSE),
    "rotate": (*file("records"), *file("state"), *entry("credential.sealed"), *CLOSE),
    "sign_step": (
        *file("proposals"),
        Step(DATABASE, "policy.signed"),
        *file("policy"),
        Step(MIRROR, "remove proposals"),
        Step(STATION, "remove proposals"),
        Step(MIRROR, "remove slots"),
        Step(STATION, "remove slots"),
        *entry("policy.changed"),
        *CLOSE,
    ),
    "reseal": (
        *entry("credential.reseal_intended"),
        *file("records"),
        *file("state"),
        *entry("credential.sealed"),
        *BURN,
        *CLOSE,
    ),
    "confirm": (*entry("credential.confirmed"), *BURN, *CLOSE),
    "seal_kept": (
        *file("cards"),
        *file("records"),
        *file("escrow"),
        *file("state"),
        *entry("credential.sealed"),
        *CLOSE,
    ),
    "request_kept": (
        Step(HSM, "make open"),
        *file("escrow"),
        *file("table"),
        Step(DATABASE, "activation.requested"),
        *CLOSE,
        Step(HSM, "anchor"),
        Step(MIRROR, "entry"),
    ),
    "confirm_kept": (*entry("credential.confirmed"), *file("escrow"), *BURN, *CLOSE),
    "print_sheets": (
        *file("recovery"),
        *file("table"),
        *entry("recovery.printed"),
        Step(SCREEN, "print"),
        Step(SCREEN, "print"),
        *CLOSE,
    ),
    "use_sheets": (*file("escrow"), *file("table"), *entry("recovery.used"), *CLOSE),
    "sheets_sign": (
        *entry("recovery.used"),
        *file("proposals"),
        Step(DATABASE, "policy.signed"),
        *file("policy"),
        Step(MIRROR, "remove proposals"),
        Step(STATION, "remove proposals"),
        *entry("policy.changed"),
        *CLOSE,
    ),
    "draft_save": (Step(HSM, "make draft"), *file("drafts"), *CLOSE),
    "draft_move": (Step(HSM, "make draft"), *file("drafts"), Step(HSM, "destroy draft"), *CLOSE),
    "draft_finish": (
        *file("counsel"),
        *file("counsel"),
        *entry("record.added, counsel.key_made, counsel.entry, draft.finished"),
        *DRAFT_GONE,
        *CLOSE,
    ),
    "draft_discard": (*entry("draft.discarded"), *DRAFT_GONE, *CLOSE),
    "admit": (*entry("counsel.opened"), *file("counsel"), *entry("counsel.wrapped"), *CLOSE),
    "erase": (
        *entry("privacy.approved, privacy.erasing"),
        *file("erasures"),
        *FORGET,
        *entry("privacy.erased"),
        *CLOSE,
    ),
    "new_log": (
        *file("proposed-renewals"),
        Step(HSM, "destroy open"),
        *file("database-key-2.json"),
        *file("table"),
        Step(
            DATABASE,
            "log.renewed, station.alarm, station.founded, keyholder.enrolled, credential.sealed, credential.restated",
        ),
        *CLOSE,
        Step(HSM, "anchor"),
        *file("renewals"),
        Step(MIRROR, "remove proposed-renewals"),
        Step(STATION, "remove proposed-renewals"),
        *CLOSE,
    ),
}


def points(verb: str) -> list[int]:
    """Return where to kill: before each step, and after the last."""
    return list(range(len(VERBS[verb]) + 1))


def name_of(verb: str, point: int) -> str:
    """Return a point in words."""
    steps = VERBS[verb]
    return f"before {point} {steps[point]}" if point < len(steps) else "after all"
