"""Print on any console; characters that its encoding lacks are written in ASCII."""

import codecs
import io
import json
import math
import re
import sys
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

NARROWEST = 60  # columns of a table
HANDLER = "dynsur.plain"
ASCII = "dynsur-ascii"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
PLAIN = {
    "…": "...", "–": "-", "—": "-", "−": "-", "×": "x", "·": "*", "µ": "u", "μ": "mu", "Ω": "ohm",
    "≤": "<=", "≥": ">=", "≈": "~", "→": "->", "±": "+-", "√": "sqrt", "∮": "contour integral ",
    "∂": "d", "∫": "int ", "Δ": "Delta", "°": "deg", "█": "#", "▏": "|", "“": '"', "”": '"',
    "‘": "'", "’": "'", "ϵ": "epsilon",
}  # fmt: skip


def plain(text: str) -> str:
    """Return a text in ASCII, as one would type it.

    >>> plain("1.5 × 10⁻⁶ m²/(V s), φ_L … Table 1")
    '1.5 x 10^-6 m^2/(V s), phi_L ... Table 1'
    """
    raised = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", lambda m: "^" + m[0].translate(SUPERSCRIPTS), text)
    return "".join(map(_letter, raised))


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter in PLAIN:
        return PLAIN[letter]
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK "):  # e.g. GREEK SMALL LETTER PHI
        word = name.partition(" LETTER ")[2].split(" ")[0].lower()
        return word.capitalize() if "CAPITAL" in name else word
    if name.startswith("BOX DRAWINGS"):
        kind = name.rpartition(" ")[2]
        return {"HORIZONTAL": "-", "VERTICAL": "|"}.get(kind, "+")
    letters = unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return letters or "?"


def write_plainly_where_needed() -> None:
    """Let standard output and errors replace characters that their encoding lacks."""
    codecs.register_error(HANDLER, _replaced)
    codecs.register(_own_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plainly = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=ASCII if plainly else None, errors=HANDLER)


def _own_ascii(name: str) -> codecs.CodecInfo | None:
    """Return ASCII under a name of our own: where it is called ascii, typer writes UTF-8."""
    if name.replace("-", "_") != ASCII.replace("-", "_"):
        return None
    ascii_ = codecs.lookup("ascii")
    return codecs.CodecInfo(
        name=ASCII,
        encode=ascii_.encode,
        decode=ascii_.decode,
        incrementalencoder=ascii_.incrementalencoder,
        incrementaldecoder=ascii_.incrementaldecoder,
        streamreader=ascii_.streamreader,
        streamwriter=ascii_.streamwriter,
    )


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


def print_json(content: Any) -> None:
    """Print values as JSON, whose numbers are finite: what is not a number becomes null."""
    print(json.dumps(_as_json(content), indent=1, allow_nan=False))


def _as_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _as_json(part) for name, part in value.items()}
    if hasattr(value, "tolist"):  # numpy's numbers and arrays
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_as_json(part) for part in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool | int | None) else str(value)


def table_console(**options: Any) -> "Console":
    """Return a console for tables, which a narrow terminal breaks: no word is cut."""
    from rich.console import Console

    console = Console(**options)
    console.width = max(console.width, NARROWEST)
    return console
