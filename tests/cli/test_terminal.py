# SPDX-License-Identifier: Apache-2.0
"""The person at the terminal: nothing typed is echoed, nothing shown stays, and a PINs file is the caller's alone."""

import base64
import json
import os
import re
import termios
import time
import tomllib
from contextlib import redirect_stdout
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from PIL import Image

from console.adapters.qr import QrCodes
from console.cli.main import run
from console.cli.screens import AS_BEFORE, BLACK_ON_WHITE, HALVES, draw
from console.cli.terminal import MAX_LINE, Terminal, read_pins
from console.domain.errors import Cancelled, ConsoleError, Refused, Unavailable
from console.domain.payload import otp
from console.settings import load_toml
from tests.cli.conftest import NO_TTY, no_window
from tests.cli.keyboard import Keyboard, typing


def test_a_pin_is_read_without_echo_into_a_buffer(keyboard: Keyboard) -> None:
    pin = typing(keyboard, [("PIN of legal-1: ", "4711\n")], lambda: Terminal(keyboard.name).pin("legal-1"))
    assert pin == bytearray(b"4711")
    assert "4711" not in keyboard.look()
    flags = termios.tcgetattr(os.open(keyboard.name, os.O_RDWR | os.O_NOCTTY))[3]
    assert flags & termios.ECHO


def test_a_prepared_pin_is_asked_once(keyboard: Keyboard) -> None:
    terminal = Terminal(keyboard.name)
    typing(keyboard, [("PIN of legal-1: ", "4711\n")], lambda: terminal.prepare_pin("legal-1"))
    assert terminal.pin("legal-1") == bytearray(b"4711")


def test_at_a_founding_new_pins_are_chosen_twice_and_kept_until_it_is_over(keyboard: Keyboard) -> None:
    terminal = Terminal(keyboard.name)
    answers = [
        ("New PIN for legal-1 (at least 6 letters or digits): ", "12345\n"),
        ("New PIN for legal-1 (at least 6 letters or digits): ", "471100\n"),
        ("again: ", "471109\n"),
        ("New PIN for legal-1 (at least 6 letters or digits): ", "471100\n"),
        ("again: ", "471100\n"),
        ("PIN of it-1: ", "0816\n"),
        ("PIN of it-1: ", "0815\n"),
    ]

    def try_pin(member: str) -> None:
        if terminal.pin(member) != bytearray(b"0815"):
            raise Refused("pin_wrong", member=member, tries="many")

    def found() -> list[bytearray]:
        with terminal.keeping_pins(["legal-1", "it-1"], new=["legal-1"], try_pin=try_pin):
            return [terminal.pin(member) for member in ("legal-1", "legal-1", "it-1")]

    assert typing(keyboard, answers, found) == [b"471100", b"471100", b"0815"]
    assert typing(keyboard, [("PIN of legal-1: ", "1234\n")], lambda: terminal.pin("legal-1")) == b"1234"


@pytest.mark.parametrize("line", ["\n", "\x04"])
def test_nothing_typed_calls_it_off(line: str, keyboard: Keyboard) -> None:
    with pytest.raises(Cancelled):
        typing(keyboard, [("PIN of legal-1: ", line)], lambda: Terminal(keyboard.name).pin("legal-1"))


def test_a_secret_is_typed_twice_the_same(keyboard: Keyboard) -> None:
    terminal = Terminal(keyboard.name)
    answers = [("Secret: ", "one\n"), ("Secret, again: ", "one\n")]
    assert typing(keyboard, answers, lambda: terminal.secret_twice("Secret")) == bytearray(b"one")
    answers = [("Secret: ", "one\n"), ("Secret, again: ", "two\n")]
    with pytest.raises(Refused, match="typed_differently"):
        typing(keyboard, answers, lambda: terminal.secret_twice("Secret"))
    assert "one" not in keyboard.look()


def test_a_line_that_a_terminal_would_cut_is_refused(keyboard: Keyboard) -> None:
    line = "x" * (MAX_LINE + 10) + "\n"
    with pytest.raises(Refused, match="secret_too_long"):
        typing(keyboard, [("PIN of legal-1: ", line)], lambda: Terminal(keyboard.name).pin("legal-1"))


@pytest.mark.parametrize("word", ["Sign", "y", "signed", ""])
def test_a_confirmation_is_exactly_the_word(word: str, keyboard: Keyboard) -> None:
    terminal, question = Terminal(keyboard.name), "Type sign to go on: "
    typing(keyboard, [(question, "sign\n")], lambda: terminal.confirm("Read it.", "sign"))
    with pytest.raises(Cancelled):
        typing(keyboard, [(question, f"{word}\n")], lambda: terminal.confirm("Read it.", "sign"))


