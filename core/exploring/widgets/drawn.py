"""The columns of a curve as the browser has them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..curves import COLUMNS
from .axes import Ends, bokeh

LOGARITHMIC = ("size",)  # columns that are drawn on logarithmic axes


class Drawn:
    """A curve, of which only what has changed is sent to the browser.

    Args:
        name: Name of its source, which tests find it by.
        columns: Names of its columns.
    """

    def __init__(self, name: str, columns: Sequence[str] = COLUMNS) -> None:
        self._nothing = {column: np.array([]) for column in columns}
        self.source = bokeh("models").ColumnDataSource(dict(self._nothing), name=name)
        self._reaches: dict[str, Ends | None] = {}

    def __len__(self) -> int:
        return len(self.source.data["time"])

    def show(self, columns: Mapping[str, Any]) -> None:
        """Draw other columns; all are of one length."""
        data = self.source.data
        changed = {
            name: values
            for name, values in columns.items()
            if not np.array_equal(values, data[name], equal_nan=True)
        }
        self._reaches |= {name: _reach(name, values) for name, values in changed.items()}
        if len(columns["time"]) == len(self):
            if changed:
                data.update(changed)
        else:
            self.source.data = dict(columns)

    def clear(self) -> None:
        """Draw nothing."""
        if len(self):
            self.show(self._nothing)

    def reach(self, column: str) -> Ends | None:
        """Return the lowest and the highest value of a column, or None without any."""
        return self._reaches.get(column)


def together(reaches: "list[Ends | None]") -> Ends | None:
    """Return the lowest and the highest value of several curves."""
    told = [reach for reach in reaches if reach is not None]
    return (min(low for low, _ in told), max(high for _, high in told)) if told else None


def _reach(column: str, values: Any) -> Ends | None:
    values = np.asarray(values, float)
    values = values[np.isfinite(values) & ((values > 0.0) | (column not in LOGARITHMIC))]
    return (float(values.min()), float(values.max())) if values.size else None
