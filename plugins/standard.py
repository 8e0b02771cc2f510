"""Defaults for systems whose plugin offers only a simulator."""

from dynsur.core import Experiment, Simulator, hookimpl


@hookimpl(trylast=True)
def dynsur_default_experiment(simulator: Simulator) -> Experiment:
    """Choose the decades dataset, HDiNN and the composite loss."""
    return Experiment(simulator.name, simulator.name, "decades", "hdinn", "composite")
