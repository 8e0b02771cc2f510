"""Define the variables of a store with their types, dimensions and attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..systems.simulator import Simulator
from ..systems.variables import Status

if TYPE_CHECKING:
    import xarray as xr

STATUS_NAMES = " ".join(status.name.lower() for status in Status)
# Of a fixed length, for xarray cannot join or mask numpy's texts of variable length; earlier
# versions stored those. The log has every reason in full.
REASON = np.dtype("U200")
TOLERANCE = 1e-9  # of a series' largest modulus: other processors round otherwise
LENGTH = "length"  # of each record, where records may be shorter than the arrays
PARAMETER_CHUNK = 65536  # samples; parameters are known before any simulation


@dataclass(frozen=True)
class Column:
    """A variable of the store.

    Args:
        dtype: Type of its values.
        over_time: Whether it has the dimension `time`.
        attrs: Its attributes.
    """

    dtype: Any
    over_time: bool
    attrs: dict[str, Any]

    @property
    def is_parameter(self) -> bool:
        """Whether the variable is known before any simulation."""
        return self.attrs.get("role") in ("parameter", "provenance")

    @property
    def is_text(self) -> bool:
        """Whether it holds texts of a fixed length."""
        return isinstance(self.dtype, np.dtype) and self.dtype.kind == "U"

    @property
    def fill(self) -> Any:
        """The value of samples that have not been written yet."""
        if self.is_text:
            return ""
        if self.dtype is np.int64:
            return -1
        return self.dtype(np.nan if self.dtype is np.float64 else 0)


def layout(simulator: Simulator) -> dict[str, Column]:
    """Return every variable of a simulator's store by name, `status` last."""
    time = {"units": "s", "long_name": "time"}
    columns = {"time": Column(np.float64, True, time)}
    for role, variables in (("input", simulator.inputs), ("output", simulator.outputs)):
        for v in variables:
            attrs = {**v.attrs, "symbol": v.symbol or v.name, "role": role}
            columns[v.name] = Column(np.float64, True, attrs)
    for p in simulator.space:
        attrs = {
            "units": p.units,
            "long_name": p.long_name or p.name,
            "symbol": p.symbol or p.name,
            "range": [p.low, p.high],
            "scale": p.scale,
            "role": "parameter",
        }
        columns[p.name] = Column(np.float64, False, attrs)
    wall = {"units": "s", "long_name": "wall-clock time of the simulation"}
    columns["wall_time"] = Column(np.float64, False, wall)
    reason = {"units": "1", "long_name": "why the simulation did not finish"}
    columns["reason"] = Column(REASON, False, reason)
    flags = {
        "units": "1",
        "long_name": "how the simulation ended",
        "flag_values": [int(status) for status in Status],
        "flag_meanings": STATUS_NAMES,
    }
    columns["status"] = Column(np.int8, False, flags)
    return columns


def recorded_layout(simulator: Simulator, width: int) -> dict[str, Column]:
    """Return every variable of a store of recordings by name, `status` last.

    Args:
        simulator: Names the variables and parameters.
        width: Characters of the longest name of a file.
    """
    length = {"units": "1", "long_name": "number of samples of the record", "role": "length"}
    source = {"units": "1", "long_name": "file that the record comes from"}
    columns = {name: c for name, c in layout(simulator).items() if name != "wall_time"}
    status = columns.pop("status")
    return {
        **columns,
        LENGTH: Column(np.int64, False, length),
        "source": Column(np.dtype(f"U{width}"), False, source),
        "status": status,
    }


def lengths_of(data: "xr.Dataset") -> np.ndarray:
    """Return the number of samples of each record, shape [sample]; simulations fill their arrays.

    Beyond it, time and series are NaN.
    """
    if LENGTH in data.variables:
        return np.asarray(data[LENGTH].values, int)
    return np.full(data.sizes["sample"], data.sizes["time"])


def provenance_columns(width: int) -> dict[str, Column]:
    """Return the variables of a merged store that say where each sample comes from.

    Args:
        width: Characters of the longest path.
    """
    source = {"units": "1", "long_name": "store that the sample comes from"}
    seed = {"units": "1", "long_name": "seed of the sample's parameters", "role": "provenance"}
    index = {"units": "1", "long_name": "index of the sample under its seed", "role": "provenance"}
    return {
        "source": Column(np.dtype(f"U{width}"), False, source),
        "source_seed": Column(np.int64, False, seed),
        "source_index": Column(np.int64, False, index),
    }


def as_texts(reasons: Sequence[str], dtype: Any) -> np.ndarray:
    """Return reasons as an array of the store's type; long ones are cut and end in an ellipsis."""
    if dtype.kind != "U":
        return np.asarray(reasons, dtype)
    length = dtype.itemsize // 4
    return np.array([r if len(r) <= length else r[: length - 1] + "…" for r in reasons], dtype)


def inputs_and_outputs(data: "xr.Dataset") -> tuple[list[str], list[str]]:
    """Return the names of the inputs and of the outputs, by their attribute `role`."""
    names = {
        role: [str(n) for n in data.data_vars if data[n].attrs.get("role") == role]
        for role in ("input", "output")
    }
    return names["input"], names["output"]