def test_a_secret_stands_on_the_second_screen_until_it_is_read(keyboard: Keyboard) -> None:
    terminal, secret = Terminal(keyboard.name), memoryview(b"hunter2")
    question = "it goes away after 120 seconds: "
    answers = [(question, "ready\n"), (question, "read\n")]
    outcome = typing(keyboard, answers, lambda: terminal.show("crm (password)", secret, seconds=120))
    assert outcome == "read_back"
    shown = keyboard.look()
    assert shown.index("\x1b[?1049h") < shown.index("hunter2") < shown.index("\x1b[2J\x1b[?1049l")


def test_a_secret_goes_away_when_its_time_is_over(keyboard: Keyboard) -> None:
    assert Terminal(keyboard.name).show("crm", memoryview(b"hunter2"), seconds=0) == "not_read"
    assert keyboard.look().endswith("\x1b[2J\x1b[?1049l")


def test_without_a_terminal_nobody_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for tty in ("/nonexistent", str(tmp_path / "file"), "/dev/null"):
        terminal = Terminal(tty)
        assert not terminal.has_person()
        with pytest.raises(Unavailable, match="no_terminal"):
            terminal.pin("legal-1")


def test_a_script_with_pins_is_asked_nothing(keyboard: Keyboard, pins: Path) -> None:
    terminal = Terminal(keyboard.name, str(pins))
    assert (terminal.has_person(), terminal.has_terminal()) == (False, True)
    assert terminal.pin("legal-1") == bytearray(b"4711")
    with pytest.raises(Refused, match="pin_not_in_file"):
        terminal.pin("it-1")


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    file = tmp_path / "pins.toml"
    file.write_text('legal-1 = "4711"')
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o700, 0o666])
def test_a_pins_file_that_others_can_read_or_write_is_refused(mode: int, pins: Path) -> None:
    pins.chmod(mode)
    assert_refused(pins, "pins_file_exposed")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to give a file away")
def test_a_pins_file_of_somebody_else_is_refused(pins: Path) -> None:
    os.chown(pins, 12345, 12345)
    assert_refused(pins, "pins_file_exposed")


