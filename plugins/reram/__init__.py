"""ReRAM: the vacancy charge-transport model of Spetzler et al. (2023), and the paper's network."""

from dynsur.core import Experiment, Published, hookimpl

from .graph import Graph
from .hdinn import HDiNN
from .loss import CompositeLoss
from .parameters import TABLE_1, TMDC
from .simulator import ReRAM
from .state import ReRAMState

__all__ = ["TABLE_1", "TMDC", "CompositeLoss", "Graph", "HDiNN", "ReRAM", "ReRAMState"]


# One network, as published; its training was chosen on devices of seed 1 by validation loss.
PAPER = Published(
    source="S. Zamankhani, Data-driven modeling of hysteresis in ReRAM devices, 35th GI-Workshop "
    "on Foundations of Databases (Grundlagen von Datenbanken), Herdecke, 2024",
    dataset="paper",
    figures={"mse_minmax": 0.002, "mae_minmax": 0.0029},
    times={"training": "typically less than 1 hour", "simulation": "approximately 4 hours"},
    settings={
        "model.members": 1,
        "model.dropout": 0.1,
        "training.epochs": 40,
        "training.batch_size": 16,
        "training.learning_rate": 1e-3,
    },
)


@hookimpl
def dynsur_simulators() -> list[ReRAM]:
    """Offer the device simulator, its current or its internal state as the outputs."""
    return [ReRAM(), ReRAMState()]


@hookimpl
def dynsur_models() -> list[HDiNN | Graph]:
    """Offer the paper's network, and one for the internal state."""
    return [HDiNN(), Graph()]


@hookimpl
def dynsur_losses() -> list[CompositeLoss]:
    """Offer the paper's loss."""
    return [CompositeLoss()]


@hookimpl
def dynsur_experiments() -> list[Experiment]:
    """Offer the main job, its model fed with what is known of a device in closed form."""
    return [
        Experiment(
            name="reram",
            simulator="reram",
            dataset="decades",
            model="hdinn",
            loss="composite",
            description="Table 1's devices, HDiNN with the composite loss",
            settings={"dataset.features_only": True, "dataset.trust": 0.5},
            published=PAPER,
        ),
        Experiment(
            name="reram-tmdc",
            simulator="reram",
            dataset="decades",
            model="hdinn",
            loss="composite",
            description="devices around the literature sets of MoS2 memristors",
            settings=TMDC,
        ),
        Experiment(
            name="reram-state",
            simulator="reram-state",
            dataset="decades",
            model="graph",
            loss="huber",
            description="vacancies and potential along devices around the literature sets",
            samples=500,
            settings={
                **TMDC,
                "simulator.points": 51,
                "dataset.kept": 1.0,
                "training.batch_size": 16,
            },
        ),
    ]
