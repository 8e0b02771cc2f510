"""Encode the inputs and outputs of a model with their scales, and decode them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from .discrepancy import Departure
from .scales import Scale

DEPARTURE, OUTPUT = "departure", "output"  # what is interpolated between trained instants
NO_ESTIMATES: Mapping[str, np.ndarray] = MappingProxyType({})


@dataclass(frozen=True)
class Encoding:
    """The fitted scales of a model's inputs and outputs, which are saved with the model.

    Args:
        series: Scales of the input series. The name "phase" stands for time / duration.
        parameters: Scales of the scalar inputs: the parameters and the simulator's features.
        outputs: Scales of the output series.
        departures: The encoded departure of each output from the simulator's estimate; empty if
            outputs are encoded by their scale alone.
        base: What the simulator is asked for before a prediction: "coarse", "closed-form" or
            "none", see `core.systems.bases`.
        between: What is interpolated between the instants of the training: the "departure" from
            the base, whose own course is kept, or the "output" itself, which is smoother than a
            base with kinks of its own.
    """

    series: tuple[Scale, ...]
    parameters: tuple[Scale, ...]
    outputs: tuple[Scale, ...]
    departures: tuple[Departure, ...] = ()
    base: str = "closed-form"
    between: str = DEPARTURE

    def encode_series(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Encode the input series [batch, time] by name as float32 [batch, time, channel]."""
        return _stack(self.series, columns)

    def encode_parameters(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Encode the scalar inputs [batch] by name as float32 [batch, parameter]."""
        return _stack(self.parameters, columns)

    def encode_outputs(
        self, columns: Mapping[str, np.ndarray], estimates: Mapping[str, np.ndarray] = NO_ESTIMATES
    ) -> np.ndarray:
        """Encode the output series [batch, time] by name as float32 [batch, time, output].

        Args:
            columns: The outputs by name.
            estimates: The simulator's estimate of each output, needed for `departures`.
        """
        if not self.departures:
            return _stack(self.outputs, columns)
        pairs = zip(self.departures, self.outputs, strict=True)
        encoded = [d.forward(s, columns[s.name], estimates[s.name]) for d, s in pairs]
        return np.stack(encoded, axis=-1).astype(np.float32)

    def decode_outputs(
        self, encoded: np.ndarray, estimates: Mapping[str, np.ndarray] = NO_ESTIMATES
    ) -> dict[str, np.ndarray]:
        """Decode [batch, time, output] into physical series [batch, time] by name."""
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
            base=data.get("base", "closed-form"),  # models of before had no other
            between=data.get("between", DEPARTURE),  # likewise
        )


def _stack(scales: tuple[Scale, ...], columns: Mapping[str, np.ndarray]) -> np.ndarray:
    shape = np.shape(columns[scales[0].name])
    stacked = np.empty((*shape, len(scales)), np.float32)
    with np.errstate(over="ignore"):  # what a network makes of infinity is told as not finite
        for j, scale in enumerate(scales):
            stacked[..., j] = scale.forward(columns[scale.name])
    return stacked
