"""Records from arrays in memory: of pandas, of xarray, or by name."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DynsurError, unknown_name
from ..numbers import by_name, count, number, numbers, positive, texts
from ..registry.recorded import Recorded
from ..resampling import filled
from ..systems.parameters import ParameterSpace
from ..tables import convert, si_unit, title_of
from .importing import TAKEN, refuse_names, store_records
from .parameters import Columns, read_parameters, space_of, without_parameters
from .record import Record, record_of_file
from .write import refuse_existing

TIME = "time"
Units = Mapping[str, str]
Table = dict[str, tuple[Any, str | None]]  # columns by name, each with the unit that it says


def from_recordings(
    records: Any,
    out: str | Path,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    units: Units | None = None,
    step: float | None = None,
    parameters: Any = None,
    names: Sequence[str] | None = None,
    resample: float | None = None,
    name: str = "",
) -> Recorded:
    """Write recordings as a store of which models are trained as of simulations.

    Args:
        records: One record or a list of them. Each is a pandas DataFrame, an xarray Dataset, a
            mapping of names to arrays, or a file. A Dataset whose variables have two dimensions
            holds a record in each row.
        out: Folder of the store, which must not exist.
        inputs: Names of the variables that drove the system.
        outputs: Names of the variables that were measured; NaN where a value is missing.
        units: Unit of each variable and parameter that does not say its own, as a column
            "voltage (V)" or an attribute `units` does; "1" for none.
        step: Interval of the samples, in s, of records without a variable `time`.
        parameters: Parameters of the records, one value for each: a DataFrame, a mapping of names
            to arrays, or a table; None where they differ in nothing but their drives.
        names: What the records are called, e.g. where they come from.
        resample: Interval of a common clock onto which the records are resampled, in s; None keeps
            the recorded instants.
        name: Name of the system; by default that of the store.

    Returns:
        What the store knows of the system; `dynsur.datasets.open` opens the store.

    Raises:
        DynsurError: A variable is missing, has no unit or two, instants do not increase, the
            parameters do not match the records, or the store exists.
    """
    inputs, outputs = texts("'inputs'", inputs), texts("'outputs'", outputs)
    called = texts("'names'", [] if names is None else names)
    [name] = texts("'name'", name or "")
    refuse_existing(out)
    refuse_names(inputs, outputs)
    known = _units(units or {})
    interval = None if step is None else positive("'step'", step, "s")
    found = _records(records, (inputs, outputs), known, interval, called)
    space, columns = _parameters(parameters, found, known, [*TAKEN, *inputs, *outputs])
    for key in known:
        if key not in (TIME, *inputs, *outputs, *space.names):
            raise unknown_name("name in 'units'", key, (TIME, *inputs, *outputs, *space.names))
    return store_records(found, out, inputs, outputs, space, columns, resample, name).system


def _records(
    given: Any,
    variables: tuple[list[str], list[str]],
    units: Units,
    step: float | None,
    names: list[str],
) -> list[Record]:
    """Return the records that a caller gives, under their names."""
    found: list[Record] = []
    for one in list(given) if isinstance(given, list | tuple) else [given]:
        if isinstance(one, str | Path):
            columns = None if step is None else f"step={step!r}"
            found.append(record_of_file(Path(one), *variables, columns))
            continue
        for table in _tables(one):
            place = len(found)
            source = names[place] if place < len(names) else f"record {place}"
            found.append(_record(table, source, *variables, units, step))
    if not found:
        raise DynsurError("expected one record or more; got none.")
    if names and len(names) != len(found):
        raise DynsurError(
            f"'names' holds {count(len(names), 'name')}, and there are "
            f"{count(len(found), 'record')}; expected one for each."
        )
    return found


def _tables(given: Any) -> Iterator[Table]:
    """Yield the columns of each record that an object holds."""
    if hasattr(given, "data_vars"):
        yield from _of_dataset(given)
    elif hasattr(given, "columns") and hasattr(given, "index"):
        yield _of_frame(given)
    elif isinstance(given, Mapping):
        yield {_name(key): (values, title_of(str(key)).unit) for key, values in given.items()}
    else:
        raise DynsurError(
            "a record is a DataFrame, a Dataset, a mapping of names to arrays or a file; got "
            f"{type(given).__name__}."
        )


def _name(title: Any) -> str:
    """Return what the head of a column names, e.g. "voltage" of "voltage (V)"."""
    return title_of(str(title)).name or str(title)


def _of_frame(frame: Any) -> Table:
    columns = {_name(c): (frame[c].to_numpy(), title_of(str(c)).unit) for c in frame.columns}
    index = np.asarray(frame.index)
    title = title_of(str(frame.index.name or ""))
    if TIME not in columns and (index.dtype.kind in "mM" or title.name.lower() == TIME):
        columns[TIME] = (index, title.unit)
    return columns


def _of_dataset(data: Any) -> Iterator[Table]:
    series = {str(name): data[name] for name in data.variables}
    tables = {name: one for name, one in series.items() if one.ndim == 2}
    axes = _axes(series, tables)
    if axes:
        of_all = {n: one for n, one in series.items() if one.dims == axes[1:]}
        series = {n: one.transpose(*axes) for n, one in tables.items()} | of_all
    held = {n: (np.asarray(one.values), one.attrs.get("units")) for n, one in series.items()}
    if not axes:
        yield held
        return
    for i in range(data.sizes[axes[0]]):
        yield {n: (v[i] if v.ndim == 2 else v, unit) for n, (v, unit) in held.items()}


def _axes(series: Mapping[str, Any], tables: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the dimension of the records and that of the instants; () of a single record."""
    if not tables:
        return ()
    clock = series.get(TIME, next(iter(tables.values())))
    axes = next(iter(tables.values())).dims if clock.ndim != 2 else clock.dims
    along = clock.dims[0] if clock.ndim == 1 else TIME
    axes = tuple(sorted(axes, key=lambda axis: axis == along))  # instants last
    for name, one in tables.items():
        if set(one.dims) != set(axes):
            raise DynsurError(
                f"'{name}' of the dataset runs along {one.dims} and others along {axes}; expected "
                "one dimension of records and one of instants."
            )
    return axes


