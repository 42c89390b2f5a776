# SPDX-License-Identifier: Apache-2.0
"""Recovery sheets on a real station: what they open when a group's tokens are gone, and what they never open."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import pytest

from console.actions.activation import lifecycle, release, stand_in
from console.actions.console import Console
from console.actions.credential import versions
from console.actions.document import summary
from console.actions.keyholder import recovery, sheet_status
from console.actions.policy import steps
from console.actions.readiness import report
from console.actions.sealed import tables
from console.actions.station import lifecycle as station_actions
from console.domain.canonical import Json, Object, decode_object, encode, to_base64
from console.domain.changes import differences
from console.domain.errors import ConsoleError, Corrupt, Refused
from console.domain.recovery import escrow as sealed
from console.domain.recovery import sheets as rules
from console.domain.recovery.sheets import StandIn
from console.domain.sealed import envelope
from console.sentences import change
from console.sentences.checks import Row, command
from console.wiring.station import press
from tests.attacks.sheets import lose_tokens, status_of
from tests.support.activations import filed
from tests.support.pictures import words as text_of
from tests.support.scenes import CODES, PASSWORD, Scene, sealed_base, staged
from tests.support.screens import Paper
from tests.support.sheets import (
    NEW_CODES,
    RECOVERABLE,
    Listening,
    print_and_prove,
    recoverable_base,
    recovery_base,
    sign_step,
    words_of,
)

pytestmark = pytest.mark.real

Words = Mapping[str, list[list[str]]]


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A station with sheets in force, and a request that IT has approved."""
    with staged(recoverable_base()) as lent:
        yield lent


# --- from paper to paper ------------------------------------------------------------------------------------


def test_the_sheets_of_legal_open_what_its_lost_tokens_cannot(scene: Scene) -> None:
    """Two sheets and one keyholder of IT: the whole way, and everything that was not sealed to them stays as it is."""
    lose_tokens(scene, "legal")
    words, paper = words_of(scene), Paper()
    with scene.console() as console:
        used = stand_in.use(console, scene.act, "legal", words["legal"], "it-2", present=["Anna Berg", "Ben Clausen"])
        assert used["missing"] == {"it": 0, "legal": 0}
        assert used["owed"] == [RECOVERABLE]
        assert lifecycle.open_activation(console, scene.act)["recovered"] == ["legal"]
        release.release(console, scene.act, RECOVERABLE, paper)
        page = text_of(summary.incident_summary(console, scene.act))
        (entry,) = console.journal.entries(type_="recovery.used")
        fields: dict[str, Any] = console.journal.open_fields(entry)
        said = fields["stand_in"]["statement"]
    assert paper.shown == [(RECOVERABLE, scene.sealed[RECOVERABLE])]
    assert "Recovery sheets of legal stood in" in page
    assert "for its approvals; witness Deniz Eren (it-2)" in page
    assert (entry.proof, entry.act, entry.body["generation"]) == ("token", scene.act, 1)
    assert (said["member"], said["present"]) == ("it-2", ["Anna Berg", "Ben Clausen"])


def test_the_station_sheets_open_what_a_new_hsm_needs(scene: Scene) -> None:
    """Item secrets but those of codes, opening keys, the database key: with the files alone, no HSM and no token."""
    with scene.console() as console:
        state = tables.rows(console.hsm, console.vault, tables.STATE)
        opening_keys = tables.rows(console.hsm, console.vault, tables.OPENING_KEYS)
        key = station_actions.open_database_key(console.vault, console.hsm, console.policy.roster)
        vault, roster, sheets = console.vault, console.policy.roster, console.sheets
    station_actions.lock(scene.station.locked)
    (scene.home / "hsm").rename(scene.folder / "stolen")
    opened = recovery.open_escrow(vault, roster, sheets, words_of(scene)["station"])
    codes = {name for name in state if name.split("/")[0] in (CODES, NEW_CODES)}
    assert len(codes) == 12
    assert opened.state == {name: value for name, value in state.items() if name not in codes}
    assert (opened.opening_keys, opened.database_keys) == (opening_keys, {1: key})
    assert str(opened) == "Escrowed()"


