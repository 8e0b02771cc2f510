"""What a figure of merit is, and the loop that it is computed from."""

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..systems.variables import Variable
from .excursions import LEAST, Excursion, excursion_counts

READ = 0.2  # of each loop's largest input, where no read input is given


@dataclass(frozen=True)
class Merit(Variable):
    """A figure of merit: a number of each loop, with its unit.

    Args:
        name: Name of the column, e.g. "current_on_off_ratio".
        units: Unit, "1" if dimensionless.
        long_name: What it is, in words.
        symbol: Symbol on axes.
        scale: "log" where it may span decades, so that errors of it are ratios.
    """

    scale: Literal["linear", "log"] = "linear"


@dataclass(frozen=True, eq=False)
class Loop:
    """The loops of one output over one input, of n systems.

    Args:
        drive: The input u, shape [n, time].
        response: The output y, shape [n, time].
        time: Instants, shape [n, time], in s.
        read: Input at which states are read, in its unit; None takes `READ` of each amplitude.
    """

    drive: np.ndarray
    response: np.ndarray
    time: np.ndarray
    read: float | None = None

    @functools.cached_property
    def amplitude(self) -> np.ndarray:
        """The largest modulus of the input, shape [n]."""
        return np.abs(self.drive).max(axis=1)

    @functools.cached_property
    def level(self) -> np.ndarray:
        """The modulus of the input at which states are read, shape [n]."""
        if self.read is None:
            return READ * self.amplitude
        return np.full(len(self.drive), abs(self.read))

    @functools.cached_property
    def positive(self) -> Excursion:
        """The last complete excursion to positive inputs."""
        return Excursion.last(self.drive, self.response, 1)

    @functools.cached_property
    def negative(self) -> Excursion:
        """The last complete excursion to negative inputs."""
        return Excursion.last(self.drive, self.response, -1)

    @functools.cached_property
    def states(self) -> tuple[np.ndarray, np.ndarray]:
        """|y| of the conducting and of the insulating branch at the read input, each [n].

        They are read at positive input, unless `read` is negative or the input never is positive.
        """
        if self.read is not None:
            return (self.negative if self.read < 0 else self.positive).states(self.level)
        pairs = zip(self.positive.states(self.level), self.negative.states(self.level), strict=True)
        reaches = self.drive.max(axis=1) > LEAST * self.amplitude
        on, off = (np.where(reaches, up, down) for up, down in pairs)
        return on, off

    @functools.cached_property
    def cycles(self) -> np.ndarray:
        """The number of cycles, shape [n]: excursions to the side that has most of them."""
        return np.maximum(excursion_counts(self.drive, 1), excursion_counts(self.drive, -1))
