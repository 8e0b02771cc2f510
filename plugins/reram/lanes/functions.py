"""Exponential and logarithm of eight numbers, to rounding."""

from typing import Any

from .vector import (
    exponent,
    inlined,
    larger,
    mantissa,
    power_of_two,
    rounded,
    smaller,
    splat,
)  # fmt: skip

LARGEST = 708.0  # beyond it e^±x is no normal number
PER_LOG_2 = 1.4426950408889634
# log 2 in two parts: multiples of the first, of few bits, are exact.
LOG_2, LOG_2_REST = 6.93147180369123816490e-01, 1.90821492927058770002e-10


@inlined
def exponential(x: Any) -> Any:
    """Return eˣ and eˣ − 1; x is cut to ±708.

    x = k log 2 + r with |r| ≤ ½ log 2, and e^r − 1 by its Taylor series to r¹³.
    """
    x = larger(smaller(x, LARGEST), -LARGEST)
    k = rounded(x * PER_LOG_2)
    r = (x - k * LOG_2) - k * LOG_2_REST
    p = splat(1.0 / 6227020800.0)
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = (p * r) * r + r
    scale = power_of_two(k)
    return scale * p + scale, scale * p + (scale - 1.0)


@inlined
def logarithm(x: Any) -> Any:
    """Return log x of positive normal x.

    x = m 2^k with m from √½ to √2, and log m = 2 artanh f, f = (m − 1)/(m + 1), by its series.
    """
    k, m = exponent(x), mantissa(x)
    f = (m - 1.0) / (m + 1.0)
    s = f * f
    p = splat(2.0 / 21.0)
    p = p * s + 2.0 / 19.0
    p = p * s + 2.0 / 17.0
    p = p * s + 2.0 / 15.0
    p = p * s + 2.0 / 13.0
    p = p * s + 2.0 / 11.0
    p = p * s + 2.0 / 9.0
    p = p * s + 2.0 / 7.0
    p = p * s + 2.0 / 5.0
    p = p * s + 2.0 / 3.0
    return k * LOG_2 + (k * LOG_2_REST + (p * s * f + 2.0 * f))
