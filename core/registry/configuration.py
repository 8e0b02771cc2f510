"""Configure a run from the four parts of an experiment and the user's settings."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..errors import DynsurError, unknown_name
from ..numbers import by_name, texts, whole
from ..systems.drive import as_field, points_along
from ..systems.simulator import Simulator
from .coercion import convert, field_types
from .host import Host
from .interfaces import Dataset, Loss, Model
from .recorded import Recorded, experiment_on, unchanged

PARTS = ("dataset", "model", "loss")
GROUPS = ("simulator", *PARTS, "training")
_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Training:
    """How a model is trained.

    Args:
        epochs: Largest number of passes over the training part.
        batch_size: Number of samples in a gradient step.
        learning_rate: Largest learning rate of the schedule.
        patience: Number of epochs without a better validation loss after which training stops.
        instants: Number of instants of each curve in a gradient step, drawn anew for each step; 0
            takes all. A few suffice for a network that treats each instant on its own.
        threads: Number of CPU threads of torch; 0 takes all cores.
        device: "auto", "cpu" or "cuda".
    """

    epochs: int = 160
    batch_size: int = 64
    learning_rate: float = 3e-3
    patience: int = 60
    instants: int = 0
    threads: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        for name, least in (
            ("epochs", 1),
            ("batch_size", 1),
            ("patience", 1),
            ("instants", 0),
            ("threads", 0),
        ):
            if getattr(self, name) < least:
                raise DynsurError(
                    f"training.{name} must be at least {least}; got {getattr(self, name)}."
                )
        if not 0.0 < self.learning_rate < 1.0:
            raise DynsurError(
                f"training.learning_rate must lie in (0, 1); got {self.learning_rate:g}."
            )
        if self.device not in ("auto", "cpu", "cuda"):
            raise DynsurError(
                f"training.device must be 'auto', 'cpu' or 'cuda'; got '{self.device}'."
            )


@dataclass(frozen=True)
class Setup:
    """The full configuration of a run.

    Args:
        experiment: Name of the experiment.
        simulator: The simulator, with the ranges from which its parameters are sampled.
        dataset: The dataset that turns the store into training data.
        model: The model that is trained.
        loss: The loss that is minimised.
        training: The options of the training.
        samples: Number of simulations.
        seed: Seed of the parameter samples, of the split and of the training.
        settings: The user's settings, with which `configure` gives this setup again.
    """

    experiment: str
    simulator: Simulator
    dataset: Dataset
    model: Model
    loss: Loss
    training: Training
    samples: int
    seed: int
    settings: Mapping[str, Any] = field(default_factory=dict)


def configure(
    host: Host,
    name: str,
    settings: Mapping[str, Any] | None = None,
    samples: int | None = None,
    seed: int = 0,
    recorded: Recorded | None = None,
) -> Setup:
    """Return the setup of an experiment, or of a system with its default experiment.

    Args:
        host: The installed plugins.
        name: Name of an experiment or of a system.
        settings: Values or texts by name. `simulator.X`, `dataset.X`, `model.X`, `loss.X` and
            `training.X` are fields; `dataset`, `model` and `loss` choose another part by name;
            any other name is a parameter. A value fixes a parameter; "low:high" sets its range.
        samples: Number of simulations; by default that of the experiment.
        seed: Seed of the parameter samples, of the split and of the training.
        recorded: The system of a store of recordings, which no plugin offers.

    Raises:
        DynsurError: A name is unknown or a value is not accepted.
    """
    settings = dict(by_name("settings", settings or {}))
    samples = None if samples is None else whole("the number of samples", samples)
    seed = whole("the seed", seed, least=0)
    [name] = texts("the system's name", name)
    experiment = (
        host.experiment(name)
        if recorded is None
        else experiment_on(recorded, _chosen(settings, "model", ""))
    )
    names = {part: _chosen(settings, part, getattr(experiment, part)) for part in PARTS}
    swapped = {part for part in PARTS if names[part] != getattr(experiment, part)}
    # What an experiment sets for a part that the user swapped was meant for the other one.
    kept = {k: v for k, v in experiment.settings.items() if k.partition(".")[0] not in swapped}
    changes = {k: v for k, v in {**kept, **settings}.items() if _choice(k) is None}
    count = experiment.samples if samples is None else samples
    known = [*GROUPS]
    for key in changes:
        group, dot, _ = key.partition(".")
        if dot and group not in known:
            raise unknown_name("group of settings", group, known)
    return Setup(
        experiment=experiment.name,
        simulator=configure_simulator(host.simulator(experiment.simulator), changes)
        if recorded is None
        else unchanged(recorded, changes),
        dataset=replace_fields(host.dataset(names["dataset"]), "dataset", changes),
        model=replace_fields(host.model(names["model"]), "model", changes),
        loss=replace_fields(host.loss(names["loss"]), "loss", changes),
        training=replace_fields(Training(), "training", changes),
        samples=count,
        seed=seed,
        settings=settings,
    )


def configure_simulator(simulator: Simulator, settings: Mapping[str, Any]) -> Simulator:
    """Apply settings `simulator.X` to a simulator's fields and bare names to its parameters."""
    if not hasattr(simulator, "space"):
        shown = " ".join(f"{simulator!r:.60}".split())
        raise DynsurError(f"expected the name of a system, or a simulator; got {shown}.")
    simulator = replace_fields(simulator, "simulator", settings)
    space = simulator.space
    for name, value in settings.items():
        if "." in name:
            continue
        if name not in space.names:
            raise unknown_name("parameter", name, (*space.names, *PARTS))
        low, high = _range(name, value)
        space = space.restrict(name, low, high)
    if space is simulator.space:
        return simulator
    if "space" not in field_types(simulator):
        raise DynsurError(
            f"the ranges of system '{simulator.name}' cannot be changed: its simulator has no "
            "field 'space'."
        )
    return dataclasses.replace(simulator, space=space)  # type: ignore[type-var]


