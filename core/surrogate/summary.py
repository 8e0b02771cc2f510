"""Show a surrogate to a person: what it learnt, from what, and where it came from."""

from collections.abc import Iterator
from typing import Any

from ..numbers import count
from ..showing import table_html


class Summarised:
    """A surrogate that is shown in words, as text and in notebooks."""

    def __repr__(self) -> str:
        return "\n".join(f"{what}: {said}" for what, said in described(self))

    def _repr_html_(self) -> str:
        return table_html(described(self))


def described(surrogate: Any) -> Iterator[tuple[str, str]]:
    """Yield what there is to know of a surrogate, each with its name."""
    simulator = surrogate.simulator
    weights = sum(weight.numel() for weight in surrogate.module.parameters())
    yield "Surrogate of", f"{simulator.name}, {simulator.description}"
    yield "network", f"{surrogate.model.name} with {weights:,} weights"
    base = str(surrogate.encoding.base)
    yield "starts from", "nothing" if base == "none" else base
    yield "inputs", ", ".join(v.name for v in simulator.inputs) or "none"
    yield "outputs", ", ".join(v.name for v in simulator.outputs)
    yield "parameters", ", ".join(p.name for p in simulator.space.free) or "none that are free"
    shares = {f"{band.coverage:.0%}" for band in surrogate.calibration}
    yield "bands", f"for {' and '.join(sorted(shares))} of the points" if shares else "none"
    samples = surrogate.provenance.get("samples")
    if samples is not None:
        yield (
            "trained on",
            f"{count(samples, 'simulation')}, seed {surrogate.provenance.get('seed')}",
        )