@pytest.mark.parametrize("folder", ["station", "mirror"])
def test_the_escrow_follows_every_change_and_keeps_no_version(scene: Scene, folder: str) -> None:
    """A new credential is in it, a replaced one is not, codes never are; there is one file of each kind."""

    def rows() -> set[str]:
        with scene.console() as console:
            key, _ = recovery.key_of(
                console.sheets,
                recovery.set_in_force(console.vault, console.policy.roster, "station"),
                recovery.sets(console.vault),
                words_of(scene)["station"],
            )
            data = (scene.folder / folder / "escrow" / "state.json").read_bytes()
            return set(sealed.unseal(data, "state", console.policy.roster.vault, key))

    before = rows()
    with scene.console() as console:
        versions.rotate(console, PASSWORD, bytearray(b"second-secret"))
    assert rows() == before | {f"{PASSWORD}/2/0"}
    with scene.console() as console:
        versions.confirm(console, PASSWORD, "it-2", "ticket 17")
    assert rows() == before - {f"{PASSWORD}/1/0"} | {f"{PASSWORD}/2/0"}
    files = sorted(path.name for path in (scene.folder / folder / "escrow").iterdir())
    assert files == ["database-key.json", "state.json", "table.json"]


def test_new_sheets_take_the_escrow_over() -> None:
    """Once the quorum has signed, the old sheets of the station open nothing that is kept from then on."""
    with staged(recovery_base()) as scene:
        old = words_of(scene)
        with scene.console() as console:
            words, proposal = print_and_prove(console, scene.folder / "again", ["station", "legal"])
            # What stands on their paper is what the quorum compares before it signs.
            (newest,) = (one for one in recovery.sets(console.vault) if (one.slot, one.generation) == ("station", 2))
            told = [change.change(row) for row in differences(steps.find(console, proposal))]
            assert f"The station's own recovery sheets are replaced; their check value is {newest.check}." in told
            sign_step(console, proposal)
        with scene.console() as console:
            assert sheet_status.drill(console, "station", words["station"])["generation"] == 2
            assert sheet_status.drill(console, "legal", words["legal"])["works"]
            with pytest.raises(Refused, match=r"sheet_of_another_set.*sheet=1, slot=legal, generation=1"):
                sheet_status.drill(console, "legal", old["legal"])
            assert status_of(console, "legal")["uncovered"] != []
            assert command(cast(Row, sheet_status.checks(console)[0])) == "breakglass policy reseal --plan"
            # What was sealed to the old ones still opens with the old ones, and with no others.
            act = filed(console, {"credential": RECOVERABLE})
            with pytest.raises(Refused, match=r"sheet_of_another_set.*generation=2.*needed=1"):
                stand_in.use(console, act, "legal", words["legal"], "it-1")
            stand_in.use(console, act, "legal", old["legal"], "it-1")


# --- before they count --------------------------------------------------------------------------------------


def test_nothing_is_sealed_to_sheets_that_are_not_read_back_and_signed() -> None:
    """Printed: no proposal. Read back: a proposal. Signed: sealed to, canary and escrow too."""
    with staged(sealed_base()) as scene:
        listening, out = Listening(), scene.folder / "out"
        out.mkdir()
        with scene.console() as console:
            recovery.print_sheets(replace(console, sheets=listening), "legal", 2, 2, 1, press(str(out), drill=True))
            assert steps.proposals(console) == []
            assert status_of(console, "legal")["state"] == "printed"
            proven = recovery.prove(console, "legal", listening.printed[0])
            assert status_of(console, "legal")["state"] == "proven"
            (step,) = steps.proposals(console)
            assert step.id == proven["proposal"]
            versions.seal(console, "too-early", "password", "standard", bytearray(b"early"), _card())
            assert console.vault.names("canaries/") == []
        record = decode_object((scene.home / "records" / "too-early" / "000001-000.json").read_bytes())
        with pytest.raises(Refused, match="not_recoverable"):
            envelope.sealed_secret(record, "legal")


def test_a_sheet_that_nobody_read_back_is_named() -> None:
    """Each sheet given is read, not only as many as are needed; those that were not stand in the status."""
    with staged(sealed_base()) as scene, scene.console() as console:
        words, _ = print_and_prove(console, scene.folder / "out", ["station"])
        assert status_of(console, "station")["unread"] == []
        spoilt = [*words["station"][:3], [*words["station"][3][:32], "academic"]]
        with pytest.raises(Refused, match="sheet_word"):
            recovery.prove(console, "station", spoilt)


