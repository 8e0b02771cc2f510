"""Units as headers of tables write them, and the factor from one to another."""

import functools
import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..errors import DynsurError

# Powers of metre, kilogram, second, ampere, kelvin, mole.
Dimension = tuple[int, int, int, int, int, int]
NONE: Dimension = (0, 0, 0, 0, 0, 0)
PREFIXES = {
    "f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1, "k": 3, "K": 3, "M": 6,
    "G": 9, "T": 12, "femto": -15, "pico": -12, "nano": -9, "micro": -6, "milli": -3,
    "centi": -2, "kilo": 3, "mega": 6, "giga": 9,
}  # fmt: skip
# Symbol, other spellings that take a prefix too: value in SI units, dimension.
PREFIXED: dict[tuple[str, ...], tuple[Fraction | int, Dimension]] = {
    ("m", "metre", "meter"): (1, (1, 0, 0, 0, 0, 0)),
    ("g", "gram"): (Fraction(1, 1000), (0, 1, 0, 0, 0, 0)),
    ("s", "sec", "second", "seconds"): (1, (0, 0, 1, 0, 0, 0)),
    ("A", "amp", "amps", "ampere", "amperes"): (1, (0, 0, 0, 1, 0, 0)),
    ("K", "kelvin"): (1, (0, 0, 0, 0, 1, 0)),
    ("mol",): (1, (0, 0, 0, 0, 0, 1)),
    ("V", "volt", "volts"): (1, (2, 1, -3, -1, 0, 0)),
    ("ohm", "ohms", "Ohm", "Ohms", "OHM", "\u03a9"): (1, (2, 1, -3, -2, 0, 0)),
    ("S", "siemens"): (1, (-2, -1, 3, 2, 0, 0)),
    ("F", "farad"): (1, (-2, -1, 4, 2, 0, 0)),
    ("H", "henry"): (1, (2, 1, -2, -2, 0, 0)),
    ("C", "coulomb"): (1, (0, 0, 1, 1, 0, 0)),
    ("W", "watt", "watts"): (1, (2, 1, -3, 0, 0, 0)),
    ("J", "joule"): (1, (2, 1, -2, 0, 0, 0)),
    ("eV",): (Fraction("1.602176634e-19"), (2, 1, -2, 0, 0, 0)),
    ("N", "newton"): (1, (1, 1, -2, 0, 0, 0)),
    ("Pa",): (1, (-1, 1, -2, 0, 0, 0)),
    ("Hz", "hertz"): (1, (0, 0, -1, 0, 0, 0)),
    ("T", "tesla"): (1, (0, 1, -2, -1, 0, 0)),
    ("Ah",): (3600, (0, 0, 1, 1, 0, 0)),
    ("Wh",): (3600, (2, 1, -2, 0, 0, 0)),
}
PLAIN: dict[tuple[str, ...], tuple[Fraction | int, Dimension]] = {
    ("1", "-", "#", "none"): (1, NONE),
    ("%", "percent"): (Fraction(1, 100), NONE),
    ("min", "mins", "minute", "minutes"): (60, (0, 0, 1, 0, 0, 0)),
    ("h", "hr", "hrs", "hour", "hours"): (3600, (0, 0, 1, 0, 0, 0)),
    ("d", "day", "days"): (86400, (0, 0, 1, 0, 0, 0)),
    ("°C", "℃", "degC", "deg C"): (1, (0, 0, 0, 0, 1, 0)),
    ("Å", "angstrom"): (Fraction(1, 10**10), (1, 0, 0, 0, 0, 0)),
    ("rad",): (1, NONE),
}
CELSIUS = ("°C", "℃", "degC", "deg C")
ICE = 273.15  # K
SYMBOLS = {
    name: unit for table in (PREFIXED, PLAIN) for names, unit in table.items() for name in names
}
WITH_PREFIX = {name for names in PREFIXED for name in names}
# The same letters in other code points, and powers.
PLAINER = str.maketrans(
    {"\u00b5": "u", "\u03bc": "u", "\u2126": "\u03a9", "\u212a": "K", "\u212b": "\u00c5",
     "\u00b2": "^2", "\u00b3": "^3", "\u2074": "^4", "\u00b9": "^1", "\u207b": "^-",
     "\u00b7": "*", "\u22c5": "*", "\u00d7": "*", "\u2212": "-"}
)  # fmt: skip
TOUCHING = {"Vs": ("V", "s"), "As": ("A", "s"), "Ws": ("W", "s"), "Nm": ("N", "m")}
TOKEN = re.compile(r"\s*(\*\*|[*/()^]|[+-]?[0-9]+|[^\W\d_]+|°C|°|℃|%|#)")


