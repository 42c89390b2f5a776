# SPDX-License-Identifier: Apache-2.0
"""From a request to its answer, whatever happens: the one place where failures become codes."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from console.domain.errors import ConsoleError, Misused, Unavailable
from console.domain.frame import Frame
from console.tokens import wire
from console.tokens.request import Request, Verb

ENDS_PROCESS = frozenset({"token_removed", "token_broken"})
InOurWords = Callable[[], AbstractContextManager[None]]


def answered(verbs: Mapping[str, Verb], frame: Frame, in_our_words: InOurWords = nullcontext) -> Frame:
    """Return the answer to a request, whatever happens; its tail is wiped. ``in_our_words``: around foreign code."""
    number = frame.head.get("id")
    try:
        with in_our_words():
            answer = _verb(verbs, frame)(Request(frame.head, frame.tail))
    except ConsoleError as error:
        return _failed(number, error)
    except OSError as error:  # The folder: full, read-only, gone. What was done there is not acknowledged.
        return _failed(number, Unavailable("token_broken", why=str(error)))
    finally:
        wire.wipe(frame.tail)
    return Frame({"id": number, "ok": answer.ok}, answer.tail)


def ends_process(answer: Frame) -> bool:
    """Tell whether the module cannot be trusted after this answer."""
    error = answer.head.get("error")
    return isinstance(error, dict) and error["code"] in ENDS_PROCESS


def _verb(verbs: Mapping[str, Verb], frame: Frame) -> Verb:
    verb = verbs.get(str(frame.head.get("verb")))
    if verb is None:
        raise Misused("verb_unknown", verb=str(frame.head.get("verb")))
    return verb


def _failed(number: object, error: ConsoleError) -> Frame:
    facts = {name: str(value) for name, value in error.facts.items()}
    return Frame({"id": number, "error": {"family": error.family, "code": error.code, "facts": facts}})