def test_what_cannot_be_printed() -> None:
    with staged(sealed_base()) as scene, scene.console() as console:
        for slot, needed, count, code in (
            ("legal", 1, 2, "sheets_one_of_many"),
            ("legal", 1, 1, "sheets_too_weak"),
            ("legal", 2, 3, "sheets_more_than_people"),
            ("legal", 3, 2, "sheets_impossible"),
            ("hr", 1, 1, "unknown_group"),
        ):
            with pytest.raises(Refused, match=code):
                recovery.preflight(console, slot, needed, count, 1, press(str(scene.folder), drill=True))


# --- what they never open -----------------------------------------------------------------------------------


def test_one_groups_sheets_alone_open_nothing() -> None:
    """Neither through the program nor with its checks gone."""
    with staged(recovery_base()) as scene, scene.console() as console:
        act = filed(console, {"credential": RECOVERABLE})
        used = stand_in.use(console, act, "legal", words_of(scene)["legal"], "it-1")
        assert used["missing"] == {"it": 1, "legal": 0}
        with pytest.raises(Refused, match="quorum_not_met"):
            lifecycle.open_activation(console, act)
        secrets = group_secrets(console, words_of(scene))
        hsm = tables.rows(console.hsm, console.vault, tables.STATE)[f"{RECOVERABLE}/1/0"]
        for groups in (["legal"], ["it"], []):
            assert not opens(console, {name: secrets[name] for name in groups}, hsm)


def test_both_groups_sheets_open_nothing_without_the_station() -> None:
    """All sheets of both groups, and neither the HSM nor the escrow: nothing. With the item secret: everything."""
    with staged(recovery_base()) as scene, scene.console() as console:
        secrets = group_secrets(console, words_of(scene))
        row = f"{RECOVERABLE}/1/0"
        assert not opens(console, secrets, bytes(32))
        opened = recovery.open_escrow(console.vault, console.policy.roster, console.sheets, words_of(scene)["station"])
        assert opens(console, secrets, opened.state[row])


def test_codes_do_not_open_with_sheets() -> None:
    """No record of a code holds anything for them, and a request with one in it is refused by name."""
    with staged(recovery_base()) as scene, scene.console() as console:
        for name in (CODES, NEW_CODES):
            for group in ("legal", "it"):
                record = decode_object((scene.home / "records" / name / "000001-000.json").read_bytes())
                with pytest.raises(Refused, match="not_recoverable"):
                    envelope.sealed_secret(record, group)
        act = filed(console, {"credential": RECOVERABLE}, {"credential": NEW_CODES})
        with pytest.raises(Refused, match=f"not_recoverable.*{NEW_CODES}"):
            stand_in.use(console, act, "legal", words_of(scene)["legal"], "it-1")


def test_the_witness_is_a_keyholder_of_another_group(scene: Scene) -> None:
    with scene.console() as console:
        for witness, code in (("legal-1", "witness_of_another_group"), ("legal-ops-1", "not_a_keyholder")):
            with pytest.raises(Refused, match=code):
                stand_in.use(console, scene.act, "legal", words_of(scene)["legal"], witness)


def test_only_one_group_is_stood_in_for(scene: Scene) -> None:
    with scene.console() as console:
        stand_in.use(console, scene.act, "legal", words_of(scene)["legal"], "it-2")
        with pytest.raises(Refused, match="sheets_of_one_group"):
            stand_in.use(console, scene.act, "it", words_of(scene)["it"], "legal-1")


