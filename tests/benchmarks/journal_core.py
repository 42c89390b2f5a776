# SPDX-License-Identifier: Apache-2.0
"""Rows 1 to 4, 6 and 7 of the journal's figures: what one log does, against floors taken in turns with it."""

import gc
import multiprocessing
import random
import statistics
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import sqlcipher3
from cryptography.hazmat.primitives.asymmetric import ec

from console.adapters.journal import index, tail
from console.adapters.journal.database import Connection, open_database
from console.adapters.journal.journal import Journal
from console.adapters.journal.log import SIGN_ENTRIES, Log
from console.adapters.journal.placement import Prepared
from console.adapters.journal.thread import PROJECT_ENTRIES, JournalThread
from console.adapters.journal.verification import verify
from console.domain.entries.entry import Draft
from console.domain.journal import merkle
from tests.support.journals import DATABASE_KEY, LOG, Surroundings, draft

PRODUCERS, EACH, GROUP = 64, 8, 100


class Floor:
    """F: a raw SQLCipher one-row WAL/FULL commit of equal size, same pragmas, no code of ours."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "floor.db"
        self.db = connect(self.path)
        self.db.execute("CREATE TABLE row(seq INTEGER PRIMARY KEY, body BLOB) STRICT")

    def commit(self, body: bytes) -> None:
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute("INSERT INTO row(body) VALUES (?)", (body,))
        self.db.execute("COMMIT")


def connect(path: Path) -> Connection:
    db = sqlcipher3.connect(str(path), isolation_level=None)
    db.execute(f"""PRAGMA key="x'{DATABASE_KEY.hex()}'\"""")
    pragmas = "cipher_memory_security=ON", "locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"
    for pragma in pragmas:
        db.execute(f"PRAGMA {pragma}")
    return db


def timed(run: Callable[[], object]) -> float:
    """Return the microseconds of one call."""
    start = time.perf_counter_ns()
    run()
    return (time.perf_counter_ns() - start) / 1000


