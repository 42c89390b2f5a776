# SPDX-License-Identifier: Apache-2.0
"""verify.html in a real browser: the same verdicts as verify.py, in words, without a network."""

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.adapters.journal import export
from console.domain.words import WORDS
from tests.support.browser import Browser, in_base64, needs_chromium
from tests.support.exports import made_export
from tests.support.verifier import run
from tests.vectors import verdicts
from tests.vectors.forge import P256, Forged
from tests.vectors.verdicts import Case

PAGE = export.VERIFY_PAGE
SAID = (
    "verdict",
    "ok",
    "depth",
    "origin",
    "size",
    "root",
    "vouched_until",
    "fields",
    "witnessed",
    "origin_proven",
    "witnesses_proven",
    "alarm",
    "after",
    "spool_open",
    "seq",
    "unchecked",
    "mode",
    "entry",
    "opened",
    "withheld",
    "unproven",
)
JUDGE = """(async (files, proof, options) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const file = (text) => ({ arrayBuffer: async () => bytes(text).buffer });
  options.checkpoint = options.checkpoint && bytes(options.checkpoint);
  const given = proof === null ? { files: new Folder(new Map(Object.entries(files).map(([k, v]) => [k, file(v)]))) }
    : { proof: bytes(proof) };
  return await judge(given, options);
})"""

