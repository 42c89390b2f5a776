# SPDX-License-Identifier: Apache-2.0
"""SLIP-39 by its reference library, with our randomness and no passphrase.

The library is not hardened and its arithmetic is not constant time, so it runs on the air-gapped station alone, for the
moments of printing and typing in (``docs/decisions/0017-recovery-sheets.md``).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from shamir_mnemonic import EncryptedMasterSecret, MnemonicError, Share, combine_mnemonics, rs1024, shamir, split_ems
from shamir_mnemonic.constants import CHECKSUM_LENGTH_WORDS, CUSTOMIZATION_STRING_EXTENDABLE, RADIX_BITS
from shamir_mnemonic.wordlist import WORD_INDEX_MAP, WORDLIST

from console.domain.errors import Refused
from console.domain.recovery.sheets import SHEET_WORDS, Sheet

PASSPHRASE = b""
"""Never one: with a wrong passphrase SLIP-39 returns another secret and says nothing."""
ITERATION_EXPONENT = 0
"""The stretching is for passphrases; the secret is random."""


def split(
    secret: bytes, groups: Sequence[tuple[int, int]], identifier: int, random: Callable[[int], bytes]
) -> list[list[list[str]]]:
    """Return per group and sheet its words; ``groups``: (needed, count) each, and all groups are needed."""
    sealed = EncryptedMasterSecret.from_master_secret(
        secret, PASSPHRASE, identifier, extendable=True, iteration_exponent=ITERATION_EXPONENT
    )
    with _drawing_from(random):
        return [[share.words() for share in group] for group in split_ems(len(groups), groups, sealed)]


def read(number: int, words: Sequence[str]) -> Sheet:
    """Return what one sheet says of itself; ``number``: which of those typed in.

    ``Refused``, naming the sheet: sheet_length, sheet_word_unknown, sheet_word_wrong (with the word's place),
    sheet_words_wrong.
    """
    indices = _indices(number, [word.strip().lower() for word in words])
    if not _holds(indices):
        place = _misread(indices)
        if place is None:
            raise Refused("sheet_words_wrong", sheet=number)
        raise Refused("sheet_word_wrong", sheet=number, word=place)
    spelled = tuple(WORDLIST[index] for index in indices)
    try:
        share = Share.from_mnemonic(" ".join(spelled))
    except MnemonicError as error:
        raise Refused("sheet_words_wrong", sheet=number) from error
    return Sheet(number, share.identifier, share.group_index, share.index, share.member_threshold, spelled)


def combine(sheets: Sequence[Sheet]) -> bytearray:
    """Return the secret of exactly the sheets needed, to be wiped; ``Refused`` (sheets_do_not_fit)."""
    try:
        return bytearray(combine_mnemonics([" ".join(sheet.words) for sheet in sheets], PASSPHRASE))
    except MnemonicError as error:
        raise Refused("sheets_do_not_fit") from error


def _indices(number: int, words: Sequence[str]) -> list[int]:
    if len(words) != SHEET_WORDS:
        raise Refused("sheet_length", sheet=number, words=len(words), needed=SHEET_WORDS)
    for place, word in enumerate(words, start=1):
        if word not in WORD_INDEX_MAP:
            raise Refused("sheet_word_unknown", sheet=number, word=place)
    return [WORD_INDEX_MAP[word] for word in words]


def _holds(indices: Sequence[int]) -> bool:
    return bool(rs1024.verify_checksum(indices, CUSTOMIZATION_STRING_EXTENDABLE))


def _misread(indices: Sequence[int]) -> int | None:
    """Return the place (from 1) of the one word that, changed, would make the sheet hold; None if there is none.

    The checksum tells up to three wrong words apart from right ones, so one wrong word has one place. Which word it
    should be is not said: people look at their sheet again.
    """
    data, typed = list(indices[:-CHECKSUM_LENGTH_WORDS]), indices[-CHECKSUM_LENGTH_WORDS:]
    off = _checksum(data) ^ _packed(typed)
    # It is linear over bits: each changed bit of a word changes the checksum by the same pattern, whatever the rest.
    unchanged = _checksum([0] * len(data))
    for place in range(len(data)):
        patterns = (_checksum(_only(place, 1 << bit, len(data))) ^ unchanged for bit in range(RADIX_BITS))
        if off in _sums(patterns):
            return place + 1
    for place in range(CHECKSUM_LENGTH_WORDS):
        if off in _sums(_packed(_only(place, 1 << bit, CHECKSUM_LENGTH_WORDS)) for bit in range(RADIX_BITS)):
            return len(data) + place + 1
    return None


def _checksum(data: Sequence[int]) -> int:
    return _packed(rs1024.create_checksum(data, CUSTOMIZATION_STRING_EXTENDABLE))


def _packed(words: Sequence[int]) -> int:
    number = 0
    for word in words:
        number = number << RADIX_BITS | word
    return number


def _only(place: int, word: int, count: int) -> list[int]:
    return [word if at == place else 0 for at in range(count)]


def _sums(patterns: Iterable[int]) -> set[int]:
    """Return what every selection of these patterns adds up to."""
    sums = {0}
    for pattern in patterns:
        sums |= {pattern ^ other for other in sums}
    return sums


@contextmanager
def _drawing_from(random: Callable[[int], bytes]) -> Iterator[None]:
    """Let the library draw from our generator: it takes its own from a module variable made for that."""
    before = shamir.RANDOM_BYTES
    shamir.RANDOM_BYTES = random
    try:
        yield
    finally:
        shamir.RANDOM_BYTES = before