def replace_fields(part: _Part, group: str, settings: Mapping[str, Any]) -> _Part:
    """Return `part` with the settings named `group.field` put into its fields.

    Raises:
        DynsurError: There is no such field, or the part does not accept a value.
    """
    types = field_types(part)
    changes = {}
    for key, value in settings.items():
        prefix, dot, name = key.partition(".")
        if not dot or prefix != group:
            continue
        if name not in types:
            raise unknown_name(f"setting of {group}", name, types)
        changes[name] = convert(value, types[name], key)
    try:
        return dataclasses.replace(part, **changes) if changes else part  # type: ignore[type-var]
    except DynsurError:
        raise
    except (ArithmeticError, MemoryError, TypeError, ValueError) as error:  # a plugin's own check
        told = ", ".join(f"{group}.{name}={value}" for name, value in changes.items())
        why = " ".join(str(error).split()) or type(error).__name__
        raise DynsurError(f"{group} does not accept {told}: {why}.") from None


def with_fields(simulator: Simulator, changes: Mapping[str, Any]) -> Simulator:
    """Return a simulator with some fields replaced by Python values.

    Raises:
        DynsurError: The simulator has no such field.
    """
    known = field_types(simulator)
    for name in changes:
        if name not in known:
            raise DynsurError(
                f"system '{simulator.name}' takes no {name}: its simulator has no such field; "
                f"leave --{name} out."
            )
    if "waveform" in changes:
        changes = {**changes, "waveform": as_field(simulator, changes["waveform"])}
    points = points_along(simulator, changes.get("waveform"))
    if "points" in known and points > simulator.points:
        changes = {"points": points, **changes}
    return dataclasses.replace(simulator, **changes)  # type: ignore[type-var]


def _choice(key: str) -> str | None:
    """Return the part that a setting, `model` or `model.name`, chooses by name."""
    part = key.removesuffix(".name")
    return part if part in PARTS else None


def _chosen(settings: Mapping[str, Any], part: str, default: str) -> str:
    chosen = [str(value) for key, value in settings.items() if _choice(key) == part]
    return chosen[-1] if chosen else default


def _range(name: str, value: Any) -> tuple[float, float]:
    if isinstance(value, str):
        ends: list[Any] = value.split(":")
    elif isinstance(value, list | tuple):
        ends = list(value)
    else:
        ends = [value]
    if len(ends) not in (1, 2):
        raise DynsurError(f"parameter '{name}' takes a value or low:high; got '{value}'.")
    return convert(ends[0], float, name), convert(ends[-1], float, name)
