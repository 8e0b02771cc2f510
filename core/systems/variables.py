"""The variables of a system and how a simulation ended."""

import re
from dataclasses import dataclass
from enum import IntEnum


def reason_kind(reason: str) -> str:
    """Replace the numbers in a reason, so that failures of one kind are counted together.

    >>> reason_kind("t = 0.31 s: no convergence after 50 steps")
    't = # s: no convergence after # steps'
    """
    return re.sub(r"(?<![A-Za-z_])[-+]?\d+(\.\d*)?([eE][-+]?\d+)?", "#", reason)


class Status(IntEnum):
    """How a simulation ended; the value of the store's variable `status`."""

    MISSING = 0
    OK = 1
    FAILED = 2
    TIMED_OUT = 3
    CRASHED = 4
    INVALID = 5


@dataclass(frozen=True)
class Variable:
    """A time series that goes into a simulation or comes out of it.

    Args:
        name: Name in the store.
        units: Unit, "1" if dimensionless.
        long_name: What it is, in words; the axis label of plots.
        symbol: Symbol on axes, e.g. "I".
    """

    name: str
    units: str
    long_name: str = ""
    symbol: str = ""

    @property
    def attrs(self) -> dict[str, str]:
        """The variable's attributes in an xarray Dataset."""
        return {"units": self.units, "long_name": self.long_name or self.name}