def test_spent_sheets_open_again_only_with_a_reason_that_is_signed(scene: Scene) -> None:
    """A debt, not a lock: what eight items did not cover must not be lost with the tokens."""
    words = words_of(scene)["legal"]
    with scene.console() as console:
        stand_in.use(console, scene.act, "legal", words, "it-2")
        row = status_of(console, "legal")
        assert (row["state"], row["owed"]) == ("spent", [RECOVERABLE])
        checks = cast(list[dict[str, Any]], report.readiness(console)["checks"])
        (check,) = [c for c in checks if c["id"] == "recovery_sheets"]
        assert not check["ok"]
        act = filed(console, {"credential": RECOVERABLE})
        with pytest.raises(Refused, match=r"sheets_spent.*slot=legal, generation=1"):
            stand_in.use(console, act, "legal", words, "it-2")
        with pytest.raises(Refused, match="request_incomplete"):
            stand_in.use(console, act, "legal", words, "it-2", again="weil")
        stand_in.use(
            console, act, "legal", words, "it-2", again="Alle Karten von Legal sind verbrannt, acht Zugänge fehlen."
        )
        entries = list(console.journal.entries(type_="recovery.used"))
    assert [entry.body["again"] for entry in entries] == [False, True]


# --- wrong words --------------------------------------------------------------------------------------------


def wrong_words(words: Words) -> dict[str, tuple[list[list[str]], str]]:
    first, second = words["legal"]
    swapped = [*first[:10], first[11], first[10], *first[12:]]
    other = "academic" if first[20] != "academic" else "acid"
    return {
        "too few": ([first], r"sheets_too_few.*group=legal, given=1, needed=2"),
        "too many": ([first, second, first], "sheet_twice"),
        "twice": ([first, first], r"sheet_twice \(sheet=2\)"),
        "another slot's": ([first, words["it"][0]], r"sheet_of_another_set.*sheet=2, slot=it"),
        "the station's": (words["station"][:2], r"sheet_of_another_set.*slot=station"),
        "one word": ([second, [*first[:20], other, *first[21:]]], r"sheet_word_wrong \(sheet=2, word=21\)"),
        "no word": ([[*first[:4], "glass", *first[5:]], second], r"sheet_word_unknown \(sheet=1, word=5\)"),
        "order": ([swapped if swapped != first else first[::-1], second], "sheet_words?_wrong"),
        "short": ([first[:-1], second], r"sheet_length.*sheet=1, words=32"),
        "nothing": ([], "sheets_too_few"),
    }


def test_wrong_words_are_named_and_spend_nothing(scene: Scene) -> None:
    """Sheet and word, or whose sheet it is; the refusal stands in the journal, the words do not."""
    with scene.console() as console:
        for case, (words, expected) in wrong_words(words_of(scene)).items():
            with pytest.raises(Refused, match=expected):
                stand_in.use(console, scene.act, "legal", words, "it-2")
            refused = list(console.journal.entries(type_="activation.refused"))[-1]
            assert refused.body["verb"] == "recover", case
        assert status_of(console, "legal")["state"] == "in_force"


def test_sheets_of_another_station_are_refused() -> None:
    """Its sheets have another identifier; with a forged one the key would not be ours."""
    with staged(recovery_base()) as scene, scene.console() as console:
        used = recovery.set_in_force(console.vault, console.policy.roster, "legal")
        foreign = console.sheets.split(bytes(32), [(2, 2)], (used.identifier + 1) % 2**15, console.machine.random)[0]
        act = filed(console, {"credential": RECOVERABLE})
        if (used.identifier + 1) % 2**15 not in {one.identifier for one in recovery.sets(console.vault)}:
            with pytest.raises(Refused, match="sheet_unknown"):
                stand_in.use(console, act, "legal", foreign, "it-1")
        forged = console.sheets.split(bytes(32), [(2, 2)], used.identifier, console.machine.random)[0]
        with pytest.raises(Corrupt, match="recovery_key_differs"):
            stand_in.use(console, act, "legal", forged, "it-1")
        with pytest.raises(Refused, match="sheets_do_not_fit"):
            stand_in.use(console, act, "legal", [words_of(scene)["legal"][0], forged[1]], "it-1")


# --- what was given, changed --------------------------------------------------------------------------------


def test_a_changed_stand_in_is_refused(scene: Scene) -> None:
    """Every field of the statement is signed; the blob is bound to request, group and point."""
    with scene.console() as console:
        stand_in.use(console, scene.act, "legal", words_of(scene)["legal"], "it-2")
        filed_ = lifecycle.load_request(console, scene.act)
        (given,) = lifecycle.load_stand_ins(console, filed_).values()
        for member in given.statement:
            changed = replace(given, statement={**given.statement, member: "another"})
            with pytest.raises(ConsoleError):
                rules.check_stand_in(changed, filed_, console.policy)
        other = filed(console, {"credential": RECOVERABLE})
        with pytest.raises(Refused, match="approval_of_another_request"):
            rules.check_stand_in(given, lifecycle.load_request(console, other), console.policy)
        swapped = StandIn(given.statement, given.blob[:-1] + bytes([given.blob[-1] ^ 1]), given.signature)
        with pytest.raises(Corrupt, match="approval_blob_wrong"):
            rules.check_stand_in(swapped, filed_, console.policy)