@dataclass(frozen=True)
class Unit:
    """A unit: its value in SI units, and the SI units' powers."""

    value: Fraction
    dimension: Dimension
    offset: float = 0.0

    def __mul__(self, other: "Unit") -> "Unit":
        powers = (a + b for a, b in zip(self.dimension, other.dimension, strict=True))
        return Unit(self.value * other.value, tuple(powers))  # type: ignore[arg-type]

    def __pow__(self, power: int) -> "Unit":
        return Unit(self.value**power, tuple(power * a for a in self.dimension))  # type: ignore[arg-type]


ONE = Unit(Fraction(1), NONE)


@functools.lru_cache(maxsize=256)
def unit_of(text: str) -> Unit | None:
    """Return the unit that a text names, or None.

    >>> unit_of("kV/cm").value, unit_of("m^2/(V s)") == unit_of("m2 V-1 s-1"), unit_of("volts ago")
    (Fraction(100000, 1), True, None)
    """
    if len(text) > 60:
        return None
    text = re.sub(r"\s+vs\.?\s.*$", "", text.strip()).strip()  # "V vs. Ref."
    if not text:
        return None
    if text in CELSIUS:
        return Unit(Fraction(1), SYMBOLS[text][1], ICE)
    plain = text.translate(PLAINER).replace("^-^", "^-")
    tokens = _tokens(plain)
    if tokens is None:
        return None
    found, rest = _product(tokens)
    return found if found is not None and not rest else None


def _tokens(text: str) -> list[str] | None:
    tokens, place = [], 0
    if text in ("-",):
        return [text]
    while place < len(text.rstrip()):
        match = TOKEN.match(text, place)
        if match is None:
            return None
        tokens.append(match[1])
        place = match.end()
    return tokens


def _product(tokens: list[str]) -> tuple[Unit | None, list[str]]:
    """Read factors up to the end or a closing bracket; return what is left."""
    result, sign, expected = ONE, 1, True
    while tokens and tokens[0] != ")":
        head, *tokens = tokens
        if head in ("*", "/"):
            if expected:
                return None, tokens
            sign, expected = (-1 if head == "/" else 1), True
            continue
        if head == "(":
            factor, tokens = _product(tokens)
            if factor is None or not tokens:
                return None, tokens
            tokens = tokens[1:]
        else:
            factor = _symbol(head)
        if factor is None:
            return None, tokens
        if tokens and tokens[0] in ("^", "**"):
            tokens = tokens[1:]
            if not tokens or not re.fullmatch(r"[+-]?[0-9]", tokens[0]):
                return None, tokens
        if tokens and re.fullmatch(r"[+-]?[0-9]", tokens[0]):
            factor, tokens = factor ** int(tokens[0]), tokens[1:]
        result, sign, expected = result * factor**sign, 1, False
    return (None if expected else result), tokens


def _symbol(text: str) -> Unit | None:
    """Return the unit of one symbol with or without a prefix, or of two that touch: `Vs`."""
    if text in SYMBOLS:
        value, dimension = SYMBOLS[text]
        return Unit(Fraction(value), dimension)
    if text in TOUCHING:
        one, other = (Unit(Fraction(1), SYMBOLS[letter][1]) for letter in TOUCHING[text])
        return one * other
    for name in (text, text.lower()):
        for prefix in sorted(PREFIXES, key=len, reverse=True):
            if name.startswith(prefix) and name[len(prefix) :] in WITH_PREFIX:
                value, dimension = SYMBOLS[name[len(prefix) :]]
                return Unit(Fraction(value) * Fraction(10) ** PREFIXES[prefix], dimension)
        if name in SYMBOLS and len(name) > 2:
            value, dimension = SYMBOLS[name]
            return Unit(Fraction(value), dimension)
        if len(text) <= 2:
            break  # "MV" is no "mv"
    return None


def convert(values: np.ndarray, given: str, expected: str, where: str) -> np.ndarray:
    """Return values of one unit in another.

    Args:
        values: Numbers in `given`.
        given: Unit of the values.
        expected: Unit of the result.
        where: Names the column in the message.

    Raises:
        DynsurError: A unit is unknown or they measure different things.

    >>> convert(np.array([500.0]), "ms", "s", "column 1")
    array([0.5])
    """
    if given == expected:
        return values
    one, other = unit_of(given), unit_of(expected)
    if one is None:
        raise DynsurError(
            f"{where} is in '{given}', a unit that is not known; expected {expected}."
        )
    if other is None or one.dimension != other.dimension:
        raise DynsurError(f"{where} is in {given}; expected {expected} or a multiple of it.")
    ratio = one.value / other.value
    # A division by a whole power of ten rounds once, a product with 0.001 twice.
    scaled = values * float(ratio) if ratio >= 1 else values / float(1 / ratio)
    return scaled + (one.offset - other.offset)


def same_dimension(one: str, other: str) -> bool:
    """Tell whether two units measure the same thing."""
    first, second = unit_of(one), unit_of(other)
    return first is not None and second is not None and first.dimension == second.dimension
