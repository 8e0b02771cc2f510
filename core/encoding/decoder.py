"""Decode a model's tensors into physical units, for losses that know the physics."""

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from ..errors import DynsurError
from .discrepancy import departed
from .encoding import Encoding
from .scales import PHASE
from .torch_scales import Scales

if TYPE_CHECKING:
    from ..systems.simulator import Simulator


class Decoder:
    """Decodes the tensors that a loss is given, in float64 and with gradients.

    Args:
        simulator: The simulator whose simulations were encoded.
        encoding: The scales with which they were encoded.

    Raises:
        DynsurError: The encoding lacks a parameter or an input of the simulator.
    """

    def __init__(self, simulator: "Simulator", encoding: Encoding) -> None:
        self._simulator, self._encoding = simulator, encoding
        self._channels = [s.name for s in encoding.series]
        self._scalars = [s.name for s in encoding.parameters]
        free = {p.name for p in simulator.space.free}
        needed = free | {PHASE} | {v.name for v in simulator.inputs}
        missing = sorted(needed - {*self._channels, *self._scalars})
        if missing:
            raise DynsurError(
                f"a loss that uses the physics needs '{', '.join(missing)}' of system "
                f"'{simulator.name}' among the model's inputs; choose a dataset that "
                "encodes parameters, inputs and phase (decades, with features_only=False)."
            )
        self._of_series, self._of_parameters, self._of_outputs = (
            Scales(s) for s in (encoding.series, encoding.parameters, encoding.outputs)
        )

    def outputs(self, prediction: Tensor, series: Tensor) -> dict[str, Tensor]:
        """Return the outputs [batch, time] by name; the departures are trusted fully.

        Args:
            prediction: Encoded outputs [batch, time, output].
            series: Encoded input series [batch, time, channel].
        """
        y, encoding = prediction.double(), self._encoding
        for j, departure in enumerate(encoding.departures):
            start = series[..., self._channels.index(encoding.outputs[j].name)].double()
            scale = encoding.outputs[j]
            zero = (scale.forward(np.zeros(1)) if scale.kind != "log" else np.full(1, -np.inf))[0]
            sign = torch.where(start >= zero, 1.0, -1.0)
            limits = departure.low, departure.high
            full = departed(
                start, departure.size * y[..., j], sign, departure.soft, limits, 1.0 / scale.span
            )
            y = torch.cat([y[..., :j], full[..., None], y[..., j + 1 :]], -1)
        physical = self._of_outputs.inverse(y)
        return {s.name: physical[..., j] for j, s in enumerate(encoding.outputs)}

    def series(self, series: Tensor) -> dict[str, Tensor]:
        """Return `phase`, the inputs and the estimates by name, each of shape [batch, time]."""
        physical = self._of_series.inverse(series.double())
        return {name: physical[..., j] for j, name in enumerate(self._channels)}

    def parameters(self, parameters: Tensor) -> dict[str, np.ndarray]:
        """Return every parameter of the simulator by name, each of shape [batch]."""
        physical = self._of_parameters.inverse(parameters.double()).cpu().numpy()
        return {
            p.name: physical[:, self._scalars.index(p.name)]
            if p.name in self._scalars
            else np.full(len(parameters), p.low)
            for p in self._simulator.space
        }
