"""One record: what was measured of one run of a system, from a file."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..tables import Quantity, Title, read_signals

ENDINGS = (".csv", ".txt", ".tsv", ".dat", ".xlsx", ".xlsm", ".parquet", ".pq")


@dataclass(frozen=True)
class Record:
    """What was measured of one run of a system.

    Args:
        time: Instants, shape [row], from 0 and increasing, in s.
        values: Inputs and outputs by name, each of shape [row]; outputs are NaN where missing.
        units: The unit of each.
        source: Where it comes from: a file's name, or what a caller says.
        sha256: Of the file; "" of data in memory.
        summary: What was understood, in one line.
    """

    time: np.ndarray
    values: Mapping[str, np.ndarray]
    units: Mapping[str, str]
    source: str
    sha256: str = ""
    summary: str = field(default="")


def files_of(paths: Sequence[str | Path], without: str | Path | None = None) -> list[Path]:
    """Return the files of records: those that are given, and the tables in folders by name.

    Args:
        paths: Files and folders.
        without: The table of parameters, which may lie beside them.

    Raises:
        DynsurError: A file is missing, a folder holds no table, or a file is given twice.
    """
    apart = None if without is None else Path(without).resolve()
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS)
            inside = [p for p in inside if not p.name.startswith(".") and p.resolve() != apart]
            if not inside:
                raise DynsurError(
                    f"the folder '{path}' holds no recordings; expected files that end in "
                    f"{', '.join(ENDINGS)}."
                )
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise DynsurError(f"there is no file or folder '{path}' to import.")
    twice = next((p for i, p in enumerate(found) if p.resolve() in {
        other.resolve() for other in found[:i]}), None)  # fmt: skip
    if twice is not None:
        raise DynsurError(f"the file '{twice}' is given twice; each file is one record.")
    return found


def record_of_file(
    path: Path, inputs: Sequence[str], outputs: Sequence[str], columns: str | None = None
) -> Record:
    """Read the record in a file.

    Args:
        path: Text of any separator and encoding, `.xlsx` or `.parquet`.
        inputs: Names of the variables that drove the system.
        outputs: Names of the variables that were measured.
        columns: Which column holds what, where the file does not say it:
            "time=1,voltage=3:mV", or "step=0.01" for rows at a constant rate.

    Raises:
        DynsurError: The file cannot be read, a column is not found or has no unit, or its clock
            goes back.
    """
    found = read_signals(path, quantities(inputs), quantities(outputs), columns)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Record(found.times, found.values, found.units, path.name, digest, found.summary)


def quantities(names: Sequence[str]) -> list[Quantity]:
    """Return what columns are wanted for; "voltage" and "current" say their unit themselves."""
    return [Quantity(name, Title(name, name).kind) for name in names]
