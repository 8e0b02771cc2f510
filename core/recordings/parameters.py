"""The parameters of records, from a table with a row for each record."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import DynsurError
from ..numbers import count
from ..registry.recorded import only_parameter
from ..systems.parameter_table import counts_rows
from ..systems.parameters import Parameter, ParameterSpace
from ..tables import Quantity, Sheet, Source, Title, column_in, read_sheet, titles_of

Columns = dict[str, np.ndarray]
DECADES = 100.0  # ratio of the largest to the smallest value from which a scale is logarithmic


def without_parameters(records: int) -> tuple[ParameterSpace, Columns]:
    """Return the space and the columns of records that differ in nothing but their drives."""
    parameter = only_parameter()
    return ParameterSpace((parameter,)), {parameter.name: np.full(records, parameter.low)}


def space_of(columns: Columns, units: dict[str, str]) -> ParameterSpace:
    """Return the space that the values of some parameters span; scales are logarithmic if wide."""
    return ParameterSpace(
        tuple(
            Parameter(
                name,
                float(values.min()),
                float(values.max()),
                units[name],
                scale="log" if values.min() > 0 and values.max() >= DECADES * values.min()
                else "linear",
            )
            for name, values in columns.items()
        )
    )  # fmt: skip


def read_parameters(
    path: str | Path, sources: Sequence[str], taken: Sequence[str]
) -> tuple[ParameterSpace, Columns]:
    """Read the parameters of records.

    A column of texts that names the files tells which row belongs to which record; without one the
    rows have the order of the records.

    Args:
        path: Text with any separator, `.xlsx` or `.parquet`, with names and units above the
            columns: "R_on (ohm)"; "(1)" for a number without unit.
        sources: The file name of each record.
        taken: Names that parameters may not have.

    Raises:
        DynsurError: The table does not match the records, or a column has no unit or no numbers.
    """
    sheet = read_sheet(path)
    titles = titles_of(sheet)
    if not titles:
        raise DynsurError(
            f"the table '{sheet.path}' has no names above its {sheet.width} columns; expected the "
            "parameters' names with their units, e.g. 'R_on (ohm)'."
        )
    texts = [i for i in range(sheet.width) if sheet.numbers(i)[1] >= 0]
    order = _order(sheet, titles, texts, sources)
    columns: Columns = {}
    units: dict[str, str] = {}
    for i, title in enumerate(titles):
        if i in texts or counts_rows(sheet, i, title):
            continue
        name = _name(sheet, i, title, [*taken, *columns])
        assert title.unit is not None
        values = column_in(sheet, Source(i, title.text, title.unit), Quantity(name, title.unit))
        for bad in np.flatnonzero(~np.isfinite(values))[:1]:
            raise DynsurError(
                f"{sheet.word} {sheet.lines[bad]} of '{sheet.path}', {sheet.title(i)}, holds no "
                "number; expected one for each record."
            )
        columns[name], units[name] = values[order], title.unit
    if not columns:
        raise DynsurError(f"the table '{sheet.path}' holds no column of numbers.")
    return space_of(columns, units), columns


def _name(sheet: Sheet, position: int, title: Title, taken: Sequence[str]) -> str:
    """Return the name of a parameter, which has a unit and is not taken."""
    where = f"{sheet.title(position)} of '{sheet.path}'"
    name = "_".join(title.name.split())
    if title.unit is None:
        raise DynsurError(
            f"{where} has no unit; name it in the header, e.g. '{title.text} (ohm)', or (1) for a "
            "number without unit."
        )
    if not (name.isascii() and name.isidentifier()):
        raise DynsurError(
            f"{where} needs a name of letters, digits and '_' in front of its unit; got '{name}'."
        )
    if name in taken:
        raise DynsurError(f"{where} has the name '{name}', which is taken; choose another.")
    return name


def _order(
    sheet: Sheet, titles: Sequence[Title], texts: Sequence[int], sources: Sequence[str]
) -> list[int]:
    """Return the row of each record."""
    rows = len(sheet.lines)
    for i in texts:
        named = [Path(cell.strip()).name for cell in sheet.cells(i)]
        stems = [Path(source).stem for source in sources]
        if not {*named} & {*sources, *stems}:
            continue
        place: dict[str, int] = {}
        for row, name in enumerate(named):
            if name in place:
                raise DynsurError(
                    f"{sheet.word} {sheet.lines[row]} of '{sheet.path}' names the record '{name}' "
                    "again; expected one row for each."
                )
            if name not in sources and name not in stems:
                raise DynsurError(
                    f"{sheet.word} {sheet.lines[row]} of '{sheet.path}' names '{name}', and there "
                    "is no such record; leave it out, or give the file."
                )
            place[name] = row
        lacking = [s for s in sources if s not in place and Path(s).stem not in place]
        if lacking:
            raise DynsurError(
                f"the table '{sheet.path}' has no row for the record '{lacking[0]}'; expected one "
                "for each."
            )
        return [place[s] if s in place else place[Path(s).stem] for s in sources]
    told = next((titles[i].text for i in texts if titles[i].name.lower() in
                 ("file", "record", "source")), None)  # fmt: skip
    if told is not None:
        raise DynsurError(
            f"the column '{told}' of '{sheet.path}' names none of the records, e.g. "
            f"'{sources[0]}'; expected their file names."
        )
    if rows != len(sources):
        raise DynsurError(
            f"the table '{sheet.path}' has {count(rows, 'row')}, and there are "
            f"{count(len(sources), 'record')}; expected one row for each, in the order of the "
            "files, or a column of their names."
        )
    return list(range(rows))
