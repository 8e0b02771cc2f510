"""Parameters with units and ranges, and the space they span."""

import dataclasses
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..errors import DynsurError, unknown_name
from ..numbers import by_name, number, numbers
from ..showing import space_html, space_text


@dataclass(frozen=True)
class Parameter:
    """One scalar input of a simulator.

    Args:
        name: ASCII name of the variable in the store and in `--set`.
        low: Lower end of the sampled range, in `units`.
        high: Upper end; equal to `low` for a fixed parameter.
        units: Unit of the value, "1" if dimensionless.
        default: Value in a simulation that does not set this parameter; by default the middle of
            the range on its scale.
        scale: Scale on which the range is sampled uniformly, "linear" or "log".
        long_name: What it is, in words.
        symbol: The paper's symbol, in plain text or TeX.
        domain: Closed interval of the values that make physical sense.
        choices: The only accepted values, where the parameter is a switch or an integer.
        source: Where the range comes from.
        seen: Whether models see the parameter. They need not see one that only numbers the
            realisations of the drive, since they see the drive itself.
    """

    name: str
    low: float
    high: float
    units: str
    default: float | None = None
    scale: Literal["linear", "log"] = "linear"
    long_name: str = ""
    symbol: str = ""
    domain: tuple[float, float] = (-math.inf, math.inf)
    choices: tuple[float, ...] = ()
    source: str = ""
    seen: bool = True

    def __post_init__(self) -> None:
        for end in (self.low, self.high):
            numbers(f"parameter '{self.name}'", end)
            if not math.isfinite(end):
                raise DynsurError(
                    f"parameter '{self.name}' must be finite; got {end} {self.units}."
                )
        if self.low > self.high:
            raise DynsurError(
                f"parameter '{self.name}' needs a range low:high with low <= high; "
                f"got {self.low:g}:{self.high:g} {self.units}."
            )
        if self.scale == "log" and self.low <= 0:
            raise DynsurError(
                f"parameter '{self.name}' has a log scale, so its range must be positive; "
                f"got [{self.low}, {self.high}] {self.units}."
            )
        for value in (self.low, self.high, *(() if self.default is None else (self.default,))):
            self.check(value)

    @property
    def is_fixed(self) -> bool:
        """Whether the range is a single value."""
        return self.low == self.high

    @property
    def value(self) -> float:
        """The default, or the middle of the range on its scale."""
        if self.default is not None:
            return self.default
        return float(self.from_unit(np.array(0.5)))

    def accepts(self, values: np.ndarray) -> np.ndarray:
        """Return for each value whether `check` accepts it."""
        low, high = self.domain
        inside = np.isfinite(values) & (low <= values) & (values <= high)
        inside &= (values > 0) | (self.scale != "log")
        return inside & np.isin(values, self.choices) if self.choices else inside

    def check(self, value: float) -> float:
        """Return `value` as a float, or raise DynsurError if it lies outside the domain."""
        value = number(f"parameter '{self.name}'", value)
        low, high = self.domain
        if self.choices and value not in self.choices:
            allowed = ", ".join(f"{c:g}" for c in self.choices)
            raise DynsurError(f"parameter '{self.name}' must be one of {allowed}; got {value:g}.")
        if not low <= value <= high:
            raise DynsurError(
                f"parameter '{self.name}' must lie in [{low:g}, {high:g}] {self.units}; "
                f"got {value:g}."
            )
        if self.scale == "log" and value <= 0:
            raise DynsurError(
                f"parameter '{self.name}' has a log scale and must be positive; got {value:g} "
                f"{self.units}."
            )
        return value

    def from_unit(self, u: np.ndarray) -> np.ndarray:
        """Map u in [0, 1] to the range, uniformly on the parameter's scale."""
        if self.is_fixed:
            return np.full(np.shape(u), self.low)
        if self.scale == "log":
            return self.low * (self.high / self.low) ** u
        return self.low + (self.high - self.low) * u

    def to_unit(self, value: np.ndarray) -> np.ndarray:
        """Map the range to [0, 1]; the inverse of `from_unit`, 0 for a fixed parameter."""
        if self.is_fixed:
            return np.zeros(np.shape(value))
        if self.scale == "log":
            return np.log(value / self.low) / np.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class ParameterSpace:
    """A box of parameters, sampled so that sample i depends on (seed, i) alone.

    Sobol points have the prefix property: the first 1000 of 2000 samples are the same as 1000
    samples drawn alone. Fixed parameters take up no dimension of the sequence.

    Args:
        parameters: The parameters, in the order of the sequence's dimensions.
        sampler: "sobol" (scrambled, Owen 1998, doi:10.1006/jcom.1998.0487) or "random" (Philox
            counters, Salmon et al. 2011, doi:10.1145/2063384.2063405).
    """

    parameters: tuple[Parameter, ...]
    sampler: Literal["sobol", "random"] = "sobol"

    def __post_init__(self) -> None:
        if not isinstance(self.parameters, list | tuple) or not all(
            isinstance(p, Parameter) for p in self.parameters
        ):
            shown = " ".join(f"{self.parameters!r:.60}".split())
            raise DynsurError(
                f"a parameter space takes a tuple of parameters, (Parameter(…), …); got {shown}."
            )
        names = [p.name for p in self.parameters]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise DynsurError(f"parameter names must differ; given twice: {', '.join(twice)}.")

    def __repr__(self) -> str:
        return space_text(self)

    def _repr_html_(self) -> str:
        return space_html(self)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __len__(self) -> int:
        return len(self.parameters)

    def __getitem__(self, name: str) -> Parameter:
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise unknown_name("parameter", name, self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names, in order."""
        return tuple(p.name for p in self.parameters)

    @property
    def free(self) -> tuple[Parameter, ...]:
        """The parameters whose range is more than one value."""
        return tuple(p for p in self.parameters if not p.is_fixed)

    @property
    def telling(self) -> tuple[Parameter, ...]:
        """The parameters by which a model distinguishes systems.

        These are the free parameters that it sees. If there are none, they are the fixed ones, and
        all parameters if there are none of these either.
        """
        fixed = tuple(p for p in self.parameters if p.is_fixed)
        return tuple(p for p in self.free if p.seen) or fixed or self.parameters

    def values(self, given: Mapping[str, float] | None = None) -> dict[str, float]:
        """Complete `given` with the defaults and check every value against its domain.

        Raises:
            DynsurError: A name is unknown or a value lies outside its domain.
        """
        given = dict(given or {})
        for name in given:
            self[name]
        return {p.name: p.check(given.get(p.name, p.value)) for p in self.parameters}

    def columns(self, given: Mapping[str, npt.ArrayLike]) -> dict[str, np.ndarray]:
        """Complete the parameters of n systems as `values` does; each column has shape [n].

        Args:
            given: Values by name, each of shape [n] or one for all systems.

        Raises:
            DynsurError: A name is unknown, the shapes differ or a value lies outside its domain.
        """
        by_name("parameters", given)
        found = {name: self.column(name, values) for name, values in given.items()}
        count = max((column.size for column in found.values()), default=1)
        for name, column in found.items():
            if column.size not in (1, count):
                raise DynsurError(
                    f"the columns of parameters must have one length, or 1; '{name}' has "
                    f"{column.size} values, another one {count}."
                )
        complete = {p.name: found.get(p.name, np.array([p.value])) for p in self.parameters}
        return {name: np.broadcast_to(c, count).astype(float) for name, c in complete.items()}

    def column(self, name: str, values: npt.ArrayLike) -> np.ndarray:
        """Return the values of one parameter as an array of one dimension.

        Raises:
            DynsurError: The name is unknown, the values are neither one number nor one number for
                each system, or a value lies outside of the domain.
        """
        parameter = self[name]
        column = np.atleast_1d(numbers(f"parameter '{name}'", values))
        if column.ndim != 1 or not column.size:
            raise DynsurError(
                f"parameter '{name}' takes one number or one for each system; got shape "
                f"{column.shape}."
            )
        for bad in np.flatnonzero(~parameter.accepts(column))[:1]:
            parameter.check(float(column[bad]))
        return column

    def restrict(self, name: str, low: float, high: float | None = None) -> "ParameterSpace":
        """Return the space with one parameter's range replaced; without `high` it is fixed."""
        high = low if high is None else high
        old = self[name]
        inside = old.default is not None and low <= old.default <= high
        new = dataclasses.replace(old, low=low, high=high, default=old.default if inside else None)
        return dataclasses.replace(
            self, parameters=tuple(new if p.name == name else p for p in self.parameters)
        )

    def sample(self, seed: int, start: int, count: int) -> dict[str, np.ndarray]:
        """Draw the samples start, …, start + count − 1.

        Args:
            seed: Seed of the whole sequence.
            start: Index of the first sample wanted.
            count: Number of samples.

        Returns:
            An array of shape [count] for each parameter, in its units.
        """
        free = self.free
        if self.sampler == "sobol" and free:
            unit = _sobol(len(free), seed, start, count)
        else:
            unit = np.array(
                [
                    np.random.Generator(np.random.Philox(key=seed, counter=i)).random(len(free))
                    for i in range(start, start + count)
                ]
            ).reshape(count, len(free))
        column = {p.name: unit[:, j] for j, p in enumerate(free)}
        return {p.name: p.from_unit(column.get(p.name, np.zeros(count))) for p in self.parameters}

    def describe(self) -> dict[str, Any]:
        """Return the space as plain JSON values."""
        return {
            "sampler": self.sampler,
            "parameters": [
                {"name": p.name, "low": p.low, "high": p.high, "units": p.units, "scale": p.scale}
                for p in self.parameters
            ],
        }


def _sobol(dimensions: int, seed: int, start: int, count: int) -> np.ndarray:
    from scipy.stats import qmc

    engine = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed))
    if start:
        engine.fast_forward(start)
    with warnings.catch_warnings():
        # A prefix of any length is wanted; balance holds at each power of two reached.
        warnings.filterwarnings("ignore", message="The balance properties of Sobol")
        return engine.random(count)
