# SPDX-License-Identifier: Apache-2.0
"""One row of readiness, as every check makes it; what to do about it now stands in ``console.sentences.checks``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from console.domain.canonical import Json

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Told:
    """One thing that was found: a text with named places, and what stands there. A face says it in its language."""

    text: str
    facts: Mapping[str, Json]

    def __str__(self) -> str:
        return self.text.format(**self.facts)


def told(text: str, **facts: Json) -> Told:
    """Return one thing that was found."""
    return Told(text, facts)


def check(id_: str, *, ok: bool, detail: str, level: str = "error", **facts: Json) -> dict[str, Json]:
    """Return a row; ``level`` says how grave it is when it is not in order: error (not ready) or warning."""
    return _row(id_, [told(detail, **facts)], level="ok" if ok else level)


def warn_of(id_: str, found: Sequence[Told]) -> dict[str, Json]:
    """Return a row that warns of each thing found, and is in order when there is none."""
    return _row(id_, found or [told("in order")], level="warning" if found else "ok")


def _row(id_: str, found: Sequence[Told], *, level: str) -> dict[str, Json]:
    return {
        "id": id_, "ok": level == "ok", "level": level, "detail": "; ".join(str(one) for one in found),
        "said": [{"text": one.text, "facts": cast(Json, dict(one.facts))} for one in found],
    }  # fmt: skip
