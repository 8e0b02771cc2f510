"""What the cell at the head of a column says: a name and a unit."""

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from .units import unit_of

# Names by the unit of what they name, in lower case, as instruments and people write them.
WORDS = {
    "s": (
        "t", "time", "times", "zeit", "temps", "tiempo", "tempo", "seconds", "timestamp",
        "elapsed", "xvalue", "时间", "時間",
    ),
    "V": (
        "v", "u", "voltage", "volt", "volts", "spannung", "tension", "voltaje", "tensione",
        "bias", "ewe", "vf", "av", "anodev", "电压", "電圧",
    ),
    "A": (
        "i", "current", "amp", "amps", "strom", "courant", "corriente", "corrente", "im", "if",
        "ai", "anodei", "电流", "電流",
    ),
}  # fmt: skip
KNOWN = frozenset(word for words in WORDS.values() for word in words)
NODES = ("V", "v", "I", "i")  # SPICE: V(n001), I(R1)
GENERIC = frozenset(("channel", "ch", "c", "y", "value", "values", "untitled", "signal", "data"))
CHANNEL = re.compile(
    r"(smu|smua|smub|ch|channel|chan|c|force|sense|terminal|top|te|elapsed|rel|relative|test|total"
    r"|applied|meas|measured|source|sourced)[0-9]*"
)
# What alone, or after a "_", is a unit: a name such as "Ts", "min" or "t_d" is none.
BARE = re.compile(r"(?!min$)([pnuµμmk]?[sVA]|[A-Za-z]{3,})")
INDEXES = re.compile(r"(\[[0-9]*\]){2,}$|(?<=\.\w)\[[0-9]+\]$")
BRACKETS = re.compile(r"(.*?)\s*[\[({](.+)[\])}]")
MAGNITUDE = re.compile(r"\|.+\||(?i:\babs(?![a-z])|\babsolute\b|magnitude|modulus)|\babs[A-Z]")
SEPARATED = re.compile(r"(.+?)\s*(?:/|,\s|;\s)\s*(.+)")
TAIL = re.compile(r"(.+?)[_\s](\S+)")


@dataclass(frozen=True)
class Title:
    """The head of a column.

    Args:
        text: As it is written.
        name: What it names, "" where only a unit is given.
        unit: Its unit, or None.
        strange: What stands in its brackets though it is no unit.
    """

    text: str
    name: str
    unit: str | None = None
    strange: str = ""

    @property
    def kind(self) -> str | None:
        """The unit of what the name names: "s", "V", "A", or None."""
        word = _word(self.name)
        return next((unit for unit, words in WORDS.items() if word in words), None)

    @property
    def is_magnitude(self) -> bool:
        """Whether it names something without its sign, as "|I|" or "abs I"."""
        return MAGNITUDE.search(self.text) is not None

    @property
    def is_generic(self) -> bool:
        """Whether the name says nothing, as "Channel 1" or "Untitled"."""
        return self.text == "" or re.sub(r"[^a-z]", "", self.name.lower()) in GENERIC


def title_of(text: str, below: str = "", names: Container[str] = ()) -> Title:
    """Read the head of a column.

    Args:
        text: Its cell in the header.
        below: Its cell in the line of units.
        names: Names that are taken whole, whatever they end with.

    >>> title_of("Time/ms")
    Title(text='Time/ms', name='Time', unit='ms', strange='')
    >>> title_of("Smu1.V[1][1]").name, title_of("U_max [mV]").unit, title_of("mV").unit
    ('Smu1.V', 'mV', 'mV')
    """
    unit = below.strip("[]() ") or None
    name = INDEXES.sub("", text.strip().strip("<>"))
    if name in names or unit is not None:
        inner = BRACKETS.fullmatch(name)
        return Title(text, inner[1] if inner and name not in names else name, unit)
    inner = BRACKETS.fullmatch(name)
    if inner:
        return _bracketed(text, inner[1], inner[2].strip())
    apart = SEPARATED.fullmatch(name)
    if apart and not apart[1].isdigit() and unit_of(apart[2]) is not None:
        return Title(text, apart[1].strip("<> "), apart[2])
    tail = TAIL.fullmatch(name)
    if tail and (tail[1] in names or _word(tail[1]) in KNOWN) and _is_bare_unit(tail[2]):
        return Title(text, tail[1], tail[2])
    if _word(name) not in KNOWN and _is_bare_unit(name):
        return Title(text, "", name)
    return Title(text, name)


def _is_bare_unit(text: str) -> bool:
    return BARE.fullmatch(text) is not None and unit_of(text) is not None


def _bracketed(text: str, name: str, inner: str) -> Title:
    if unit_of(inner) is not None:
        return Title(text, name, inner)
    if name in NODES or CHANNEL.fullmatch(re.sub(r"[^a-z0-9]", "", inner.lower())):
        return Title(text, name)
    return Title(text, name, None, inner)


def _word(name: str) -> str:
    """Return the word of a name that says what it is, without channels and numbers.

    >>> _word("SMU-1 Time"), _word("V1"), _word("Smu1.V")
    ('time', 'v', 'v')
    """
    if "|" in name or "/" in name:
        return name  # the magnitude of something, or something by something
    words = re.split(r"[^\w]+|_", name.lower())
    words = [word for word in words if word and not word.isdigit()]
    kept = [word for word in words if not CHANNEL.fullmatch(word)] or words
    return re.sub(r"(?<=[^\W\d])[0-9]+$", "", "".join(kept))


def is_known(text: str) -> bool:
    """Tell whether a cell names a quantity or ends with a unit."""
    title = title_of(text)
    return bool(text) and (title.kind is not None or title.unit is not None)


def tidy_words(words: Sequence[str]) -> list[str]:
    """Join a bracketed unit to the word in front of it: "Time", "(s)".

    >>> tidy_words(["Time", "(s)", "Voltage", "(V)"])
    ['Time (s)', 'Voltage (V)']
    """
    joined: list[str] = []
    for word in words:
        if joined and word[:1] in "[(":
            joined[-1] += f" {word}"
        else:
            joined.append(word)
    return joined
