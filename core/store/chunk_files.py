"""Chunks of an array in a folder, read and written without zarr: numbers, then their CRC-32C.

zarr reads and writes the same files, but takes a millisecond for each; here it is some ten
microseconds. Arrays of texts and arrays at a URL are left to zarr.
"""

import os
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import zarr

LARGEST = 2**31 - 2**12  # bytes that one call of the system reads
CHECKSUM = 4  # bytes
THREADS = min(4, os.cpu_count() or 1)
WORTH_THREADS = 2**22  # bytes
PLAIN = [  # codecs, of numbers of several bytes and of one
    [{"name": "bytes", **endian}, {"name": "crc32c"}]
    for endian in ({"configuration": {"endian": "little"}}, {})
]


@dataclass(frozen=True)
class ChunkFiles:
    """The files of one array, chunked along its first dimension only.

    Args:
        folder: Where the array lies.
        shape: Its shape.
        rows: Rows of a chunk; the last chunk has as many, filled up.
        dtype: Type of its values.
        fill: The value where no chunk was written.
    """

    folder: str
    shape: tuple[int, ...]
    rows: int
    dtype: np.dtype
    fill: Any

    def __getitem__(self, wanted: slice) -> np.ndarray:
        """Read the rows of a slice; see `take`."""
        return self.take(np.arange(*wanted.indices(self.shape[0])))

    def take(self, rows: np.ndarray, of_each: tuple[Any, ...] = ()) -> np.ndarray:
        """Read rows, and of each what an index selects.

        Raises:
            ValueError: A chunk is damaged.
        """
        out = np.empty((rows.size, *np.empty(self.shape[1:], bool)[of_each].shape), self.dtype)
        gaps = np.r_[0, np.cumsum(np.diff(rows) != 1)]
        numbers = rows // self.rows
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        stops = np.r_[starts[1:], rows.size][: starts.size]
        complete = (stops - starts == self.rows) & (gaps[stops - 1] == gaps[starts])
        complete &= not of_each
        touched = np.stack([numbers[starts], starts, stops, complete], axis=1)

        def read(part: np.ndarray) -> None:
            for number, start, stop, whole in part.tolist():
                if whole:
                    self._read(number, out[start:stop])
                else:
                    inside = rows[start:stop] - number * self.rows
                    out[start:stop] = self._whole(number)[inside][:, *of_each]

        if out.nbytes < WORTH_THREADS:
            read(touched)
        else:
            with ThreadPoolExecutor(THREADS) as threads:
                list(threads.map(read, np.array_split(touched, THREADS)))
        return out

    def __setitem__(self, wanted: slice, values: np.ndarray) -> None:
        """Write the rows of a slice with step 1; each file appears complete or not at all."""
        start, stop, _ = wanted.indices(self.shape[0])
        values = np.asarray(values, self.dtype)
        for first in range(start - start % self.rows, stop, self.rows):
            number, begin, end = first // self.rows, max(start, first), min(stop, first + self.rows)
            part = values[begin - start : end - start]
            if end - begin != self.rows:
                whole = self._whole(number)
                whole[begin - first : end - first] = part
                part = whole
            self._write(number, part)

    def _path(self, number: int) -> str:
        return f"{self.folder}/c.{number}" + ".0" * (len(self.shape) - 1)

    def _whole(self, number: int) -> np.ndarray:
        whole = np.empty((self.rows, *self.shape[1:]), self.dtype)
        self._read(number, whole)
        return whole

    def _read(self, number: int, out: np.ndarray) -> None:
        path, content, stored = self._path(number), _bytes(out), bytearray(CHECKSUM + 1)
        try:
            file = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            out[...] = self.fill
            return
        count, more = 0, 1
        try:
            while more and count < content.size:  # file systems over a network may give it in parts
                more = os.readv(file, (content.data[count:], stored))
                count += more
        finally:
            os.close(file)
        if count != content.size + CHECKSUM or stored[:CHECKSUM] != _checksum(content):
            raise ValueError(f"the checksum of '{path}' does not match its content")

    def _write(self, number: int, values: np.ndarray) -> None:
        content, path = _bytes(np.ascontiguousarray(values)), Path(self._path(number))
        partial = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
        try:
            with partial.open("wb", buffering=0) as file:
                for part in (content.data, _checksum(content)):
                    while part := part[file.write(part) :]:
                        pass
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise


def direct(array: "zarr.Array[Any]") -> "ChunkFiles | zarr.Array[Any]":
    """Return the files of an array, or the array itself where only zarr can handle them."""
    from zarr.core.metadata import ArrayV3Metadata
    from zarr.storage import LocalStore

    store, metadata = array.store, array.metadata
    if not isinstance(store, LocalStore) or not isinstance(metadata, ArrayV3Metadata):
        return array
    rows, size = array.chunks[0], int(np.prod(array.chunks)) * array.dtype.itemsize
    if (
        [codec.to_dict() for codec in metadata.codecs] not in PLAIN
        or array.dtype.kind not in "if"
        or array.ndim > 2
        or array.chunks[1:] != array.shape[1:]
        or metadata.encode_chunk_key((1,) * array.ndim) != ".".join(["c", *"1" * array.ndim])
        or size > LARGEST
        or sys.byteorder != "little"
        or not hasattr(os, "readv")
    ):
        return array
    folder = str(store.root / array.path)
    return ChunkFiles(folder, array.shape, rows, array.dtype, metadata.fill_value)


def _bytes(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1).view(np.uint8)


def _checksum(content: np.ndarray) -> bytes:
    import google_crc32c

    content.flags.writeable = False  # what google_crc32c insists on
    return google_crc32c.value(content).to_bytes(CHECKSUM, "little")
