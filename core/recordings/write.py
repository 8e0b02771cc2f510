"""Write records as a store like any other, without a simulator."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DynsurError
from ..files import replacing
from ..numbers import count
from ..registry.identity import LIBRARIES, configuration, made_now
from ..registry.recorded import ATTRIBUTE, Recorded
from ..store.create import create_array
from ..store.location import is_url
from ..store.samples import content_hash, open_store
from ..store.schema import LENGTH, recorded_layout
from ..store.zarr_group import consolidate, describing_texts, writing
from ..systems.parameters import ParameterSpace
from ..systems.variables import Status, Variable
from .arrange import Arranged
from .record import Record

VALUES = 2**19  # of a series in a chunk, about
MOST = 256  # samples in a chunk
ORIGIN = "recorded"


def refuse_existing(out: str | Path) -> Path:
    """Return the folder of a new store.

    Raises:
        DynsurError: It is a URL, or something is there.
    """
    if "\0" in str(out):
        raise DynsurError("the name of the store holds a null byte; choose another.")
    if is_url(out):
        raise DynsurError(f"'{out}' is a URL; write the store into a folder and copy it there.")
    try:
        path = Path(out).absolute()
        known = path.exists()
    except (OSError, TypeError, ValueError) as error:  # too long, no path, a null byte
        raise DynsurError(f"the store cannot be written to {out!r:.80}: {error}.") from None
    if known:
        raise DynsurError(
            f"'{out}' exists; nothing was changed; choose another --out, or remove it first."
        )
    return path


def write_records(
    out: str | Path,
    records: Sequence[Record],
    arrangement: Arranged,
    variables: tuple[Sequence[str], Sequence[str]],
    space: ParameterSpace,
    parameters: Mapping[str, np.ndarray],
    name: str = "",
) -> Recorded:
    """Write records as a store, which appears complete or not at all.

    Args:
        out: Folder of the store.
        records: The records.
        arrangement: The same as arrays.
        variables: Names of the inputs and of the outputs.
        space: The parameters of the records.
        parameters: Their values by name, each of shape [record].
        name: Name of the system; by default that of the store.

    Raises:
        DynsurError: Something is there, or it cannot be written.
    """
    path = refuse_existing(out)
    inputs, outputs = (tuple(_variable(n, records) for n in names) for names in variables)
    system = name or path.stem
    told = f"{system}, recorded"
    simulator = Recorded(
        system, inputs, outputs, space, arrangement.time.shape[1], arrangement.step, told
    )
    rows: dict[str, Any] = {
        "time": arrangement.time,
        **arrangement.values,
        **parameters,
        LENGTH: arrangement.lengths,
        "source": [record.source for record in records],
        "status": np.full(len(records), int(Status.OK), np.int8),
    }
    with writing(str(out)), replacing(path) as partial:
        _fill(partial, simulator, rows, records, arrangement)
    return simulator


def _fill(
    folder: Path,
    simulator: Recorded,
    rows: Mapping[str, Any],
    records: Sequence[Record],
    arrangement: Arranged,
) -> None:
    import zarr

    samples, points = arrangement.time.shape
    chunk = max(1, min(MOST, samples, VALUES // points))
    group = zarr.create_group(folder, zarr_format=3)
    width = max(len(record.source) for record in records)
    for variable, column in recorded_layout(simulator, width).items():
        array = create_array(group, variable, column, samples, points, chunk)
        if variable in rows:
            with describing_texts():
                array[:] = np.asarray(rows[variable], dtype=array.dtype)
    group.update_attributes(_attributes(simulator, records, arrangement))
    consolidate(str(folder))
    content = content_hash(open_store(folder))
    fixed = [simulator.to_json(), content]
    identity = hashlib.sha256(json.dumps(fixed).encode()).hexdigest()
    group.update_attributes({"content": content, "identity": identity})
    consolidate(str(folder))


def _attributes(
    simulator: Recorded, records: Sequence[Record], arrangement: Arranged
) -> dict[str, Any]:
    sources = [{"file": r.source, "sha256": r.sha256, "read": r.summary} for r in records]
    return {
        "title": f"Recordings of {simulator.name}",
        "system": simulator.name,
        "origin": ORIGIN,
        ATTRIBUTE: simulator.to_json(),
        "configuration": configuration(simulator),
        "records": json.dumps(sources),
        "clock": clock_in_words(arrangement),
        "resampling_error": json.dumps(arrangement.errors),
        **made_now(LIBRARIES),
    }


def clock_in_words(arrangement: Arranged) -> str:
    """Say which clock the records have, whether they were padded or resampled, and the error."""
    lengths = arrangement.lengths
    if arrangement.errors:
        worst = ", ".join(f"{n} by {100 * e:.2g} %" for n, e in arrangement.errors.items())
        clock = (
            f"resampled onto a clock of {arrangement.step:g} s, which misses {worst} of its range "
            "at most"
        )
    elif arrangement.step:
        clock = f"a sample every {arrangement.step:g} s"
    else:
        clock = "clocks of their own, as recorded"
    if lengths.min() == lengths.max():
        return f"{clock}; {count(int(lengths[0]), 'sample')} each"
    return (
        f"{clock}; {int(lengths.min()):,} to {int(lengths.max()):,} samples, shorter records "
        "padded with NaN"
    )


def _variable(name: str, records: Sequence[Record]) -> Variable:
    units = [record.units[name] for record in records]
    for record, unit in zip(records, units, strict=True):
        if unit != units[0]:
            raise DynsurError(
                f"'{name}' is in {units[0]} in '{records[0].source}' and in {unit} in "
                f"'{record.source}'; expected one unit."
            )
    return Variable(name, units[0])
