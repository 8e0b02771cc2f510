"""Read the parameters of many systems from a table with one row for each system."""

import difflib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..errors import DynsurError, unknown_name
from ..tables import (
    DECIMAL,
    Choice,
    Quantity,
    Sheet,
    Source,
    Title,
    chosen_column,
    column_in,
    decimal_mark,
    parse_columns,
    read_sheet,
    titles_of,
)
from .parameters import ParameterSpace

Columns = dict[str, np.ndarray]
COUNTERS = ("", "index", "item", "no", "no.", "nr", "nr.", "#", "unnamed: 0", "level_0")


def read_table(path: str | Path, space: ParameterSpace, columns: str | None = None) -> Columns:
    """Read the columns of a table, each of shape [row], every value inside its domain.

    Args:
        path: Text with any separator, `.xlsx` or `.parquet`, with the parameters' names above the
            columns; docs/data-in.md says what is understood.
        space: Its parameters are what columns may be named.
        columns: Which column holds what, as `--columns`: "R_on=2,R_off=3"; all others are left out.

    Raises:
        DynsurError: The file cannot be read, or a column or value is not accepted; names the file,
            the column and the line or row.
    """
    return read_devices(path, space, columns)[0]


def read_devices(
    path: str | Path, space: ParameterSpace, columns: str | None = None
) -> tuple[Columns, str]:
    """Read the columns of a table, see `read_table`, and say in one line what was understood."""
    chosen = parse_columns(columns)
    sheet = read_sheet(path, None if "decimal" in space.names else decimal_mark(chosen))
    wanted = {n: c for n, c in chosen.items() if n in space.names or n != DECIMAL}
    sources = _chosen(sheet, space, wanted) if wanted else _named(sheet, space)
    found = {}
    for name, source in sources.items():
        found[name] = column_in(sheet, source, Quantity(name, space[name].units))
        _check(sheet, source, space, name, found[name])
    return found, _summary(sheet, sources, space)


def _check(
    sheet: Sheet, source: Source, space: ParameterSpace, name: str, values: np.ndarray
) -> None:
    if not values.size:
        raise DynsurError(f"the table '{sheet.path}' holds no rows; expected one for each system.")
    for bad in np.flatnonzero(~space[name].accepts(values))[:1]:
        where = f"{sheet.word} {sheet.lines[bad]} of '{sheet.path}'"
        if np.isnan(values[bad]):
            raise DynsurError(
                f"{where}, {sheet.title(source.position)}, holds no number; expected one for each "
                "system."
            )
        try:
            space[name].check(float(values[bad]))
        except DynsurError as error:
            raise DynsurError(f"{where}: {error}") from None


def _chosen(sheet: Sheet, space: ParameterSpace, chosen: Mapping[str, Choice]) -> dict[str, Source]:
    titles = titles_of(sheet, space.names)
    return {
        space[name].name: chosen_column(sheet, titles, name, choice)
        for name, choice in chosen.items()
    }


def _named(sheet: Sheet, space: ParameterSpace) -> dict[str, Source]:
    """Return the column of each parameter that the header names; refuse unknown numbers."""
    titles = titles_of(sheet, space.names)
    if not titles:
        raise DynsurError(
            sheet.misfit
            or f"the table '{sheet.path}' has no names above its {sheet.width} columns; expected "
            "the parameters' names first, or --columns NAME=NUMBER."
        )
    found: dict[str, Source] = {}
    for i, title in enumerate(titles):
        if title.name in found:
            raise DynsurError(f"the table '{sheet.path}' has the column '{title.name}' twice.")
        if title.name in space.names:
            found[title.name] = chosen_column(sheet, titles, title.name, Choice(str(i + 1)))
        elif not (counts_rows(sheet, i, title) or _labels(sheet, i, title, space)):
            raise DynsurError(
                f"the table '{sheet.path}' has an {unknown_name('column', title.text, space.names)}"
            )
    if not found:
        error = unknown_name("column", titles[0].text, space.names)
        raise DynsurError(f"the table '{sheet.path}' has an {error}")
    return found


def counts_rows(sheet: Sheet, position: int, title: Title) -> bool:
    """Tell whether a column only numbers the rows, as pandas and instruments write it."""
    values, bad = sheet.numbers(position)
    counted = [np.arange(values.size) + start for start in (0, 1)]
    return (
        title.text.lower() in COUNTERS
        and bad < 0
        and any(np.array_equal(values, numbers) for numbers in counted)
    )


def _labels(sheet: Sheet, position: int, title: Title, space: ParameterSpace) -> bool:
    """Tell whether a column holds texts only, under a name that resembles no parameter's."""
    values, bad = sheet.numbers(position)
    names = [name.lower() for name in space.names]
    alike = difflib.get_close_matches(title.name.lower(), names, n=1, cutoff=0.6)
    return bad >= 0 and not np.isfinite(values).any() and not alike


def _summary(sheet: Sheet, sources: dict[str, Source], space: ParameterSpace) -> str:
    told = [
        f"{name} in {source.unit or space[name].units} from column {source.position + 1}"
        for name, source in sources.items()
    ]
    count = len(sheet.lines)
    used = {source.position for source in sources.values()}
    others = [sheet.title(i) for i in range(sheet.width) if i not in used]
    left_out = f"; left out: {', '.join(others)}" if others else ""
    systems = "system" if count == 1 else "systems"
    return f"{sheet.path.name}: {count} {systems}, {', '.join(told)}{left_out}"
