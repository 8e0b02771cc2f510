"""A dataset with logarithmic scales for quantities that span decades."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from dynsur.core import (
    FLOOR,
    PHASE,
    Departure,
    DynsurError,
    Encoding,
    Scale,
    Simulator,
    TrainingData,
    chosen_base,
    unknown_name,
)

from .channels import (
    Columns,
    assemble,
    base_columns,
    feature_columns,
    output_columns,
    parameter_columns,
    refuse_uneven,
    series_columns,
)
from .instants import where_curves_change
from .splits import MINIMUM, Parts, draw

if TYPE_CHECKING:
    import xarray as xr

SPREAD = 100.0  # ratio of peaks, or of other sizes, above which a logarithm is used
SEEN = 4096  # training samples that are looked at to see where curves change
BELOW_PEAK = 1e-3  # automatic threshold relative to the smallest curve's peak


@dataclass(frozen=True)
class Decades:
    """The paper's sampling and split, with logarithmic scales where the data span decades.

    Parameters sampled on a log scale are log-scaled. An output whose peak differs between
    curves by more than a factor 100 gets one signed logarithm, asinh(y / threshold); otherwise
    a linear scale. What the simulator knows before a simulation joins in: its features the scalar
    inputs, the series of its base the series, and the target is the departure from the base.

    Args:
        kept: Share of the time samples that is retained, drawn once for all simulations.
        train_share: Share of the simulations that is not in the test part.
        validation_share: Share of these that is held out to choose the best epoch.
        floor: Output below which a curve counts as zero in the metrics, in the output's unit.
        threshold: Value at which the signed logarithm turns linear, in the output's unit; 0 takes
            a thousandth of the smallest peak of a curve, but at least `floor`.
        features_only: Whether the simulator's features replace the parameters, if it has any.
        soft: Departure from an estimate beyond which it is compressed, in decades, or in spans
            of a linear scale.
        trust: Share of a predicted departure that is believed; 0 chooses it on the validation part.
        tail: Share of an estimate's smallest values that its logarithmic scale leaves below 0; else
            the decades in which a current vanishes with the voltage fill much of it.
        without: Names of parameters, features and series that models do not see: what hardly counts
            in a box of parameters costs a model of few data more than it tells.
        phase: Whether models see time / duration. A causal one that does not answers sequences of
            any length.
        base: What models start from and depart from: "coarse", a cheap version of the simulator;
            "closed-form"; "none"; or "auto", the first of these that the simulator offers. A sample
            whose coarse solve fails is left out of all parts.
        between: What is interpolated between the retained instants where the drive is straight: the
            "departure" from the base, or the "output" itself, which is faster and smoother if the
            base has kinks.
        instants: Which time samples are retained: "drawn" at random, as in the paper, or "changes",
            closer to each other where the curves of the training part change more.
    """

    kept: float = 0.2
    train_share: float = 0.7
    validation_share: float = 0.1
    floor: float = FLOOR
    threshold: float = 0.0
    features_only: bool = False
    soft: float = 0.1
    trust: float = 0.0
    tail: float = 0.0
    without: tuple[str, ...] = ()
    phase: bool = True
    base: Literal["auto", "coarse", "closed-form", "none"] = "auto"
    between: Literal["departure", "output"] = "departure"
    instants: Literal["drawn", "changes"] = "drawn"

    name = "decades"
    minimum = MINIMUM
    description = "20 % of the times, 70/30 split, logarithmic scales where data span decades"

    def __post_init__(self) -> None:
        if self.floor <= 0 or self.threshold < 0:
            raise DynsurError(
                "dataset.floor must be positive and dataset.threshold not negative; "
                f"got {self.floor:g} and {self.threshold:g}."
            )
        if self.soft <= 0 or not 0 <= self.trust <= 1 or not 0 <= self.tail < 1:
            raise DynsurError(
                "dataset.soft must be positive, dataset.trust lie in [0, 1] and dataset.tail in "
                f"[0, 1); got {self.soft:g}, {self.trust:g} and {self.tail:g}."
            )

    def prepare(self, store: "xr.Dataset", simulator: Simulator, seed: int) -> TrainingData:
        """Split and encode a store; the scales are fitted on the training part only.

        Raises:
            DynsurError: Too few samples are finished, or `without` names an unknown input.
        """
        refuse_uneven(store, self.name)
        parts = draw(
            store["status"].values,
            store.sizes["time"],
            seed,
            kept=self.kept,
            train_share=self.train_share,
            validation_share=self.validation_share,
        )
        series = series_columns(store, simulator)
        outputs = output_columns(store, simulator)
        if self.instants == "changes":
            parts = self._where_curves_change(series, outputs, parts)
        if not self.phase and simulator.inputs:
            del series[PHASE]
        base = chosen_base(simulator, self.base)
        estimates, failed = base_columns(store, simulator, base, parts.time_index)
        parts = parts.without(failed)
        features = feature_columns(store, simulator)
        parameters = parameter_columns(store, simulator)
        if self.features_only and features:
            parameters = {}
        features = {name: c for name, c in features.items() if name not in parameters}
        self._leave_out([series, estimates, parameters, features], simulator.space.names)
        logarithmic = {p.name for p in simulator.space if p.scale == "log"}
        train = parts.train
        scales = {n: self._output_scale(n, c[train]) for n, c in outputs.items()}
        encoding = Encoding(
            series=(
                *(Scale.fit(n, c[train]) for n, c in series.items()),
                *(
                    scales.get(n) or spread_scale(n, c[train], self.tail)
                    for n, c in estimates.items()
                ),
            ),
            parameters=(
                *(
                    Scale.fit(n, c[train], "log" if n in logarithmic else "linear")
                    for n, c in parameters.items()
                ),
                *(spread_scale(n, c[train]) for n, c in features.items()),
            ),
            outputs=tuple(scales.values()),
            departures=self._departures(scales, outputs, estimates, parts),
            base=base,
            between=self.between,
        )
        scalars = {**parameters, **features}
        return assemble(parts, encoding, series, scalars, outputs, estimates)

    @staticmethod
    def _where_curves_change(series: Columns, outputs: Columns, parts: Parts) -> Parts:
        """Retain as many instants as were drawn, but where the training curves change."""
        seen, drives = parts.train[:SEEN], {n: c for n, c in series.items() if n != PHASE}
        chosen = where_curves_change(
            series[PHASE][seen],
            {name: column[seen] for name, column in drives.items()},
            {name: column[seen] for name, column in outputs.items()},
            parts.time_index.size,
        )
        return replace(parts, time_index=chosen)

    def _departures(
        self, scales: dict[str, Scale], outputs: Columns, estimates: Columns, parts: Parts
    ) -> tuple[Departure, ...]:
        """Fit how each output departs from its base; nothing unless the base tells all outputs."""
        if not scales.keys() <= estimates.keys():
            return ()
        train, instants = parts.train, parts.time_index
        return tuple(
            Departure.fit(
                scale,
                outputs[name][np.ix_(train, instants)],
                estimates[name][train],
                self.soft,
                self.trust,
            )
            for name, scale in scales.items()
        )

    def _leave_out(self, columns: list[Columns], space: tuple[str, ...]) -> None:
        """Remove the inputs that models do not see."""
        names = [*space, *(name for held in columns for name in held)]
        for name in self.without:
            if name not in names:
                raise unknown_name("input", name, dict.fromkeys(names))
            for held in columns:
                held.pop(name, None)
        series, estimates, parameters, features = columns
        if not (series or estimates) or not (parameters or features):
            raise DynsurError(
                "dataset.without leaves models no series, or no parameter and no feature; "
                f"it names {', '.join(self.without)}."
            )

    def _output_scale(self, name: str, curves: np.ndarray) -> Scale:
        """Choose the scale of one output from its training curves [sample, time]."""
        peaks = np.maximum(np.abs(curves).max(axis=1), self.floor)
        small, large = np.quantile(peaks, [0.05, 0.95])
        if large < SPREAD * small and not self.threshold:
            return Scale.fit(name, curves)
        threshold = self.threshold or max(self.floor, BELOW_PEAK * float(peaks.min()))
        return Scale.fit(name, curves, "asinh", threshold)


def spread_scale(name: str, values: np.ndarray, tail: float = 0.0) -> Scale:
    """Return a logarithmic scale for values that span decades, signed if they have both signs.

    A signed scale turns linear at the median modulus. A logarithmic scale starts where a share
    `tail` of the values is smaller.
    """
    size = np.abs(values[values != 0.0])
    if size.size == 0 or size.max() < SPREAD * size.min():
        return Scale.fit(name, values)
    if (values > 0.0).all():
        return Scale.fit(name, np.maximum(values, np.quantile(values, tail)), "log")
    return Scale.fit(name, values, "asinh", float(np.median(size)))
