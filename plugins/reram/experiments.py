"""The experiments on the ReRAM device: ranges, models and their training."""

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
        "model.members": 1,
        "model.dropout": 0.1,
        "training.epochs": 40,
        "training.batch_size": 16,
        "training.learning_rate": 1e-3,
    },
)

# Instants that do not see one another are learnt from a few of each curve.
POINTWISE = {"training.instants": 25}

# Around the literature's devices holes carry nothing; vacancy_transits says all of mu_x and t_p.
HOLES = ("m_p", "mu_p", "p_bulk", "emission_p", "channel_p", "forward_p", "current_p")
ANODE = ("density_anode", "sheet_anode")
IDLE = (*HOLES, *ANODE, "E_g", "m_n", "mu_x", "t_p", "current_a", "displacement")

EXPERIMENTS = [
    Experiment(
        name="reram",
        simulator="reram",
        dataset="decades",
        model="hdinn",
        loss="composite",
        description="Table 1's devices, HDiNN with the composite loss",
        published=PAPER,
        settings={"dataset.soft": 0.02, "model.members": 2, "model.dropout": 0.0},
    ),
    Experiment(
        name="reram-modulated",
        simulator="reram",
        dataset="decades",
        model="modulated",
        loss="huber",
        description="Table 1's devices, the faster and more accurate network for much data",
        samples=10_000,
        settings={
            **POINTWISE,
            "training.batch_size": 256,
            "training.epochs": 240,
            "training.patience": 240,
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
            "dataset.without": IDLE,
            "dataset.threshold": 1e-6,
            "dataset.soft": 0.3,
            "dataset.tail": 0.05,
            "model.dropout": 0.06,
            "model.members": 6,
            "training.epochs": 2700,
            "training.patience": 2700,
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
]