def _record(
    table: Table,
    source: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    units: Units,
    step: float | None,
) -> Record:
    values: dict[str, np.ndarray] = {}
    final: dict[str, str] = {}
    for name in (*inputs, *outputs):
        values[name], final[name] = _column(table, name, source, units)
    sizes = {name: column.size for name, column in values.items()}
    time = _time(table, source, units, step, max(sizes.values()))
    for name, size in sizes.items():
        if size != time.size:
            raise DynsurError(
                f"'{name}' of {source} has {size} values and its time {time.size}; expected one "
                "length."
            )
    for name in inputs:
        values[name] = filled(time, values[name])
    known = np.all([np.isfinite(values[name]) for name in inputs], axis=0)
    if known.sum() < 2:
        raise DynsurError(f"{source} holds fewer than two instants with every input.")
    for name in outputs:
        if not np.isfinite(values[name][known]).any():
            raise DynsurError(f"{source} holds no value of '{name}' beside its inputs.")
    time = time[known] - time[known][0]
    return Record(time, {n: v[known] for n, v in values.items()}, final, source)


def _column(table: Table, name: str, source: str, units: Units) -> tuple[np.ndarray, str]:
    """Return the values of a variable in its SI unit, and that."""
    if name not in table:
        raise DynsurError(f"{source} has no '{name}'; it has {', '.join(table) or 'nothing'}.")
    given, unit = table[name]
    where = f"'{name}' of {source}"
    unit = _agreed(where, unit, units.get(name))
    if unit is None:
        raise DynsurError(
            f"{where} has no unit; give units={{'{name}': 'V'}}, or '1' for a number without unit."
        )
    values = numbers(where, given)
    if values.ndim != 1:
        raise DynsurError(f"{where} has shape {values.shape}; expected one value for each instant.")
    values = np.where(np.isfinite(values), values, np.nan)
    base = si_unit(unit) or unit
    return convert(values, unit, base, where), base


def _units(given: Any) -> dict[str, str]:
    """Return the units of a caller by name."""
    units = dict(by_name("'units'", given))
    texts("'units'", [*units, *units.values()])
    return units


def _agreed(where: str, own: str | None, given: str | None) -> str | None:
    """Return the unit that a variable says itself, or else that of the caller."""
    if own and given and own != given:
        raise DynsurError(f"{where} says its unit, {own}, itself; leave {given} out of 'units'.")
    return own or given


def _time(table: Table, source: str, units: Units, step: float | None, size: int) -> np.ndarray:
    if TIME not in table:
        if step is None:
            raise DynsurError(
                f"{source} has no '{TIME}'; give step=SECONDS for samples at a constant rate."
            )
        return step * np.arange(size)
    given, unit = table[TIME]
    given = np.asarray(given)
    if given.dtype.kind in "mM":
        time = (given - given[0]) / np.timedelta64(1, "ns") * 1e-9
    else:
        time = convert(numbers(f"the time of {source}", given), unit or units.get(TIME, "s"), "s",
                       f"the time of {source}")  # fmt: skip
    if time.ndim != 1 or time.size < 2 or not np.isfinite(time).all():
        raise DynsurError(f"the time of {source} must be two or more finite instants.")
    for bad in np.flatnonzero(np.diff(time) <= 0)[:1]:
        raise DynsurError(
            f"the time of {source} goes from {time[bad]:g} s to {time[bad + 1]:g} s (sample "
            f"{bad + 1}); expected instants that increase."
        )
    return time


def _parameters(
    given: Any, records: Sequence[Record], units: Units, taken: Sequence[str]
) -> tuple[ParameterSpace, Columns]:
    if given is None:
        return without_parameters(len(records))
    if isinstance(given, str | Path):
        return read_parameters(given, [record.source for record in records], taken)
    table = next(iter(_tables(given)))
    columns: Columns = {}
    final: dict[str, str] = {}
    for name, (values, unit) in table.items():
        if np.asarray(values).dtype.kind in "OUS" or name == "sample":
            continue
        unit = _agreed(f"parameter '{name}'", unit, units.get(name))
        if unit is None:
            raise DynsurError(
                f"parameter '{name}' has no unit; give units={{'{name}': 'ohm'}}, or '1'."
            )
        column = np.atleast_1d(numbers(f"parameter '{name}'", values))
        if column.shape != (len(records),) or name in taken:
            raise DynsurError(
                f"parameter '{name}' has {count(column.size, 'value')}, and there are "
                f"{count(len(records), 'record')}; expected one for each, under a name of its own."
            )
        for value in column:
            number(f"parameter '{name}'", value)
        columns[name], final[name] = column, unit
    if not columns:
        raise DynsurError("'parameters' holds no column of numbers.")
    return space_of(columns, final), columns
