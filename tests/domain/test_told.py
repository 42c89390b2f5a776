# SPDX-License-Identifier: Apache-2.0
"""A text with places: what stands there is said only where it is told itself; a name stays what it is."""

from console.domain.canonical import Json
from console.domain.text import all_of, as_written, in_words, told

GERMAN = {
    "{name}: {state}": "{name} ist {state}",
    "none": "keine",
    "open": "offen",
    "{first} and {second}": "{first} und {second}",
}


def say(text: str, /, **values: object) -> str:
    """Say it in German; a text that has none is our bug."""
    return GERMAN[text].format(**values)


def test_a_name_that_is_a_word_of_the_catalogue_is_not_translated() -> None:
    assert in_words(told("{name}: {state}", name="none", state=told("open")), say) == "none ist offen"


def test_what_is_told_is_found_wherever_it_stands_and_all_else_stays() -> None:
    content: dict[str, Json] = {
        "title": told("open"),
        "rows": [["none", told("none")], 7, None, True],
        "text": "open",
        "facts": {},
    }
    assert in_words(content, say) == {
        "title": "offen",
        "rows": [["none", "keine"], 7, None, True],
        "text": "open",
        "facts": {},
    }


def test_several_are_joined_in_the_language() -> None:
    assert in_words(all_of(["a", "b", told("open")]), say) == "a und b und offen"
    assert in_words(all_of(["a"]), say) == "a"
    assert in_words(all_of(["a", "b"]), as_written) == "a and b"


def test_braces_in_a_name_are_letters() -> None:
    assert in_words(told("{name}: {state}", name="{state}", state="x"), say) == "{state} ist x"
