"""Scales between physical units and what a network sees, and the tensors they make."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

NO_ESTIMATES: Mapping[str, np.ndarray] = MappingProxyType({})


@dataclass(frozen=True)
class Scale:
    """An invertible map of one quantity to the model's scale: (g(x) − offset) / span.

    Args:
        name: The quantity.
        kind: g: "linear" g(x) = x; "log" g(x) = log₁₀ x; "asinh" g(x) = asinh(x/threshold)/ln 10,
            a signed logarithm in decades, linear below `threshold`.
        offset: Value of g that maps to 0.
        span: Distance in g that maps to 1.
        threshold: Where "asinh" turns from linear to logarithmic, in the quantity's unit.
    """

    name: str
    kind: Literal["linear", "log", "asinh"] = "linear"
    offset: float = 0.0
    span: float = 1.0
    threshold: float = 1.0

    @classmethod
    def fit(
        cls,
        name: str,
        values: np.ndarray,
        kind: Literal["linear", "log", "asinh"] = "linear",
        threshold: float = 1.0,
    ) -> "Scale":
        """Fit offset and span so that the finite `values` cover [0, 1]; a constant maps to 0."""
        g = _stretched(kind, threshold, np.asarray(values, float))
        g = g[np.isfinite(g)]
        low, high = (float(g.min()), float(g.max())) if g.size else (0.0, 1.0)
        return cls(name, kind, low, high - low if high > low else 1.0, threshold)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map physical values to the model's scale.

        On a "log" scale what lies further below the fitted range than that is wide, zero and
        negative values included, counts as the least value that does not.
        """
        x = np.asarray(x, float)
        if self.kind == "log":
            x = np.maximum(x, 10.0 ** (self.offset - self.span))
        return (_stretched(self.kind, self.threshold, x) - self.offset) / self.span

    def inverse(self, y: np.ndarray) -> np.ndarray:
        """Map the model's scale back to physical values."""
        g = np.asarray(y, float) * self.span + self.offset
        if self.kind == "log":
            return 10.0**g
        if self.kind == "asinh":
            return self.threshold * np.sinh(g * np.log(10.0))
        return g


def _stretched(kind: str, threshold: float, x: np.ndarray) -> np.ndarray:
    """Return g(x) of a scale."""
    if kind == "log":
        return np.log10(x)
    if kind == "asinh":
        return np.arcsinh(x / threshold) / np.log(10.0)
    return x


