# SPDX-License-Identifier: Apache-2.0
"""One row of readiness, as every check makes it; what to do about it now stands in ``console.sentences.checks``."""

from collections.abc import Sequence
from typing import cast

from console.domain.canonical import Json, Object
from console.domain.text import as_written, in_words, told

DAY_MS = 86_400_000


def check(id_: str, *, ok: bool, detail: str, level: str = "error", mend: str = "", **facts: Json) -> dict[str, Json]:
    """Return a row; ``level`` says how grave it is when it is not in order: error (not ready) or warning.

    ``mend``: how this finding is mended, where that is not as the check's others are.
    """
    return _row(id_, [told(detail, **facts)], level="ok" if ok else level, mend=mend)


def warn_of(
    id_: str, found: Sequence[Object], *, level: str = "warning", mend: str = "", fine: str = "in order"
) -> dict[str, Json]:
    """Return a row that warns of each thing found (``told``), and says that it is ``fine`` when there is none."""
    return _row(id_, found or [told(fine)], level=level if found else "ok", mend=mend)


def _row(id_: str, found: Sequence[Object], *, level: str, mend: str) -> dict[str, Json]:
    return {
        "id": id_,
        "mend": mend or id_,
        "ok": level == "ok",
        "level": level,
        "said": cast(Json, found),
        "detail": "; ".join(str(in_words(one, as_written)) for one in found),
    }
