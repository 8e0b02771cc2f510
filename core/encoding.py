"""Scales between physical units and what a network sees, and the tensors they make."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np


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
        g = cls(name, kind, threshold=threshold).forward(values)
        g = g[np.isfinite(g)]
        low, high = (float(g.min()), float(g.max())) if g.size else (0.0, 1.0)
        return cls(name, kind, low, high - low if high > low else 1.0, threshold)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Map physical values to the model's scale."""
        x = np.asarray(x, float)
        if self.kind == "log":
            x = np.log10(x)
        elif self.kind == "asinh":
            x = np.arcsinh(x / self.threshold) / np.log(10.0)
        return (x - self.offset) / self.span

    def inverse(self, y: np.ndarray) -> np.ndarray:
        """Map the model's scale back to physical values."""
        g = np.asarray(y, float) * self.span + self.offset
        if self.kind == "log":
            return 10.0**g
        if self.kind == "asinh":
            return self.threshold * np.sinh(g * np.log(10.0))
        return g


@dataclass(frozen=True)
class Encoding:
    """The fitted scales of a model's inputs and outputs: plain numbers, kept in the checkpoint.

    Args:
        series: Scales of the input series. The name "phase" stands for time / duration.
        parameters: Scales of the scalar inputs: parameters and the simulator's features.
        outputs: Scales of the output series.
    """

    series: tuple[Scale, ...]
    parameters: tuple[Scale, ...]
    outputs: tuple[Scale, ...]

    def encode_series(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Stack the input series [batch, time] by name into float32 [batch, time, channel]."""
        return _stack(self.series, columns)

    def encode_parameters(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Stack the scalar inputs [batch] by name into float32 [batch, parameter]."""
        return _stack(self.parameters, columns)

    def encode_outputs(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Stack the output series [batch, time] by name into float32 [batch, time, output]."""
        return _stack(self.outputs, columns)

    def decode_outputs(self, encoded: np.ndarray) -> dict[str, np.ndarray]:
        """Turn [batch, time, output] back into physical series [batch, time] by name."""
        return {s.name: s.inverse(encoded[..., j]) for j, s in enumerate(self.outputs)}

    def to_json(self) -> dict[str, Any]:
        """Return the scales as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Encoding":
        """Rebuild an encoding written by `to_json`."""
        keys = ("series", "parameters", "outputs")
        return cls(*(tuple(Scale(**scale) for scale in data[key]) for key in keys))


def _stack(scales: tuple[Scale, ...], columns: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.stack([s.forward(columns[s.name]) for s in scales], axis=-1).astype(np.float32)


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
