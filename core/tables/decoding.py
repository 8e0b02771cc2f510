"""The bytes of a text file as lines, whatever its encoding."""

import codecs
import re
import stat
from pathlib import Path

from ..errors import DynsurError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls); save it as .xlsx or CSV"),
    (b"\x89HDF", "an HDF5 file; export the columns as CSV"),
    (b"MATLAB 5.0 MAT-file", "a MATLAB file; export the columns as CSV"),
    (b"\x93NUMPY", "a numpy array; save it with numpy.savetxt"),
    (b"\x1f\x8b", "compressed; unpack it first"),
    (b"PK\x03\x04", "a zip archive or a workbook; a workbook's name ends in .xlsx"),
    (b"PAR1", "a parquet table; its name must end in .parquet"),
    (b"%PDF", "a PDF"),
)
UNSEEN = dict.fromkeys([*range(0x80, 0xA0), 0x2028, 0x2029], " ")  # would break a message
CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


def read_bytes(path: Path) -> bytes:
    """Return what a file or a pipe holds.

    Raises:
        DynsurError: It is a folder or a device, or cannot be read.
    """
    try:
        kind = path.stat().st_mode
        if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
            what = "a folder" if stat.S_ISDIR(kind) else "no file"
            raise DynsurError(f"cannot read the table '{path}': it is {what}.")
        return path.read_bytes()
    except (OSError, ValueError, MemoryError) as error:
        told = getattr(error, "strerror", None) or error
        raise DynsurError(f"cannot read the table '{path}': {told}.") from None


def decode(data: bytes, path: Path) -> list[str]:
    """Return the lines of a text file: UTF-8, UTF-16 or UTF-32 by its mark or zeros, else cp1252.

    Raises:
        DynsurError: It is no text.
    """
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise DynsurError(f"cannot read the table '{path}': it is {what}.")
    text = _text(data)
    strange = CONTROL.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        raise DynsurError(
            f"cannot read the table '{path}': line {line} holds the byte "
            f"{ord(strange[0])}, so it is no text; expected CSV, .xlsx or .parquet."
        )
    return re.split(r"\r\n|\n|\r", text.lstrip("\ufeff").translate(UNSEEN))


def _text(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    even, odd = data[:4000:2].count(0), data[1:4000:2].count(0)
    half = max(len(data[:4000]) // 2, 1)
    if max(even, odd) > 0.4 * half and min(even, odd) < 0.1 * half:  # UTF-16 without a mark
        return data.decode("utf-16-be" if even > odd else "utf-16-le", errors="replace")
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes every byte")
