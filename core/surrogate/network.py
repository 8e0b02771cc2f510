"""Run a network on physical inputs and decode its outputs at any instants."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn

from ..encoding.encoding import Encoding
from ..encoding.scales import PHASE
from ..resampling import ends, resample
from .inputs import Conditions, Seen, is_sampled_at

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


def decoder(
    encoding: Encoding, phases: np.ndarray, seen: Seen, given: Conditions
) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
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

    def decode(encoded: np.ndarray) -> dict[str, np.ndarray]:
        channels = np.moveaxis(encoded, 2, 0)
        columns = [resample(seen.series[PHASE], c, phase) for c in channels]
        return encoding.decode_outputs(np.stack(columns, axis=-1), seen.base)

    return decode