def test_only_a_plain_file_holds_pins(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert_refused(tmp_path / "pipe", "pins_file_exposed")
    assert_refused(tmp_path / "missing", "file_unreadable")


@pytest.mark.parametrize("text", ["legal-1 = 4711", 'legal-1 = ""', '[legal-1]\npin = "4711"'])
def test_a_pins_file_of_another_shape_is_refused(text: str, pins: Path) -> None:
    pins.write_text(text)
    assert_refused(pins, "pins_file_wrong")


def test_a_pins_file_that_is_no_toml_is_refused(pins: Path) -> None:
    pins.write_text("legal-1: 4711")
    assert_refused(pins, "toml_wrong")


def test_of_a_file_that_is_no_text_nobody_is_told_of_bytes() -> None:
    with pytest.raises(Refused, match="it is not text"):
        load_toml(b"\xfe\x00", "request.toml")


def assert_refused(file: Path, code: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        read_pins(str(file))
    assert refused.value.code == code
    assert "4711" not in str(refused.value)


def test_what_a_question_quotes_does_not_steer_the_terminal(keyboard: Keyboard) -> None:
    typing(keyboard, [("? ", "yes\n")], lambda: Terminal(keyboard.name).ask("\x1b[2J? "))
    assert "\x1b" not in keyboard.look()


def test_a_symbol_is_drawn_in_halves_and_can_be_read_again() -> None:
    codes = QrCodes()
    drawn = draw(codes.modules("12345678"))
    lines = [line.removeprefix(BLACK_ON_WHITE).removesuffix(AS_BEFORE) for line in drawn.splitlines()]
    pairs = {half: pair for pair, half in HALVES.items()}
    rows = [[pairs[half][row] for half in line] for line in lines for row in (0, 1)]
    picture = Image.new("L", (len(rows[0]), len(rows)), "white")
    picture.putdata([0 if dark else 255 for row in rows for dark in row])
    file = BytesIO()
    picture.resize((picture.width * 8, picture.height * 8), Image.Resampling.NEAREST).save(file, "PNG")
    assert codes.scan(file.getvalue()) == ["12345678"]


@pytest.mark.real
def test_a_code_is_drawn_on_the_terminal_and_counts(unlocked: Path, keyboard: Keyboard) -> None:
    act = emergency()
    argv = ["activation", "release", act, "idp-recovery-codes", "--qr", "-"]
    question = "it goes away after 120 seconds: "
    status = typing(keyboard, [(question, "read\n")], lambda: run(argv, open_window=no_window, tty=keyboard.name))
    assert status == 0
    assert keyboard.look().count(BLACK_ON_WHITE) > 10


@pytest.mark.real
def test_everything_typed_at_the_terminal(station: Path, keyboard: Keyboard, capfd: pytest.CaptureFixture[str]) -> None:
    pins = {member: f"{pin}\n" for member, pin in tomllib.loads((station / "pins.toml").read_text()).items()}

    def command(answers: list[tuple[str, str]], *argv: str) -> int:
        return typing(keyboard, answers, lambda: run(argv, open_window=no_window, tty=keyboard.name))

    unlocker = ("PIN of legal-ops-1: ", pins["legal-ops-1"])
    assert command([unlocker], "station", "unlock", "--as", "legal-ops-1") == 0
    seal = ("credential", "seal", "--name", "crm", "--kind", "password", "--class", "standard")
    answers = [
        ("account? ", "me\n"),
        ("after use? ", "anew\n"),
        ("appear): ", "hunter2\n"),
        ("again: ", "hunter2\n"),
        unlocker,
    ]
    assert command([("is it for? ", "crm\n"), *answers], *seal) == 0
    request = Path("request.toml").read_text()
    Path("request.toml").write_text(re.sub(r"items = .*", 'items = [{ credential = "crm" }]', request))
    assert command([], "activation", "request", "--file", "request.toml") == 0
    act = latest()
    for member, matter, status in (
        ("legal-1", "M-2026-00118", 1),
        ("legal-1", "M-2026-00117", 0),
        ("it-1", "M-2026-00117", 0),
    ):
        confirmed = [("You confirm: privilege. Type confirm to go on: ", "confirm\n")]
        answers = [("between them: ", f"{matter}\n"), *(confirmed if member == "legal-1" else [])]
        answers.append((f"PIN of {member}: ", pins[member]))
        capfd.readouterr()
        assert command(answers, "activation", "approve", act, "--keyholder", member, "--as", member) == status
        read = capfd.readouterr().err
        assert "approve this request" in read and "Attorney-client" in read and "M-2026-00117" in read
    assert command([], "activation", "open", act) == 0
    shown = [("it goes away after 120 seconds: ", "read\n")]
    assert command(shown, "activation", "release", act, "crm", "--show") == 0
    screen = keyboard.look()
    assert screen.count("hunter2") == 1
    assert not any(pin.strip() in screen for pin in pins.values())


@pytest.mark.real
def test_what_cannot_be_sealed_is_said_before_anything_is_asked(
    station: Path, keyboard: Keyboard, capfd: pytest.CaptureFixture[str]
) -> None:
    pin = ("PIN of it-1: ", tomllib.loads((station / "pins.toml").read_text())["it-1"] + "\n")
    answers = [
        ("is it for? ", "crm\n"),
        ("account? ", "me\n"),
        ("after use? ", "anew\n"),
        ("appear): ", "hunter2\n"),
        ("again: ", "hunter2\n"),
    ]

    def seal(answers: list[tuple[str, str]], name: str, kind: str = "password", class_: str = "standard") -> int:
        argv = ("credential", "seal", "--name", name, "--kind", kind, "--class", class_, "--as", "it-1")
        return typing(keyboard, answers, lambda: run(argv, open_window=no_window, tty=keyboard.name))

    assert seal([pin, *answers], "crm") == 0
    for wrong, said in (
        (("crm",), "There is a credential crm already."),
        (("other", "pasword"), "pasword"),
        (("other", "password", "secret"), "There is no class secret"),
        (("other", "certificate"), "one line"),
    ):
        assert seal([pin], *wrong) == 1
        assert said in capfd.readouterr().err
    Path("secret").write_text("hunter2")
    script = ("--from", "secret", "--card", "card.toml", "--as", "it-1", "--pins", "pins.toml")
    wrong_class = ("--name", "other", "--kind", "password", "--class", "secret")
    assert run(["credential", "seal", *wrong_class, *script], open_window=no_window, tty=NO_TTY) == 1
    assert [card.name for card in (station / "station" / "cards").iterdir()] == ["crm.json"]


@pytest.mark.real
@pytest.mark.long
def test_whoever_stops_or_prolongs_it_reads_it_first_and_types_each_pin_once(
    unlocked: Path, keyboard: Keyboard, capfd: pytest.CaptureFixture[str]
) -> None:
    act = emergency()
    assert run(["station", "lock"], open_window=no_window, tty=NO_TTY) == 0
    pins = {member: f"{pin}\n" for member, pin in tomllib.loads((unlocked / "pins.toml").read_text()).items()}

    def command(people: list[str], word: str, *argv: str, typed: str = "") -> tuple[int, str]:
        asked, *later = [(f"PIN of {member}: ", pins[member]) for member in people]
        answers = [asked, *([(f"Type {word} to go on: ", f"{typed or word}\n")] if word else []), *later]
        capfd.readouterr()
        before = keyboard.look().count("PIN of ")
        verb = ["activation", *argv, act, "--as", people[0]]
        status = typing(keyboard, answers, lambda: run(verb, open_window=no_window, tty=keyboard.name))
        assert keyboard.look().count("PIN of ") - before == len(people)
        return status, capfd.readouterr().err

    said = ("M-2026-00117", "Attorney-client", "idp-recovery-codes", "SSO und CRM")
    both = ("--keyholder", "legal-1", "--keyholder", "it-1")
    for words, about, then in (
        (("extend", "--minutes", "5"), "agree to more time: 5 min 0 s", "it lasts so much longer"),
        (("reset", "--releases", "1"), "agree to more showings: 1", "so many more showings are possible"),
    ):
        status, read = command(["legal-1", "it-1"], "agree", *words, *both)
        assert status == 0 and all(part in read for part in (*said, about, then)), read
    # Too early is said before anybody else types a PIN.
    assert command(["legal-1"], "", "resume", *both)[0] == 1
    stop = ("deny", "--veto", "--keyholder", "it-1", "--reason", "Der Anwalt hat es sich anders ueberlegt.")
    status, read = command(["it-1"], "end", *stop, typed="no")
    assert status == 130 and all(part in read for part in (*said, "end this activation by a veto"))
    assert command(["it-1"], "end", *stop)[0] == 0
    # What is read first is a part of the command: five of them, one entry each.
    assert commands_noted() == 5


@pytest.mark.real
@pytest.mark.long
def test_whoever_agrees_on_a_prepared_request_reads_it_first(unlocked: Path, keyboard: Keyboard) -> None:
    seal_what_is_asked_for()
    command("activation", "prepare", "--file", "prepared.toml", "--name", "sign-on-down")
    pin = tomllib.loads((unlocked / "pins.toml").read_text())["legal-1"]
    sign = ["activation", "prepare", "--sign", "sign-on-down", "--keyholder", "legal-1"]
    for word, status in (("no", 130), ("sign", 0)):
        question = ("Type sign to go on: ", f"{word}\n")
        answers = [question] if status else [question, ("PIN of legal-1: ", f"{pin}\n")]
        assert typing(keyboard, answers, lambda: run(sign, open_window=no_window, tty=keyboard.name)) == status
    read = keyboard.look()
    assert read.count("This will be signed by legal-1.") == 2
    assert "salesforce-emergency-admin, idp-recovery-codes" in read


@pytest.mark.real
@pytest.mark.long
def test_sheets_are_printed_in_one_command_by_whoever_types_their_pin_once(unlocked: Path, keyboard: Keyboard) -> None:
    assert run(["station", "lock"], open_window=no_window, tty=NO_TTY) == 0
    (unlocked / "sheets").mkdir()
    pin = tomllib.loads((unlocked / "pins.toml").read_text())["legal-ops-1"]
    answers = [("PIN of legal-ops-1: ", f"{pin}\n"), ("Type print to go on: ", "print\n")]
    verb = [
        "keyholder",
        "recovery",
        "print",
        "--group",
        "legal",
        "--sheets",
        "2-of-2",
        "--out",
        "sheets",
        "--as",
        "legal-ops-1",
    ]
    assert typing(keyboard, answers, lambda: run(verb, open_window=no_window, tty=keyboard.name)) == 0
    assert keyboard.look().count("PIN of ") == 1
    assert commands_noted() == 1


@pytest.mark.real
@pytest.mark.long
def test_whoever_agrees_to_an_erasure_reads_it_first(
    unlocked: Path, keyboard: Keyboard, capfd: pytest.CaptureFixture[str]
) -> None:
    act = emergency()
    pins = tomllib.loads((unlocked / "pins.toml").read_text())
    for over in (["end", act], ["close", act]):
        assert run(["activation", *over], open_window=no_window, tty=NO_TTY) == 0
    propose = ["journal", "erase", "--act", act, "--subject", "legal-ops-1", "--basis", "request", "--json"]
    with redirect_stdout(StringIO()) as said:
        assert run(propose, open_window=no_window, tty=NO_TTY) == 0
    agree = ["journal", "erase", "--approve", json.loads(said.getvalue())["erasure"], "--keyholder", "legal-2"]
    for word, status in (("no", 130), ("erase", 0)):
        capfd.readouterr()
        answers = [("Type erase to go on: ", f"{word}\n"), ("PIN of legal-2: ", f"{pins['legal-2']}\n")]
        asked = answers[: 1 if status else 2]
        assert typing(keyboard, asked, lambda: run(agree, open_window=no_window, tty=keyboard.name)) == status
        read = capfd.readouterr().err
        for words in (f"legal-ops-1 inside activation {act}", "the person asked for it", "notes of counsel"):
            assert words in read, read


@pytest.mark.real
def test_a_seed_is_compared_with_its_target_before_it_is_sealed(station: Path, keyboard: Keyboard) -> None:
    pin = tomllib.loads((station / "pins.toml").read_text())["legal-ops-1"]
    seed = base64.b32encode(otp.TEST_SEED).decode()
    unlocker, typed = ("PIN of legal-ops-1: ", f"{pin}\n"), ("appear): ", f"{seed}\n")
    again, question = ("again: ", f"{seed}\n"), "Is it right? Type right to go on: "

    def command(answers: list[tuple[str, str]], *argv: str) -> int:
        return typing(keyboard, answers, lambda: run(argv, open_window=no_window, tty=keyboard.name))

    assert command([unlocker], "station", "unlock", "--as", "legal-ops-1") == 0
    seal = ("credential", "seal", "--name", "crm-totp", "--kind", "totp", "--class", "standard", "--card", "card.toml")
    assert command([typed, again, (question, "no\n")], *seal) == 130
    step = otp.totp_step(int(time.time() * 1000))
    shown = re.findall(r"gives the code (\d{6}), for", keyboard.look())
    macs = otp.macs(memoryview(otp.TEST_SEED), [step - 1, step])
    assert shown and shown[0] in [otp.code(mac, 6).decode() for mac in macs]
    assert command([typed, again, (question, "right\n"), unlocker], *seal) == 0
    assert command([typed, again, (question, "right\n"), unlocker], "credential", "rotate", "crm-totp") == 0
    assert seed not in keyboard.look()


def latest() -> str:
    """Return the newest activation of the current station."""
    with redirect_stdout(StringIO()) as said:
        run(["activation", "list", "--json"], open_window=no_window, tty=NO_TTY)
    return str(json.loads(said.getvalue())["activations"][0]["activation"])


def commands_noted() -> int:
    """Return how many entries tell that the current station, locked since, was unlocked for one command."""
    assert (
        run(["station", "unlock", "--as", "legal-ops-1", "--pins", "pins.toml"], open_window=no_window, tty=NO_TTY) == 0
    )
    with redirect_stdout(StringIO()) as said:
        run(["journal", "list", "--type", "station.unlocked", "--json"], open_window=no_window, tty=NO_TTY)
    # One is of the sitting before, one of this.
    return len(json.loads(said.getvalue())["entries"]) - 2


def command(*argv: str) -> None:
    """Do what a script does."""
    assert run([*argv, "--pins", "pins.toml"], open_window=no_window, tty=NO_TTY) == 0


def seal_what_is_asked_for() -> None:
    """Seal what the example requests name."""
    for name, kind in (("salesforce-emergency-admin", "password"), ("idp-recovery-codes", "codes")):
        Path("secret").write_text("1111\n2222")
        seal = ("--kind", kind, "--class", "standard", "--from", "secret", "--card", "card.toml")
        command("credential", "seal", "--name", name, *seal)


def emergency() -> str:
    """Open an activation for the example request on the current station; return its id."""
    seal_what_is_asked_for()
    command("activation", "request", "--file", "request.toml")
    act = latest()
    for member in ("legal-1", "it-1"):
        command("activation", "approve", act, "--keyholder", member, "--matter", "M-2026-00117")
    command("activation", "open", act)
    return act
