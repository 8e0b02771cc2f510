"""How xarray opens a store here: like its zarr engine, but numbers come straight from the files."""

from typing import Any

import numpy as np
import xarray as xr
from xarray.backends import BackendArray, BackendEntrypoint
from xarray.core import indexing

from .chunk_files import ChunkFiles, direct
from .zarr_group import array_of, open_group

DASK_CHUNK = 2**24  # bytes, about; what a task of dask reads at once


class StoreEngine(BackendEntrypoint):
    """The `engine` of `xarray.open_dataset` for a store; to be opened with `open_store`."""

    def open_dataset(self, filename_or_obj: Any, *, drop_variables: Any = None) -> xr.Dataset:  # type: ignore[override]
        """Open a store without dask."""
        group, replaced = open_group(filename_or_obj, "r", copied=True), {}
        data = xr.open_zarr(filename_or_obj, chunks=None, drop_variables=drop_variables)
        for name, variable in data.variables.items():
            files = direct(array_of(group, str(name)))
            if isinstance(files, ChunkFiles):
                lazy = indexing.LazilyIndexedArray(_Lazy(files))
                encoding = variable.encoding | {"preferred_chunks": _dask_chunks(variable, files)}
                replaced[name] = xr.Variable(variable.dims, lazy, variable.attrs, encoding)
        return data.assign(replaced)


def _dask_chunks(variable: xr.Variable, files: ChunkFiles) -> dict[Any, int]:
    """Join small chunks: a task of dask costs more than to read one."""
    size = int(np.prod(files.shape[1:])) * files.dtype.itemsize * files.rows
    rows = files.rows * max(1, DASK_CHUNK // size)
    return dict(zip(variable.dims, (rows, *files.shape[1:]), strict=True))


class _Lazy(BackendArray):
    """Chunk files as an array that xarray indexes lazily."""

    def __init__(self, files: ChunkFiles) -> None:
        self._files, self.shape, self.dtype = files, files.shape, files.dtype

    def __getitem__(self, key: indexing.ExplicitIndexer) -> np.ndarray:
        support = indexing.IndexingSupport.OUTER
        return indexing.explicit_indexing_adapter(key, self.shape, support, self._outer)

    def _outer(self, key: tuple[Any, ...]) -> np.ndarray:
        rows, *rest = key
        of_each = () if all(map(_everything, rest, self.shape[1:])) else tuple(rest)
        if isinstance(rows, slice):
            return self._files.take(np.arange(*rows.indices(self.shape[0])), of_each)
        values = self._files.take(np.atleast_1d(rows), of_each)
        return values if isinstance(rows, np.ndarray) else values[0]


def _everything(key: Any, count: int) -> bool:
    return isinstance(key, slice) and key.indices(count) == (0, count, 1)
