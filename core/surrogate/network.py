"""Run a network on physical inputs and decode its outputs at any instants."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn

from ..encoding.encoding import Encoding
from ..encoding.scales import PHASE, Scale
from ..resampling import ends, resample, resample_smoothly
from .inputs import Conditions, Seen, is_sampled_at

Decode = Callable[[np.ndarray], dict[str, np.ndarray]]
BATCH = 32  # systems: what a network makes of them stays in the processor's cache


@torch.inference_mode()
def network_outputs(
    module: nn.Module,
    encoding: Encoding,
    series: Mapping[str, np.ndarray],
    scalars: Mapping[str, np.ndarray],
    each: bool = False,
) -> np.ndarray:
    """Return the encoded outputs of a network.

    Args:
        module: The network.
        encoding: The scales of its inputs.
        series: Input series by name, each of shape [n, phase].
        scalars: Scalar inputs by name, each of shape [n].
        each: Whether to return the outputs of every member of an ensemble.

    Returns:
        An array [n, phase, output], or [member, n, phase, output].
    """
    members = getattr(module, "each", None) if each else None
    run = members or module
    pairs = zip(
        torch.from_numpy(encoding.encode_series(series)).split(BATCH),
        torch.from_numpy(encoding.encode_parameters(scalars)).split(BATCH),
        strict=True,
    )
    device = next(module.parameters()).device
    parts = [run(s.to(device), p.to(device)).cpu().numpy() for s, p in pairs]
    outputs = np.concatenate(parts, axis=1 if members else 0).astype(float)
    return outputs[None] if each and not members else outputs


def decoder(encoding: Encoding, phases: np.ndarray, seen: Seen, given: Conditions) -> Decode:
    """Return a function that decodes a network's outputs at the wanted instants.

    Args:
        encoding: The scales of the outputs.
        phases: The instants the network was trained at, as time / duration, shape [phase].
        seen: What the network saw, and the base at the wanted instants.
        given: The wanted instants, and the systems and drives.
    """
    time = np.asarray(given.time, float)
    phase = time / ends(time, given.duration)
    if is_sampled_at(phase, phases):
        return lambda encoded: encoding.decode_outputs(encoded, seen.base)

    if encoding.departures and not seen.base:

        def smooth(encoded: np.ndarray) -> dict[str, np.ndarray]:
            trained = encoding.decode_outputs(encoded, seen.series)
            return {name: resample_smoothly(phases, y, phase) for name, y in trained.items()}

        return smooth

    def decode(encoded: np.ndarray) -> dict[str, np.ndarray]:
        channels = np.moveaxis(encoded, 2, 0)
        columns = [resample(seen.series[PHASE], c, phase) for c in channels]
        values = encoding.decode_outputs(np.stack(columns, axis=-1), seen.base)
        if not encoding.departures:
            return values
        trained = encoding.decode_outputs(encoded, seen.series)
        return {
            scale.name: _near_neighbours(
                scale, values[scale.name], trained[scale.name], seen, phase, phases
            )
            for scale in encoding.outputs
        }

    return decode


def _near_neighbours(
    scale: Scale,
    values: np.ndarray,
    trained: np.ndarray,
    seen: Seen,
    phase: np.ndarray,
    phases: np.ndarray,
) -> np.ndarray:
    """Keep values between trained phases as near to both neighbours as the base stays to its own.

    A departure is a ratio where the scale is logarithmic, and means the opposite on the other side
    of a zero. Interpolated across a zero of the base it would stand for decades of nothing.

    Args:
        scale: The output's scale.
        values: Decoded at the wanted instants, shape [n, time].
        trained: Decoded at the trained phases, shape [n, phase].
        seen: Holds the base at both.
        phase: The wanted instants, as time / duration, shape [n, time].
        phases: The trained phases, shape [phase].
    """
    after = np.clip(np.searchsorted(phases, phase), 1, phases.size - 1)
    pairs = [np.take_along_axis(trained, k, axis=1) for k in (after - 1, after)]
    base_pairs = [
        np.take_along_axis(seen.series[scale.name], k, axis=1) for k in (after - 1, after)
    ]
    left, right, base_left, base_right, base = (
        scale.forward(rows) for rows in (*pairs, *base_pairs, seen.base[scale.name])
    )
    above = np.maximum(base - np.maximum(base_left, base_right), 0.0)
    below = np.maximum(np.minimum(base_left, base_right) - base, 0.0)
    least = scale.inverse(np.minimum(left, right) - below)
    most = scale.inverse(np.maximum(left, right) + above)
    return np.clip(values, least, most)