def appending(folder: Path, count: int, *, signed: bool) -> dict[str, float]:
    """Rows 1 and 2: one entry, one commit, against F, interleaved; also with the hop to the journal thread and back.

    Each of the three has a database of its own in the same folder, and they change places in each round: whoever comes
    after another thread, or after the same library's code, finds other caches. Row 2 signs each entry's checkpoint in
    software and stores the signature; anchor and mirror cost what the HSM and the second medium cost, and are left out.
    """
    floor, log, thread = Floor(folder), open_log(folder / "log"), open_log(folder / "thread")
    journal = JournalThread(thread)
    body = write(log, draft(0), signed=signed)
    times: dict[str, list[float]] = {"floor": [], "log": [], "thread": []}
    for number in range(count):
        mine, other = draft(number), Prepared(draft(number), {}, {})
        if number % 50 == 0:
            gc.collect()
        runs: list[tuple[str, Callable[[], object]]] = [
            ("log", partial(write, log, mine, signed=signed)),
            ("floor", partial(floor.commit, body)),
            ("thread", partial(hop, journal, other, signed=signed)),
        ]
        for name, run in runs[number % 3 :] + runs[: number % 3]:
            times[name].append(timed(run))
    journal.close()
    log.close()
    floor.db.close()
    warm = {name: taken[count // 10 :] for name, taken in times.items()}
    p50 = {name: statistics.median(taken) for name, taken in warm.items()}
    return {
        "bytes": len(body),
        "floor_us": p50["floor"],
        "ours_us": p50["log"],
        "with_thread_us": p50["thread"],
        "ratio": p50["floor"] / p50["log"],
        "rate_ratio": sum(warm["floor"]) / sum(warm["log"]),
        "with_thread_ratio": p50["floor"] / p50["thread"],
        "p99_by_floor_p50": p99(warm["log"]) / p50["floor"],
        "floor_p99_by_p50": p99(warm["floor"]) / p50["floor"],
    }


def p99(taken: list[float]) -> float:
    return sorted(taken)[len(taken) * 99 // 100]


def grouping(folder: Path, rounds: int) -> dict[str, float]:
    """Row 3: 64 producers at once, and 100 entries in one transaction with its signature, against F one by one."""
    floor, thread, log = Floor(folder), open_log(folder / "thread"), open_log(folder / "log")
    journal, body = JournalThread(thread), write(log, draft(0), signed=False)
    times: dict[str, list[float]] = {"floor": [], "producers": [], "hundred": []}
    for _ in range(rounds):
        for _ in range(GROUP):
            times["floor"].append(timed(partial(floor.commit, body)))
        times["producers"].append(timed(partial(produce, journal)) / (PRODUCERS * EACH))
        times["hundred"].append(timed(partial(write_hundred, log)) / GROUP)
    journal.close()
    log.close()
    floor.db.close()
    p50 = {name: statistics.median(taken) for name, taken in times.items()}
    return {
        "floor_us": p50["floor"],
        "producers_us": p50["producers"],
        "hundred_us": p50["hundred"],
        "producers_ratio": p50["floor"] / p50["producers"],
        "hundred_ratio": p50["floor"] / p50["hundred"],
    }


def produce(journal: JournalThread) -> None:
    """Let every producer append its entries, one request each; all are durable when this returns."""
    notes = [[Prepared(draft(n), {}, {}) for n in range(EACH)] for _ in range(PRODUCERS)]

    def run(mine: list[Prepared]) -> None:
        for note in mine:
            journal.append([note], critical=False)

    threads = [threading.Thread(target=run, args=(mine,)) for mine in notes]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def write_hundred(log: Log) -> None:
    (answer,) = log.write([[Prepared(draft(n), {}, {}) for n in range(GROUP)]])
    assert isinstance(answer, list)
    log.sign()
    if len(log.pending) >= PROJECT_ENTRIES:
        log.project()


def open_log(folder: Path) -> Log:
    folder.mkdir()
    around = Surroundings(folder, signing_key=ec.generate_private_key(ec.SECP256R1()))
    around.create()
    return Log(around.database, bytearray(DATABASE_KEY), around.needs(), ballast_bytes=4096)


def write(log: Log, note: Draft, *, signed: bool) -> bytes:
    (answer,) = log.write([[Prepared(note, {}, {})]])
    if signed or log.signing.unsigned(log.tree) >= SIGN_ENTRIES:
        log.sign()
    if len(log.pending) >= PROJECT_ENTRIES:
        log.project()
    assert isinstance(answer, list)
    return answer[0].data


def hop(journal: JournalThread, note: Prepared, *, signed: bool) -> None:
    journal.append([note], critical=False)
    if signed:
        journal.run(Log.sign)


def fill(around: Surroundings, entries: int) -> bytes:
    """Write ``entries`` entries through the real path, 5,000 in a transaction; return the last one's bytes."""
    log = Log(around.database, bytearray(DATABASE_KEY), around.needs(), ballast_bytes=4096)
    data, batch = b"", 5000
    for first in range(0, entries, batch):
        group = [[Prepared(draft(n), {}, {})] for n in range(first, min(first + batch, entries))]
        answer = log.write(group)[-1]
        assert isinstance(answer, list)
        data = answer[0].data
        log.sign()
        log.project()
        while log.mirror.behind(log.tree.size) > 0:
            log.copy_to_mirror()
    # As after a quiet hour: an index that lacks thousands of blocks adds some at every close.
    index.follow(log.db, log.tree.size, entries)
    log.close()
    return data


def verifying(folder: Path, entries: int) -> dict[str, float]:
    """Row 4: verify at depth ``bytes`` against a bare decrypting scan of the same file's rows.

    In a process of its own, as `journal verify` is one: what filling the log took is not what verifying takes.
    """
    around = Surroundings(folder)
    around.create()
    fill(around, entries)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(verified, (folder, around.anchored, entries))


def verified(folder: Path, anchored: list[bytes], entries: int) -> dict[str, float]:
    around = Surroundings(folder, anchored=anchored)
    times: dict[str, list[float]] = {"floor": [], "ours": [], "apart": []}
    for _ in range(3):
        db = open_database(around.database, bytearray(DATABASE_KEY), LOG, "drill")
        times["floor"].append(timed(partial(scan, db)))
        db.close()
        with around.open(ballast_bytes=4096) as journal:
            times["ours"].append(timed(partial(check, around, journal, 1)))
            peak = peak_memory()
            times["apart"].append(timed(partial(check, around, journal, 2)))
    best = {name: min(taken) / 1e6 for name, taken in times.items()}
    return {
        "entries": entries,
        "floor_s": best["floor"],
        "ours_s": best["ours"],
        "two_s": best["apart"],
        "ratio": best["ours"] / best["floor"],
        "two_by_one": best["ours"] / best["apart"],
        "max_rss_mb": peak,
        "entries_per_s": entries / best["ours"],
        "deep_s": deep_seconds(around),
    }


def deep_seconds(around: Surroundings) -> float:
    """Return how long depth ``deep`` takes on every core."""
    with around.open(ballast_bytes=4096) as journal:
        return timed(partial(journal.verify, deep=True)) / 1e6


def peak_memory() -> float:
    """Return the most that this process ever had resident, in MB; ``ru_maxrss`` would include its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def check(around: Surroundings, journal: Journal, processes: int) -> None:
    verdict = verify(journal.thread, around.needs(), deep=False, progress=None, processes=processes)
    assert verdict["ok"], verdict


def scan(db: Connection) -> None:
    for _ in db.execute("SELECT seq, body FROM entry"):
        pass


def opening(folder: Path, sizes: tuple[int, int]) -> dict[str, float]:
    """Row 6: open with anchor check and the last 100 rows against a bare SQLCipher open, at two sizes."""
    result: dict[str, float] = {}
    for name, entries in zip(("small", "large"), sizes, strict=True):
        around = Surroundings(folder / name, signing_key=ec.generate_private_key(ec.SECP256R1()))
        around.folder.mkdir()
        around.create()
        fill(around, entries)
        ours, floors = [], []
        for _ in range(31):
            floors.append(timed(partial(bare_open, around.database)))
            ours.append(timed(partial(open_and_list, around)))
        result |= {
            f"{name}_entries": entries,
            f"{name}_floor_us": statistics.median(floors),
            f"{name}_ours_us": statistics.median(ours),
            f"{name}_ratio": statistics.median(ours) / statistics.median(floors),
        }
    result["growth"] = result["large_ours_us"] / result["small_ours_us"]
    return result


def bare_open(path: Path) -> None:
    db = sqlcipher3.connect(str(path), isolation_level=None)
    salt = path.open("rb").read(16).hex()
    db.execute(f"""PRAGMA key="x'{DATABASE_KEY.hex()}{salt}'\"""")
    db.execute("SELECT body FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
    db.close()


def open_and_list(around: Surroundings) -> None:
    journal = around.open(ballast_bytes=4096)
    assert len(list(journal.entries(limit=100, newest_first=True))) == 100
    journal.close()


def proving(folder: Path, entries: int, rounds: int) -> dict[str, float]:
    """Row 7: an inclusion proof out of the database, and its verification. Absolute: they are this machine's."""
    around = Surroundings(folder)
    around.create()
    fill(around, entries)
    chance = random.Random(entries)
    proofs, checks = [], []
    with around.open(ballast_bytes=4096) as journal:
        root = journal.root_at(entries)
        for _ in range(rounds):
            seq = chance.randrange(entries)
            (entry,) = journal.entries(after=seq - 1, before=seq + 1)
            leaf = merkle.leaf_hash(entry.data)
            start = time.perf_counter_ns()
            proof = journal.thread.run(partial(inclusion, seq, entries))
            proofs.append((time.perf_counter_ns() - start) / 1000)
            checks.append(timed(partial(merkle.verify_inclusion, seq, entries, leaf, proof, root)))
    return {
        "entries": entries,
        "proof_us": statistics.median(proofs),
        "proof_p99_ms": p99(proofs) / 1000,
        "check_us": statistics.median(checks),
    }


def inclusion(seq: int, size: int, log: Log) -> list[bytes]:
    return merkle.inclusion_proof(seq, size, tail.node_source(log.db))
