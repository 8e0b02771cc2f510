"""The experiments on the ReRAM device: ranges, models and their training."""

from pathlib import Path

from dynsur.core import Experiment, Published

from .parameters import TMDC

# One network, as published; its training was chosen on devices of seed 1 by validation loss.
PAPER = Published(
    source="S. Zamankhani, Data-driven modeling of hysteresis in ReRAM devices, 35th GI-Workshop "
    "on Foundations of Databases (Grundlagen von Datenbanken), Herdecke, 2024",
    dataset="paper",
    figures={"mse_minmax": 0.002, "mae_minmax": 0.0029},
    times={"training": "typically less than 1 hour", "simulation": "approximately 4 hours"},
    settings={
        "loss.alpha": 0.5,
        "loss.peak_weight": 0.5,
        "model.members": 1,
        "model.dropout": 0.1,
        "training.epochs": 40,
        "training.batch_size": 16,
        "training.learning_rate": 1e-3,
    },
)

# Instants that do not see one another are learnt from a few of each curve.
POINTWISE = {"training.instants": 25}

# From this base the errors are half of those from the coarse solve, in twice the time.
FINER = {"simulator.base_tolerance": 0.3}

EXPERIMENTS = [
    Experiment(
        name="reram",
        simulator="reram",
        dataset="decades",
        model="hdinn",
        loss="composite",
        description="Table 1's devices, HDiNN with the composite loss",
        published=PAPER,
        settings={
            "dataset.soft": 0.003,
            "dataset.validation_share": 0.2,
            "loss.alpha": 0.98,
            "loss.peak_weight": 0.1,
            "model.members": 2,
            "model.dropout": 0.0,
            "training.threads": 1,  # as fast as two, and not slowed by other work
        },
        pretrained=Path(__file__).parent / "pretrained",
    ),
    Experiment(
        name="reram-modulated",
        simulator="reram",
        dataset="decades",
        model="modulated",
        loss="huber",
        description="Table 1's devices, closer to the solver: a finer base, and another network",
        settings={
            **POINTWISE,
            **FINER,
            "dataset.soft": 0.02,
            "dataset.validation_share": 0.2,
            "training.batch_size": 64,
            "training.epochs": 300,
            "training.patience": 300,
        },
    ),
    Experiment(
        name="reram-tmdc",
        simulator="reram",
        dataset="decades",
        model="modulated",
        loss="huber",
        description="devices around the literature sets of MoS2 memristors",
        settings={
            **TMDC,
            **POINTWISE,
            **FINER,
            "dataset.soft": 0.01,
            "dataset.validation_share": 0.2,
            "dataset.threshold": 1e-6,
            "model.dropout": 0.0,
            "model.members": 2,
            "training.epochs": 900,
            "training.patience": 900,
        },
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
    Experiment(
        name="reram-drive",
        simulator="reram-drive",
        dataset="windows",
        model="state-equation",
        loss="huber",
        description="one device under pulses, ramps, loops and random drives of any length",
        settings={
            "dataset.window": 0,
            "dataset.washout": 0,
            "dataset.threshold": 2e-5,
            "dataset.validation_share": 0.1,
            "model.straight": True,
            "model.states": 6,
            "model.width": 20,
            "model.output_width": 16,
            "training.epochs": 60,
            "training.patience": 60,
            "training.threads": 1,
        },
    ),
    Experiment(
        name="reram-drive-tmdc",
        simulator="reram-drive",
        dataset="decades",
        model="nlss",
        loss="huber",
        description="devices around the literature sets under random drives, on the coarse solve",
        samples=2000,
        settings={
            **{name: ends for name, ends in TMDC.items() if name not in ("U_max", "t_p")},
            "dataset.kept": 1.0,
            "dataset.phase": False,
            "dataset.soft": 0.02,
            "dataset.threshold": 2e-5,
            "dataset.validation_share": 0.1,
            "training.epochs": 200,
            "training.patience": 200,
            "training.threads": 1,
        },
    ),
]
