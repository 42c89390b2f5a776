# SPDX-License-Identifier: Apache-2.0
"""One row of readiness, as every check makes it; what to do about it now stands in ``console.sentences.checks``."""

from collections.abc import Sequence
from typing import cast

from console.domain.canonical import Json, Object
from console.domain.told import as_written, in_words, told

DAY_MS = 86_400_000


def check(id_: str, *, ok: bool, detail: str, level: str = "error", **facts: Json) -> dict[str, Json]:
    """Return a row; ``level`` says how grave it is when it is not in order: error (not ready) or warning."""
    return _row(id_, [told(detail, **facts)], level="ok" if ok else level)


def warn_of(id_: str, found: Sequence[Object]) -> dict[str, Json]:
    """Return a row that warns of each thing found (``told``), and is in order when there is none."""
    return _row(id_, found or [told("in order")], level="warning" if found else "ok")


def _row(id_: str, found: Sequence[Object], *, level: str) -> dict[str, Json]:
    return {
        "id": id_, "ok": level == "ok", "level": level, "said": cast(Json, found),
        "detail": "; ".join(str(in_words(one, as_written)) for one in found),
    }  # fmt: skip
