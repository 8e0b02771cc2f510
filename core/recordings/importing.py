"""Import recordings: from files to a store."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DynsurError
from ..numbers import positive
from ..registry.recorded import Recorded
from ..store.schema import LENGTH
from .arrange import arranged
from .parameters import Columns, ParameterSpace, read_parameters, without_parameters
from .record import Record, files_of, record_of_file
from .write import clock_in_words, refuse_existing, write_records

TAKEN = ("time", "sample", "status", "reason", "source", LENGTH, "wall_time", "phase")


@dataclass(frozen=True)
class Imported:
    """What was imported.

    Args:
        system: The system of the store.
        records: Number of records.
        clock: Their clock, and what was done to it.
        summaries: What was understood of each file, a line each.
    """

    system: Recorded
    records: int
    clock: str
    summaries: tuple[str, ...]


def import_files(
    paths: Sequence[str | Path],
    out: str | Path,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    table: str | Path | None = None,
    columns: str | None = None,
    resample: float | None = None,
    name: str = "",
) -> Imported:
    """Write recordings in files as a store, a sample for each file.

    Args:
        paths: Files, and folders of which each table is a record.
        out: Folder of the store, which must not exist.
        inputs: Names of the variables that drove the system.
        outputs: Names of the variables that were measured.
        table: Table of the records' parameters, a row for each; None where they differ in nothing
            but their drives.
        columns: Which column of the files holds what: "time=1,voltage=3:mV", or "step=0.01:s".
        resample: Interval of a common clock onto which the records are resampled, in s; None keeps
            the recorded instants.
        name: Name of the system; by default that of the store.

    Raises:
        DynsurError: A file cannot be read, a column is missing or has no unit, a clock goes back,
            the table does not match the records, or the store exists.
    """
    refuse_existing(out)
    refuse_names(inputs, outputs)
    files = files_of(paths, table)
    records = [record_of_file(file, inputs, outputs, columns) for file in files]
    names = [record.source for record in records]
    if table is None:
        space, parameters = without_parameters(len(records))
    else:
        space, parameters = read_parameters(table, names, [*TAKEN, *inputs, *outputs])
    return store_records(records, out, inputs, outputs, space, parameters, resample, name)


def store_records(
    records: Sequence[Record],
    out: str | Path,
    inputs: Sequence[str],
    outputs: Sequence[str],
    space: ParameterSpace,
    parameters: Columns,
    resample: float | None,
    name: str,
) -> Imported:
    """Write records that were read as a store, and say what was done; see `import_files`."""
    step = None if resample is None else positive("the interval of --resample", resample, "s")
    arrangement = arranged(records, step)
    system = write_records(out, records, arrangement, (inputs, outputs), space, parameters, name)
    summaries = tuple(record.summary for record in records)
    return Imported(system, len(records), clock_in_words(arrangement), summaries)


def refuse_names(inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """Refuse names of variables that are none, are taken or stand twice."""
    for kind, names in (("input", inputs), ("output", outputs)):
        if not names:
            raise DynsurError(f"expected one {kind} or more, e.g. --{kind}s voltage.")
    names = [*inputs, *outputs]
    for i, name in enumerate(names):
        if not (name.isascii() and name.isidentifier()):
            raise DynsurError(
                f"'{name}' is no name of a variable: expected letters, digits and '_'; "
                "--columns NAME=COLUMN says which column it is."
            )
        if name in TAKEN or name in names[:i]:
            raise DynsurError(f"the name '{name}' is taken; choose another for this variable.")