def test_a_point_swapped_in_what_is_known_of_a_set_is_noticed() -> None:
    """The file beside the roster is only a hint: the key that the words make must be the one that was signed."""
    with staged(recovery_base()) as scene:
        file = scene.home / "recovery" / "legal-0001.json"
        value = decode_object(file.read_bytes())
        with scene.console() as console:
            point = console.policy.roster.recovery_point("it")
        file.write_bytes(encode({**value, "point": to_base64(point or b"")}))
        with scene.console() as console:
            act = filed(console, {"credential": RECOVERABLE})
            with pytest.raises(Refused, match="no_sheets"):
                stand_in.use(console, act, "legal", words_of(scene)["legal"], "it-1")
        file.write_bytes(encode({**value, "generation": 2}))
        with scene.console() as console, pytest.raises(Corrupt, match="recovery_key_differs"):
            stand_in.use(console, act, "legal", words_of(scene)["legal"], "it-1")


# --- no words anywhere --------------------------------------------------------------------------------------


def test_words_are_nowhere_but_on_the_sheets(scene: Scene) -> None:
    """In no file of station, mirror or tokens, and not in the journal opened with its keys; in no other form either."""
    words = words_of(scene)
    with scene.console() as console:
        sheet_status.drill(console, "station", words["station"])
        stand_in.use(console, scene.act, "legal", words["legal"], "it-2")
        with pytest.raises(Refused):
            sheet_status.drill(console, "it", [words["it"][0][::-1]])
        said = [repr((e, console.journal.open_fields(e))).encode() for e in console.journal.entries()]
        secrets = [bytes(s) for s in secrets_of(console, words)]
    files = [
        path.read_bytes()
        for top in ("station", "mirror", "tokens")
        for path in (scene.folder / top).rglob("*")
        if path.is_file()
    ]
    runs = [
        " ".join(three)
        for sheet in itertools.chain(*words.values())
        for three in zip(sheet[4:], sheet[5:], sheet[6:], strict=False)
    ]
    needles = [*(run.encode() for run in runs), *(run.replace(" ", '", "').encode() for run in runs)]
    needles += [form for secret in secrets for form in (secret, secret.hex().encode(), to_base64(secret).encode())]
    assert [needle for needle in needles for data in (*files, *said) if needle in data] == []


# --- means --------------------------------------------------------------------------------------------------


def secrets_of(console: Console, words: Words) -> list[bytearray]:
    return [
        console.sheets.combine([console.sheets.read(n, sheet) for n, sheet in enumerate(sheets, 1)])
        for sheets in words.values()
    ]


def record_of(console: Console) -> Object:
    return decode_object(console.vault.read(f"records/{RECOVERABLE}/000001-000.json"))


def group_secrets(console: Console, words: Words) -> dict[str, bytes]:
    """Return what the sheets of each group get out of a record."""
    found: dict[str, bytes] = {}
    for group in ("legal", "it"):
        wanted = recovery.set_in_force(console.vault, console.policy.roster, group)
        key, _ = recovery.key_of(console.sheets, wanted, recovery.sets(console.vault), words[group])
        (found[group],) = key.open([envelope.sealed_secret(record_of(console), group)])
    return found


def opens(console: Console, secrets: Mapping[str, bytes], hsm: bytes) -> bool:
    """Whether these open the record; anything but ``glass_intact`` instead is an error."""
    record = record_of(console)
    room = memoryview(bytearray(envelope.unsealed_size(record)))
    try:
        envelope.unseal_record(record, {}, hsm, room, group_secrets=secrets)
    except Corrupt as error:
        assert error.code == "glass_intact"
        return False
    return True


def _card() -> dict[str, Json]:
    return {"target": "x", "account": "y", "rotate": "z"}
