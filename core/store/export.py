"""Export the finished samples of a store as netCDF or as a parquet table."""

import csv
import errno
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DynsurError
from ..files import replacing_file
from ..optional import needed
from .damage import reading, refuse_damage
from .figures_of_merit import blocks, figures_of_merit
from .samples import finished, open_store
from .zarr_group import writing

if TYPE_CHECKING:
    import xarray as xr

FEATURE = ("export", "this export")  # the extra, and what needs it


def export(store: str | Path, out: Path) -> int:
    """Write the finished samples of a store to a file and return how many there are.

    Args:
        store: Folder or URL of the store.
        out: File to write. A `.nc` file holds every variable and the figures of merit. A `.parquet`
            file holds one row for each sample with its index, parameters, wall-clock time and
            figures of merit.

    Raises:
        DynsurError: The file has another ending, a package is missing, or the file cannot be
            written.
    """
    writers = {".nc": _write_netcdf, ".parquet": _write_parquet}
    if out.suffix not in writers:
        raise DynsurError(
            f"'{out}' must end in {' or '.join(writers)}; `dynsur export-model` writes models."
        )
    data = open_store(store, chunks={})
    refuse_damage(store)  # before a writer holds half a file
    with reading(store):
        data = finished(data)
    if not data.sizes["sample"]:
        raise DynsurError(f"'{store}' holds no finished samples to export.")
    with reading(store), writing(str(out)), replacing_file(out) as partial:
        writers[out.suffix](data, partial)
    return data.sizes["sample"]


def _write_netcdf(data: "xr.Dataset", path: Path) -> None:
    needed("h5netcdf", *FEATURE)
    data = data.assign(figures_of_merit(data).data_vars)
    # A coordinate of two dimensions must not bear the name of one of them.
    data = data.drop_encoding().rename_dims(time="instant")
    compressed = {
        name: {"zlib": True, "complevel": 1} for name in data.data_vars if data[name].ndim == 2
    }
    _refuse_full_disk(path, data.nbytes)
    data.to_netcdf(path, engine="h5netcdf", encoding=compressed)


def _refuse_full_disk(path: Path, size: int) -> None:
    """Raise OSError unless so many bytes can be written: HDF5 ends the process on a full disk."""
    if hasattr(os, "posix_fallocate"):  # knows of quotas and limits too
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(size, 1))
        path.unlink()
    elif shutil.disk_usage(path.parent).free < size:
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)}; {size} bytes may be needed")


def _write_parquet(data: "xr.Dataset", path: Path) -> None:
    arrow, parquet = needed("pyarrow", *FEATURE), needed("pyarrow.parquet", *FEATURE)
    schema, writer = None, None
    try:
        for block in blocks(data):
            scalars = block[[n for n in block.data_vars if block[n].dims == ("sample",)]]
            table = scalars.drop_vars(["status", "reason"], errors="ignore").merge(
                figures_of_merit(block), compat="no_conflicts"
            )
            table = table.reset_coords(drop=False)
            schema = schema or _schema(arrow, table, data.attrs)
            writer = writer or parquet.ParquetWriter(path, schema)
            columns = [table[field.name].values for field in schema]
            writer.write_table(arrow.table(columns, schema=schema))
    finally:
        if writer is not None:
            writer.close()


def _schema(arrow: Any, table: "xr.Dataset", attributes: dict[Any, Any]) -> Any:
    """Return the schema of the table, with units, names and provenance."""
    names = [str(name) for name in table.variables]
    fields = [
        arrow.field(
            name,
            arrow.from_numpy_dtype(table[name].dtype),
            metadata={key: str(value) for key, value in table[name].attrs.items()},
        )
        for name in sorted(names, key=lambda name: name != "sample")
    ]
    return arrow.schema(fields, metadata={str(k): str(v) for k, v in attributes.items()})


def write_table(table: "xr.Dataset", out: Path) -> None:
    """Write a table with a row for each sample as OUT.csv or OUT.parquet.

    The header of a CSV file has the unit of each column, "name (unit)".

    Raises:
        DynsurError: The file has another ending, a package is missing, or it cannot be written.
    """
    writers = {".csv": _write_rows, ".parquet": _write_columns}
    if out.suffix not in writers:
        raise DynsurError(f"'{out}' must end in {' or '.join(writers)}.")
    with writing(str(out)), replacing_file(out) as partial:
        writers[out.suffix](table, partial)


def _write_columns(table: "xr.Dataset", path: Path) -> None:
    arrow, parquet = needed("pyarrow", *FEATURE), needed("pyarrow.parquet", *FEATURE)
    flat = table.reset_coords(drop=False)
    schema = _schema(arrow, flat, table.attrs)
    columns = [flat[field.name].values for field in schema]
    parquet.write_table(arrow.table(columns, schema=schema), path)


def _write_rows(table: "xr.Dataset", path: Path) -> None:
    names = sorted(map(str, table.variables), key=lambda name: name != "sample")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        titles = ((name, table[name].attrs.get("units", "1")) for name in names)
        writer.writerow([name if unit == "1" else f"{name} ({unit})" for name, unit in titles])
        writer.writerows(zip(*(table[name].values.tolist() for name in names), strict=True))
