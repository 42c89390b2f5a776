# SPDX-License-Identifier: Apache-2.0
"""Shamir's secret sharing over GF(2^8) with the polynomial 0x11b, byte by byte, without secret-dependent branches.

A share is a number x (1..n) and as many bytes as the secret. Any m shares give the secret, fewer give nothing;
there is no checksum here: whether a combination is right is for the AEAD above to say (A. Shamir, CACM 22, 1979).
"""

from collections.abc import Callable, Sequence

from console.domain.errors import Misused

MAX_SHARES = 255
_INVERSE_SQUARINGS = 6


def split(secret: bytes, m: int, n: int, random: Callable[[int], bytes]) -> list[bytes]:
    """Return the shares number 1..n, each as long as the secret; any m of them recover it."""
    if not 1 <= m <= n <= MAX_SHARES:
        raise Misused("shamir_threshold", m=m, n=n)
    coefficients = [secret, *(random(len(secret)) for _ in range(m - 1))]
    return [_evaluate(coefficients, x) for x in range(1, n + 1)]


def combine(shares: Sequence[tuple[int, bytes]]) -> bytes:
    """Return the value at 0 of the polynomial through these shares (number, bytes); garbage in, garbage out."""
    secret = bytes(len(shares[0][1]))
    for index, (x, y) in enumerate(shares):
        weight = 1
        for other, (x_other, _) in enumerate(shares):
            if other != index:
                weight = _multiply(weight, _multiply(x_other, _inverse(x ^ x_other)))
        secret = bytes(s ^ _multiply(weight, value) for s, value in zip(secret, y, strict=True))
    return secret


def _evaluate(coefficients: Sequence[bytes], x: int) -> bytes:
    y = bytes(len(coefficients[0]))
    for coefficient in reversed(coefficients):
        y = bytes(_multiply(value, x) ^ c for value, c in zip(y, coefficient, strict=True))
    return y


def _multiply(a: int, b: int) -> int:
    # Masks instead of tables and branches: neither timing nor cache tells which bits were set.
    product = 0
    for _ in range(8):
        product ^= a & -(b & 1)
        a = (a << 1) ^ (0x11B & -(a >> 7))
        b >>= 1
    return product & 0xFF


def _inverse(a: int) -> int:
    power = a
    for _ in range(_INVERSE_SQUARINGS):
        power = _multiply(_multiply(power, power), a)
    return _multiply(power, power)
