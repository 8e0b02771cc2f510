"""Write numbers as a reader wants them: sensible digits, percent, times and counts."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..numbers import count
from .labels import RAISED, unit_text

FACTOR = 0.3  # decades from which on an error is a factor
__all__ = ["count", "duration", "number", "percent", "quantity", "relative", "times_faster"]

PLAIN = (1e-3, 1e5)  # sizes between these are written without a power of ten


def number(value: Any, digits: int = 3) -> str:
    """Return the text of a number with some significant digits; None and NaN are a dash.

    Whole numbers and texts stay as they are.

    >>> number(0.00123456), number(70012), number(None), number("asinh"), number(0.00026)
    ('0.00123', '70012', '–', 'asinh', '2.6 × 10⁻⁴')
    """
    if value is None or (isinstance(value, float | np.floating) and math.isnan(value)):
        return "–"
    if not isinstance(value, float | np.floating):
        return str(value)
    size = abs(value)
    if size == 0.0 or PLAIN[0] <= size < PLAIN[1]:
        decimals = 0 if size == 0.0 else max(0, digits - 1 - math.floor(math.log10(size)))
        text = f"{value:.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa} × 10{str(int(exponent)).translate(RAISED)}"


def quantity(value: Any, units: str = "1") -> str:
    """Return a number with its unit.

    >>> quantity(0.0312, "um"), quantity(4.0, "1")
    ('0.0312 µm', '4')
    """
    return f"{number(value)} {unit_text(units)}".rstrip()


def percent(share: float | None) -> str:
    """Return a share in percent with two significant digits.

    >>> percent(0.00471), percent(0.9), percent(1.082), percent(12345.0), percent(None)
    ('0.47 %', '90 %', '110 %', '1.2 × 10⁶ %', '–')
    """
    if share is None or math.isnan(share):
        return "–"
    return f"{number(float(f'{100 * share:.1e}'), 2)} %"


def relative(decades: float | None) -> str:
    """Return an error in decades as percent, or as a factor where it is large.

    >>> relative(0.0041), relative(3.26), relative(None)
    ('0.95 %', 'factor 1,800', '–')
    """
    if decades is None or math.isnan(decades):
        return "–"
    if decades < FACTOR:
        return percent(10.0**decades - 1.0)
    return f"factor {float(f'{10.0**decades:.1e}'):,.12g}"


def duration(seconds: float) -> str:
    """Return a time as text in a suitable unit.

    >>> duration(0.00042), duration(2.5), duration(7260), duration(4.2e-6)
    ('0.42 ms', '2.5 s', '2 h 1 min', '4.2 µs')
    """
    if seconds < 1e-4:
        return f"{1e6 * seconds:.3g} µs"
    if seconds < 1.0:
        return f"{1e3 * seconds:.3g} ms"
    if seconds < 120.0:
        return f"{seconds:.3g} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def unbroken(text: str) -> str:
    """Return a text in which no line ends between a number and its unit or its power of ten.

    >>> unbroken("off by 1.2 × 10⁶ %, the median of 9").replace(chr(0xA0), "~")
    'off by 1.2~×~10⁶~%, the median of 9'
    """
    return re.sub(r"(?<=[\d⁰¹²³⁴⁵⁶⁷⁸⁹]) (?=[%×])|(?<=×) |(?<=\d) (?=\w{1,2}\b)", "\u00a0", text)


def times_faster(slow: float, fast: float) -> str:
    """Say how much faster one time is than another, with two significant digits.

    >>> times_faster(0.3, 0.001), times_faster(1.0, 2.0)
    ('300 times faster', '2 times slower')
    """
    ratio, word = (slow / fast, "faster") if slow >= fast else (fast / slow, "slower")
    return f"{float(f'{ratio:.1e}'):,.12g} times {word}"


def listed(items: Sequence[str]) -> str:
    """Return items as a sentence lists them.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))