TYPE = """(async (files, proof, typed) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const file = (text) => ({ arrayBuffer: async () => bytes(text).buffer });
  given.files = proof === null ? new Map(Object.entries(files).map(([k, v]) => [k, file(v)])) : null;
  given.proof = proof === null ? null : file(proof);
  for (const id of ["keys", "words", "policy", "checkpoint"]) $(id).value = typed[id];
  $("deep").checked = typed.deep;
  await verify();
  return $("result").hidden ? null : [$("verdict").textContent, $("sentence").textContent];
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(PAGE) as opened:
        yield opened


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    folder, older = made_export(tmp_path_factory.mktemp("station"))
    return list(verdicts.all_cases(tmp_path_factory.mktemp("cases"), folder, older))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def options_of(arguments: tuple[str, ...]) -> dict[str, Any]:
    """Return what somebody types into the page for the arguments of verify.py."""
    found: dict[str, Any] = {"keys": [], "witnesses": [], "policy": "", "words": "", "checkpoint": None}
    words = iter(arguments)
    for word in words:
        match word:
            case "--key" | "--witness":
                found["keys" if word == "--key" else "witnesses"].append(next(words))
            case "--policy":
                found["policy"] = Path(next(words)).read_text()
            case "--checkpoint":
                found["checkpoint"] = in_base64({"": Path(next(words)).read_bytes()})[""]
            case "--words":
                found["words"] = next(words)
    return found | {"deep": "--bytes" not in arguments}


def typed_for(arguments: tuple[str, ...]) -> dict[str, Any]:
    """Return the same as it stands in the fields of the page."""
    found = options_of(arguments)
    kept = base64.b64decode(found["checkpoint"] or "").decode()
    return found | {"keys": "\n".join(found["keys"] + found["witnesses"]), "checkpoint": kept}


def given_in(case: Case) -> str:
    if case.judged.is_dir():
        return f"{json.dumps(in_base64(files_of(case.judged)))}, null"
    return "null, " + json.dumps(in_base64({"": case.judged.read_bytes()})[""])


def judged(browser: Browser, case: Case) -> dict[str, Any]:
    report: dict[str, Any] = browser.run(f"{JUDGE}({given_in(case)}, {json.dumps(options_of(case.arguments))})")
    return report


def shown(report: dict[str, Any]) -> dict[str, Any]:
    """Return what both must say alike; how they put details of a finding is their own."""
    first = [(found["code"], found["seq"]) for found in report["findings"]]
    return {name: report.get(name) for name in SAID} | {"findings": first}


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_the_page_and_the_verifier_say_the_same(
    browser: Browser, cases: list[Case], tmp_path_factory: pytest.TempPathFactory
) -> None:
    bent = list(verdicts.bent_cases(tmp_path_factory.mktemp("bent"), seed=4, count=120))
    wrong = {}
    for case in [*cases, *bent]:
        _, ours = run(cases[0].judged / "verify.py", case.judged, *case.arguments)
        theirs = judged(browser, case)
        if shown(ours) != shown(theirs):
            wrong[case.name] = {
                name: (shown(ours)[name], shown(theirs)[name], theirs["findings"])
                for name in shown(ours)
                if shown(ours)[name] != shown(theirs)[name]
            }
    assert wrong == {}
    assert len(cases) > 150


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_a_person_sees_the_verdict_on_each(browser: Browser, cases: list[Case]) -> None:
    browser.open(PAGE)
    sentences = browser.run("SENTENCES")
    wrong = {}
    for case in cases:
        if case.name == "a log's key for a witness":
            continue  # nobody can type that: the one field for keys tells the kinds apart
        told = browser.run(f"{TYPE}({given_in(case)}, {json.dumps(typed_for(case.arguments))})")
        proven = any(option in case.arguments for option in ("--key", "--policy"))
        honest = "Verified" if proven else "Consistent, origin unproven"
        honest += "" if case.name == "empty" else ": a drill"
        wrongly = "Not judged" if case.judged_not else "Does not verify"
        title, sentence = (honest, "") if case.code is None else (wrongly, sentences[case.code])
        if told is None or told[0] != title or sentence not in told[1]:
            wrong[case.name] = (told, case.code)
    assert wrong == {}


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_a_mistake_of_the_page_is_no_verdict_and_is_seen(browser: Browser, tmp_path: Path) -> None:
    choose_an_export(browser, tmp_path / "export")
    browser.run("facts = () => { throw new TypeError('a mistake') }")
    said = verdict(browser)
    assert "No verdict" in said and "a mistake" in said and "Use verify.py" in said
    assert "Verified" not in said and "whole and unchanged" not in said


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_a_person_verifies_a_folder_and_a_proof(browser: Browser, tmp_path: Path) -> None:
    log = Forged()
    for n in range(20):
        log.append(log.draft(fields={"why": "Sturm über Hamburg"} if n == 3 else None))
    browser.open(PAGE)
    assert browser.run("document.getElementById('verify').disabled") is True
    browser.choose("#folder", log.write(tmp_path / "export"))
    browser.wait("document.getElementById('chosen').textContent === 'Export: export, 9 files'")
    assert "Consistent, origin unproven" in verdict(browser)
    browser.run(f"document.getElementById('keys').value = {json.dumps(P256.public.vkey())}")
    assert "Verified" in verdict(browser) and "up to 20 entries" in verdict(browser)
    (tmp_path / "entry-3.tlog-proof").write_bytes(log.prove(3))
    browser.choose("#proof", tmp_path / "entry-3.tlog-proof")
    browser.wait("document.getElementById('chosen').textContent === 'Proof: entry-3.tlog-proof'")
    assert "Entry 3 stands in this log" in verdict(browser) and "Sturm über Hamburg" in verdict(browser)
    browser.run("document.getElementById('words').value = 'one two three'")
    assert "These are not 12 words of the list." in verdict(browser)
    assert browser.run("document.activeElement.id") == "verdict"


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_a_drill_is_read_first_and_a_proof_says_all_of_its_entry(browser: Browser, tmp_path: Path) -> None:
    log = Forged()
    log.append(log.draft(fields={"why": "x\u202ey"}))
    proof = in_base64({"": log.prove(0)})[""]
    told = browser.run(f"{TYPE}(null, {json.dumps(proof)}, {json.dumps(typed_for(('--key', P256.public.vkey())))})")
    assert told[0] == "Verified: a drill" and "nothing in it opened a real system" in told[1]
    said = browser.run("document.getElementById('result').innerText")
    for words in ("station noted", "member-1 (shown by their token)", "x\\u{202e}y", '"number": 0', "a drill"):
        assert words in said, words
    real = "[headline({ verdict: 'verified', ok: true, depth: 'bytes', size: 1, mode: 'real' })]"
    assert browser.run(f"{real}[0][1]") == "Verified"


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_what_cannot_be_judged_is_said_before_the_button(browser: Browser, tmp_path: Path) -> None:
    browser.open(PAGE)
    wrong = {
        "[]": "There is no file in it",
        "[['export.zip', 1]]": "Unpack it",
        "[['checkpoint', 1], ['policy', 1]]": "Choose the folder itself",
    }
    for found, words in wrong.items():
        browser.run(f"take({found})")
        assert words in browser.run("document.getElementById('chosen').textContent")
        assert browser.run("document.getElementById('verify').disabled") is True


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_a_policy_out_of_the_export_is_said_to_be_its_own(browser: Browser, tmp_path: Path) -> None:
    choose_an_export(browser, tmp_path / "export")
    policy = (tmp_path / "export" / "policy").read_text()
    browser.run(f"document.getElementById('policy').value = {json.dumps(policy)}")
    assert "it counts only if you have it from elsewhere" in verdict(browser)
    browser.run("document.getElementById('policy').value = ''")
    browser.run(f"document.getElementById('keys').value = {json.dumps('log ' + P256.public.vkey())}")
    said = verdict(browser)
    assert "Verified" in said and "it counts only" not in said


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_what_was_verified_is_read_in_the_page_and_nothing_else_is(browser: Browser, tmp_path: Path) -> None:
    folder, _ = made_export(tmp_path)
    browser.open(PAGE)
    browser.choose("#folder", folder)
    browser.wait("!document.getElementById('verify').disabled")
    assert "Consistent" in verdict(browser)
    assert browser.run("document.getElementById('range').textContent") == "Entries 0 to 255 of 600"
    read = browser.run("document.querySelectorAll('#entries details')[7].textContent")
    assert "7 · " in read and "Field why" in read and "geheim" in read
    browser.run("turn(1)")
    held = browser.run("document.querySelectorAll('#entries details')[44].textContent")
    assert "300 · " in held and "withheld: nothing is proven of what it says" in held
    browser.run("turn(1)")
    assert browser.run("document.querySelectorAll('#entries details').length") == 88
    assert browser.run("document.getElementById('newer').disabled") is True
    openings = folder / "openings.json"
    openings.write_text(openings.read_text().replace("geheim", "anders"))
    browser.run("document.getElementById('chosen').textContent = ''")
    browser.choose("#folder", folder)
    browser.wait("document.getElementById('chosen').textContent.startsWith('Export: ')")
    assert "Does not verify" in verdict(browser)
    assert browser.run("document.getElementById('reading').hidden") is True


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_an_honest_mistake_is_named_before_an_alarm(browser: Browser, tmp_path: Path) -> None:
    choose_an_export(browser, tmp_path / "export")
    browser.run(f"document.getElementById('keys').value = {json.dumps(P256.public.vkey())}")
    browser.run(f"document.getElementById('words').value = {json.dumps(' '.join(WORDS[:12]))}")
    assert "type that number before them" in verdict(browser) and "Checked" not in verdict(browser)
    (tmp_path / "summary.pdf").write_bytes(b"%PDF")
    browser.choose("#proof", tmp_path / "summary.pdf")
    browser.wait("document.getElementById('chosen').textContent === 'Proof: summary.pdf'")
    assert "First see whether the right file was chosen" in verdict(browser)


def choose_an_export(browser: Browser, folder: Path) -> None:
    """Choose an export of one entry, and wait until the page has read it."""
    log = Forged()
    log.append(log.draft())
    browser.open(PAGE)
    browser.choose("#folder", log.write(folder))
    browser.wait("!document.getElementById('verify').disabled")


def verdict(browser: Browser) -> str:
    """Press the button and return all that the page says of the result."""
    text: str = browser.run("verify().then(() => document.getElementById('result').innerText)")
    return text


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_a_browser_that_cannot_check_finds_nothing_wrong(browser: Browser, tmp_path: Path) -> None:
    choose_an_export(browser, tmp_path / "export")
    browser.run("Object.defineProperty(globalThis, 'crypto', { value: {} }) && null")
    browser.run("verify()")
    assert "This browser is too old" in browser.run("document.getElementById('chosen').textContent")
    assert browser.run("document.getElementById('result').hidden") is True


@pytest.mark.long
@pytest.mark.screen
@needs_chromium
def test_the_page_reaches_no_network(browser: Browser) -> None:
    browser.open(PAGE)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(1)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        tries = (
            f"fetch('{address}').then(() => 'sent', () => 'refused')",
            f"new Promise(done => Object.assign(new Image(), {{ onerror: () => done('refused'), src: '{address}' }}))",
            f"import('{address}').then(() => 'sent', () => 'refused')",
            f"new Promise(done => {{ try {{ new WebSocket('{address}').onerror = () => done('refused') }}"
            " catch { done('refused') } })",
        )
        assert [browser.run(one) for one in tries] == ["refused"] * 4
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_page_is_one_file_that_asks_for_nothing() -> None:
    text = PAGE.read_text()
    assert "default-src 'none'" in text and "form-action 'none'" in text
    for word in ("http:", "https:", "src=", "import(", "@import", "url(", "<link", "eval("):
        assert word not in text, word


def test_the_page_has_the_list_of_words() -> None:
    listed = PAGE.read_text().partition("const WORDS = `")[2].partition("`")[0]
    assert listed.split() == list(WORDS)


def test_the_page_knows_every_finding_of_the_table() -> None:
    text = PAGE.read_text().partition("const SENTENCES = {")[2].partition("\n};")[0]
    codes = {code for _, code in (*verdicts.FILES.values(), *verdicts.FIELDS.values())} | {
        code for *_, code in verdicts.RUBBISH
    }
    assert {code for code in codes if f"  {code}: " not in text} == set()