@dataclass(frozen=True)
class Departure:
    """How far an output departs from its closed-form estimate ŷ, on the output's scale g.

    r = sign(ŷ) (g(y) − g(ŷ)) · span, encoded as soft · asinh(r / soft), so that estimates which
    fail altogether do not rule the training. Back, r is cut to what training data showed.

    Args:
        soft: Departure beyond which r is compressed, in the unit of g.
        trust: Share of a predicted departure that is believed: a model of few data errs on
            either side, and where it has learnt nothing the estimate is the better guess. 0
            leaves the choice to the validation part, see `core.calibrate`.
        low: Least r of the training data.
        high: Largest r of the training data.
    """

    soft: float
    trust: float
    low: float
    high: float

    @classmethod
    def fit(
        cls, scale: Scale, values: np.ndarray, estimate: np.ndarray, soft: float, trust: float
    ) -> "Departure":
        """Take the range of the departures from training values and estimates."""
        r = _departure(scale, values, estimate)
        return cls(soft, trust, float(r.min()), float(r.max()))

    def forward(self, scale: Scale, values: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Encode values beside their estimate."""
        return self.soft * np.arcsinh(_departure(scale, values, estimate) / self.soft)

    def inverse(self, scale: Scale, encoded: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Return the values that an encoded departure from `estimate` stands for.

        They do not leave the range of the training data on account of the departure.
        """
        r = np.clip(self.soft * np.sinh(encoded / self.soft), self.low, self.high)
        shift = _sign(estimate) * self.trust * r / scale.span
        start = scale.forward(estimate)
        least, most = np.minimum(start, 0.0), np.maximum(start, 1.0)
        return scale.inverse(np.clip(start + shift, least, most))


def _departure(scale: Scale, values: np.ndarray, estimate: np.ndarray) -> np.ndarray:
    return _sign(estimate) * (scale.forward(values) - scale.forward(estimate)) * scale.span


def _sign(values: np.ndarray) -> np.ndarray:
    return np.where(values >= 0.0, 1.0, -1.0)


@dataclass(frozen=True)
class Encoding:
    """The fitted scales of a model's inputs and outputs: plain numbers, kept in the checkpoint.

    Args:
        series: Scales of the input series. The name "phase" stands for time / duration.
        parameters: Scales of the scalar inputs: parameters and the simulator's features.
        outputs: Scales of the output series.
        departures: For each output how it departs from the simulator's estimate; empty where
            outputs are encoded by their scale alone.
    """

    series: tuple[Scale, ...]
    parameters: tuple[Scale, ...]
    outputs: tuple[Scale, ...]
    departures: tuple[Departure, ...] = ()

    def encode_series(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Stack the input series [batch, time] by name into float32 [batch, time, channel]."""
        return _stack(self.series, columns)

    def encode_parameters(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Stack the scalar inputs [batch] by name into float32 [batch, parameter]."""
        return _stack(self.parameters, columns)

    def encode_outputs(
        self, columns: Mapping[str, np.ndarray], estimates: Mapping[str, np.ndarray] = NO_ESTIMATES
    ) -> np.ndarray:
        """Stack the output series [batch, time] by name into float32 [batch, time, output].

        Args:
            columns: The outputs by name.
            estimates: The simulator's estimate of each, used where there are `departures`.
        """
        if not self.departures:
            return _stack(self.outputs, columns)
        pairs = zip(self.departures, self.outputs, strict=True)
        encoded = [d.forward(s, columns[s.name], estimates[s.name]) for d, s in pairs]
        return np.stack(encoded, axis=-1).astype(np.float32)

    def decode_outputs(
        self, encoded: np.ndarray, estimates: Mapping[str, np.ndarray] = NO_ESTIMATES
    ) -> dict[str, np.ndarray]:
        """Turn [batch, time, output] back into physical series [batch, time] by name."""
        if not self.departures:
            return {s.name: s.inverse(encoded[..., j]) for j, s in enumerate(self.outputs)}
        return {
            s.name: d.inverse(s, encoded[..., j].astype(float), estimates[s.name])
            for j, (d, s) in enumerate(zip(self.departures, self.outputs, strict=True))
        }

    def to_json(self) -> dict[str, Any]:
        """Return the scales as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Encoding":
        """Rebuild an encoding written by `to_json`."""
        return cls(
            series=tuple(Scale(**row) for row in data["series"]),
            parameters=tuple(Scale(**row) for row in data["parameters"]),
            outputs=tuple(Scale(**row) for row in data["outputs"]),
            departures=tuple(Departure(**row) for row in data["departures"]),
        )


def _stack(scales: tuple[Scale, ...], columns: Mapping[str, np.ndarray]) -> np.ndarray:
    shape = np.shape(columns[scales[0].name])
    stacked = np.empty((*shape, len(scales)), np.float32)
    for j, scale in enumerate(scales):
        stacked[..., j] = scale.forward(columns[scale.name])
    return stacked


@dataclass(frozen=True)
class Split:
    """Encoded samples of one part of the data.

    Args:
        sample: Index of each sample in the store, shape [n].
        series: float32 [n, time, channel].
        parameters: float32 [n, parameter].
        target: float32 [n, time, output].
    """

    sample: np.ndarray
    series: np.ndarray
    parameters: np.ndarray
    target: np.ndarray

    def __len__(self) -> int:
        return len(self.sample)


@dataclass(frozen=True)
class TrainingData:
    """What a dataset makes of a store.

    Args:
        train: What gradients see.
        validation: A part of the paper's training share held back to choose the best epoch.
        test: Held-out simulations; nothing is fitted or chosen on them.
        encoding: The scales, fitted on `train`.
        time_index: The retained time samples, indices into the store's time dimension.
    """

    train: Split
    validation: Split
    test: Split
    encoding: Encoding
    time_index: np.ndarray
