"""A system of which only recordings are known: its variables and parameters, no equations."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DynsurError
from ..systems.parameters import Parameter, ParameterSpace
from ..systems.variables import Variable
from .interfaces import Experiment

ATTRIBUTE = "recorded"  # of a store: the description of its system, as JSON
STEPWISE = {"training.batch_size": 4, "training.epochs": 400, "training.learning_rate": 0.01}
WHOLE = {
    "dataset.window": 0,
    "model.start": "free",
    "model.moduli": True,
    "training.epochs": 200,
    "training.patience": 60,
}
LONG = 10_000  # samples of a record that tell more states apart
FEW_STATES, MORE_STATES, STATES_OF_OUTPUT = 3, 6, 2
ONLY = "specimen"  # the parameter of records for which no table gives any


@dataclass(frozen=True)
class Recorded:
    """What stands in the place of a simulator where a system was measured.

    It names the variables and parameters of the records. There is nothing to simulate, and the
    drive of a record is known from its store only.

    Args:
        name: Name of the system.
        inputs: The variables that drove it.
        outputs: The variables that were measured.
        space: The parameters of the records, with the ranges that they span.
        points: Number of samples of the longest record.
        step: Interval between the samples of all records, in s; 0 if they have no common one.
        description: One line.
    """

    name: str
    inputs: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    space: ParameterSpace
    points: int
    step: float = 0.0
    description: str = ""

    @property
    def is_recorded(self) -> bool:
        """Whether there are recordings in the place of equations."""
        return True

    def simulate(self, parameters: Mapping[str, float]) -> Any:
        """Refuse: there are recordings and no equations.

        Raises:
            DynsurError: Always.
        """
        raise needs_simulator(self.name)

    def to_json(self) -> str:
        """Return the description that `from_json` reads."""
        return json.dumps(dataclasses.asdict(self), allow_nan=True)

    @classmethod
    def from_json(cls, text: str) -> "Recorded":
        """Read what `to_json` wrote."""
        held = json.loads(text)
        variables = {n: tuple(Variable(**v) for v in held.pop(n)) for n in ("inputs", "outputs")}
        rows: list[dict[str, Any]] = [
            {n: tuple(v) if isinstance(v, list) else v for n, v in p.items()}
            for p in held.pop("space")["parameters"]
        ]
        space = ParameterSpace(tuple(Parameter(**row) for row in rows))
        return cls(space=space, **variables, **held)


def needs_simulator(name: str) -> DynsurError:
    """Return the error for a command that simulates, where there are only recordings."""
    return DynsurError(
        f"'{name}' was recorded, and no simulator of it is known, which this needs; `dynsur train` "
        "makes a model of the recordings, which can be asked."
    )


def store_named(name: str) -> str:
    """Return the store of recordings that a text names, with or without `.zarr`, or ""."""
    for path in (Path(name), Path(f"{name}.zarr")):
        try:
            attributes = json.loads((path / "zarr.json").read_text("utf-8"))["attributes"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if ATTRIBUTE in attributes:
            return str(path)
    return ""


def recorded_in(attributes: Mapping[Any, Any]) -> Recorded | None:
    """Return the recorded system that a store or a model describes, or None.

    Args:
        attributes: Attributes of a store, or the provenance of a model.
    """
    text = attributes.get(ATTRIBUTE)
    return None if text is None else Recorded.from_json(str(text))


def experiment_on(recorded: Recorded, model: str = "") -> Experiment:
    """Return the default experiment on recordings: a causal model with a state.

    Records of one specimen give a state equation that is fitted to them whole, with more states
    where a record is long or outputs are many; those of several specimens a network on windows.

    Args:
        recorded: What was recorded.
        model: Name of the model that the user chose, or "".
    """
    name, alone = recorded.name, recorded.space.names == (ONLY,)
    if alone and model in ("", "state-equation"):
        least = MORE_STATES if recorded.points >= LONG else FEW_STATES
        states = max(least, STATES_OF_OUTPUT * len(recorded.outputs))
        settings = {**WHOLE, "model.states": states}
        return Experiment(name, name, "windows", "state-equation", "huber", settings=settings)
    return Experiment(name, name, "windows", "nlss", "huber", settings=STEPWISE)


def unchanged(recorded: Recorded, settings: Mapping[str, Any]) -> Recorded:
    """Return a recorded system; refuse settings of its parameters or fields.

    Raises:
        DynsurError: A setting concerns what was measured.
    """
    for name in settings:
        if "." not in name or name.startswith("simulator."):
            raise DynsurError(
                f"'{name}' cannot be set: '{recorded.name}' was recorded, with the parameters of "
                "its store; settings of dataset, model, loss and training can be."
            )
    return recorded


def only_parameter() -> Parameter:
    """Return the parameter of records that differ in nothing but their drives."""
    return Parameter(ONLY, 1.0, 1.0, "1", long_name="all records are of the same specimen")
