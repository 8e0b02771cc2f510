"""Defaults for systems whose plugin offers only a simulator."""

from dynsur.core import Experiment, Simulator, hookimpl

# A causal model with a state suits any drive; it wants every instant, equally spaced.
STEPWISE = {"dataset.kept": 1.0, "training.batch_size": 16, "training.epochs": 120}


@hookimpl(trylast=True)
def dynsur_default_experiment(simulator: Simulator) -> Experiment:
    """Choose the decades dataset, the nonlinear state-space network and Huber's loss."""
    name = simulator.name
    return Experiment(name, name, "decades", "nlss", "huber", settings=STEPWISE)
